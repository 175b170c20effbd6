import { boxAt, indicesOf, type Lattice } from './lattice';
import type { LatticeOnInput } from './places';

/** Some positions of a lattice, as a lattice of their own. */
export interface Coarse {
  readonly on: LatticeOnInput;
  /** The whole lattice's number of each position. */
  readonly positions: readonly number[];
  /** Every how many positions of each axis. */
  readonly every: readonly number[];
}

/**
 * An even part of a lattice: along the axis with most positions ever fewer are taken, until at most so many are left. Planes in which the score
 * is not taken have none.
 */
export function coarseOf(
  { lattice, planes }: LatticeOnInput,
  most: number,
  counts: (entry: number) => boolean,
): Coarse {
  const known = lattice.axes.map(({ starts }, axis) =>
    Array.from(starts.keys()).filter((at) => axis > 0 || !planes || counts(starts[at] ?? 0)),
  );
  const every = known.map(() => 1);
  const taken = (axis: number): number => Math.ceil((known[axis]?.length ?? 0) / (every[axis] ?? 1));
  const count = (): number => known.reduce((product, _, axis) => product * taken(axis), 1);
  while (count() > most) {
    const longest = known.reduce((best, _, axis) => (taken(axis) > taken(best) ? axis : best), 0);
    every[longest] = (every[longest] ?? 1) + 1;
  }
  const chosen = known.map((all, axis) => {
    const step = every[axis] ?? 1;
    // In the middle, not along the border.
    const first = Math.floor(((all.length - 1) % step) / 2);
    return all.filter((_, at) => at % step === first);
  });
  const coarse: Lattice = {
    axes: lattice.axes.map((axis, n) => ({ ...axis, starts: (chosen[n] ?? []).map((at) => axis.starts[at] ?? 0) })),
    count: chosen.reduce((product, all) => product * all.length, 1),
  };
  const positions = Array.from({ length: coarse.count }, (_, position) =>
    indicesOf(coarse, position).reduce(
      (whole, at, axis) => whole * (lattice.axes[axis]?.starts.length ?? 1) + (chosen[axis]?.[at] ?? 0),
      0,
    ),
  );
  return { on: { lattice: coarse, planes }, positions, every };
}

/** The voxel in the middle of a position's window, in network order. */
export function middleOf(lattice: Lattice, position: number): number {
  const { start, end } = boxAt(lattice, position);
  return lattice.axes.reduce(
    (voxel, { size }, axis) => voxel * size + (((start[axis] ?? 0) + (end[axis] ?? 1) - 1) >> 1),
    0,
  );
}

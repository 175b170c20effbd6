import type { Box } from './box';
import { boxAt, type Lattice } from './lattice';
import type { Place } from './score';

/** One filling's drops over the whole lattice. NaN: not computed. */
export interface LatticeRun {
  readonly drops: Float64Array;
  readonly changeRms: Float64Array;
  readonly computed: number;
  readonly stopped: boolean;
}

/** How the lattice lies on the batch: with planes, the first axis is the entry. */
export interface LatticeOnInput {
  readonly lattice: Lattice;
  readonly planes: boolean;
  /** Positions that are visited, in this order; all of them, evenly, where it is left out. */
  readonly visited?: Uint32Array;
}

export function placeAt({ lattice, planes }: LatticeOnInput, position: number): Place {
  const box: Box = boxAt(lattice, position);
  if (!planes) return { position, entry: 0, box };
  return { position, entry: box.start[0] ?? 0, box: { start: box.start.slice(1), end: box.end.slice(1) } };
}

/** A provisional picture of the map comes about this often. */
export const pictureEveryMs = 1000;

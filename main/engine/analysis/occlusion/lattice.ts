import { IsolensError } from '../../../../shared/problem/problem';
import type { Box } from './box';

/** The positions of the window along one axis. */
export interface LatticeAxis {
  readonly size: number;
  readonly window: number;
  readonly step: number;
  /** First voxel of the window at each position. */
  readonly starts: readonly number[];
  readonly truncated: boolean;
}

/** Every position of the window, tensor order, the last axis fastest; of planes in a 2D network the plane comes first. */
export interface Lattice {
  readonly axes: readonly LatticeAxis[];
  readonly count: number;
}

/**
 * Positions along one axis: ⌈(n − w)/s⌉ + 1 of them. The last window moves inside the image, or is cut at its edge.
 * *Problems* analysis/window-too-large. *Source* methods §1.4 and §2 (Captum).
 */
export function latticeAxis(
  size: number,
  window: number,
  step: number,
  placement: 'inside' | 'truncated',
): LatticeAxis {
  if (window > size) throw new IsolensError('analysis/window-too-large', { window, size });
  const count = Math.ceil((size - window) / step) + 1;
  const starts = Array.from({ length: count }, (_, p) => p * step);
  return placement === 'inside'
    ? { size, window, step, truncated: false, starts: starts.map((start) => Math.min(start, size - window)) }
    : { size, window, step, truncated: true, starts: starts.filter((start) => start < size) };
}

export function latticeOf(
  sizes: readonly number[],
  window: readonly number[],
  step: readonly number[],
  placement: 'inside' | 'truncated',
): Lattice {
  const axes = sizes.map((size, axis) => latticeAxis(size, window[axis] ?? 1, step[axis] ?? 1, placement));
  return { axes, count: axes.reduce((product, { starts }) => product * starts.length, 1) };
}

/** The lattice with a plane axis before it: every plane has its own positions. */
export function withPlanes(lattice: Lattice, planes: number): Lattice {
  const plane = latticeAxis(planes, 1, 1, 'inside');
  return { axes: [plane, ...lattice.axes], count: planes * lattice.count };
}

/** The position's index along each axis. */
export function indicesOf({ axes }: Lattice, position: number): readonly number[] {
  const indices = new Array<number>(axes.length).fill(0);
  let rest = position;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const count = axes[axis]?.starts.length ?? 1;
    indices[axis] = rest % count;
    rest = Math.floor(rest / count);
  }
  return indices;
}

/** The voxels that the window hides at a position. */
export function boxAt(lattice: Lattice, position: number): Box {
  const indices = indicesOf(lattice, position);
  const start = lattice.axes.map(({ starts }, axis) => starts[indices[axis] ?? 0] ?? 0);
  const end = lattice.axes.map(({ window, size }, axis) => Math.min(size, (start[axis] ?? 0) + window));
  return { start, end };
}

/**
 * An order that covers the lattice evenly: every 4th position of each axis, then every 2nd, then the rest. All are visited whatever
 * was found before; the order changes no number.
 */
export function visitingOrder(lattice: Lattice): Uint32Array {
  const coarseness = new Uint8Array(lattice.count);
  for (let position = 0; position < lattice.count; position++) {
    const indices = indicesOf(lattice, position);
    coarseness[position] = indices.every((i) => i % 4 === 0) ? 0 : indices.every((i) => i % 2 === 0) ? 1 : 2;
  }
  const order = new Uint32Array(lattice.count);
  let at = 0;
  for (const level of [0, 1, 2]) {
    for (let position = 0; position < lattice.count; position++)
      if (coarseness[position] === level) order[at++] = position;
  }
  return order;
}

/** The voxel in the middle of a position's window, C order. */
export function middleOf(lattice: Lattice, position: number): number {
  const { start, end } = boxAt(lattice, position);
  return lattice.axes.reduce(
    (voxel, { size }, axis) => voxel * size + (((start[axis] ?? 0) + (end[axis] ?? 1) - 1) >> 1),
    0,
  );
}

/** At most so many of some positions, evenly. */
export const evenly = (positions: readonly number[], most: number): Uint32Array =>
  Uint32Array.from({ length: Math.min(most, positions.length) }, (_, n) => {
    const every = Math.max(1, positions.length / most);
    return positions[Math.floor((n + 0.5) * every)] ?? 0;
  });

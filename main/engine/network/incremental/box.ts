import type { VoxelBox } from '../network';

/** Boxes are half-open, one entry a spatial axis; a vector's box has no axes. */
export type Box = VoxelBox;

export const wholeBox = (sizes: readonly number[]): Box => ({ start: sizes.map(() => 0), end: sizes });

export const sizesOfBox = ({ start, end }: Box): readonly number[] => end.map((to, a) => to - start[a]!);

export const volumeOf = (sizes: readonly number[]): number => {
  let product = 1;
  for (const n of sizes) product *= n;
  return product;
};

/** What two boxes share, or null where that is nothing. */
export function meet(a: Box | null, b: Box | null): Box | null {
  if (!a || !b) return null;
  const start = a.start.map((from, axis) => Math.max(from, b.start[axis]!));
  const end = a.end.map((to, axis) => Math.min(to, b.end[axis]!));
  return start.every((from, axis) => from < end[axis]!) ? { start, end } : null;
}

/** The smallest box that holds both. */
export function hull(a: Box | null, b: Box | null): Box | null {
  if (!a) return b;
  if (!b) return a;
  return {
    start: a.start.map((from, axis) => Math.min(from, b.start[axis]!)),
    end: a.end.map((to, axis) => Math.max(to, b.end[axis]!)),
  };
}

/** The box grown until its ends are multiples of the grid, even beyond the map. */
export function onGrid(box: Box, grid: readonly number[] | null): Box {
  if (!grid) return box;
  return {
    start: box.start.map((from, a) => Math.floor(from / grid[a]!) * grid[a]!),
    end: box.end.map((to, a) => Math.ceil(to / grid[a]!) * grid[a]!),
  };
}

export const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, axis) => n === b[axis]);

/** A half-open box of voxels, one entry an axis, tensor order. */
export interface Box {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

export const voxelsIn = (sizes: readonly number[]): number => sizes.reduce((product, n) => product * n, 1);

export const boxSizes = ({ start, end }: Box): readonly number[] => start.map((from, axis) => (end[axis] ?? 0) - from);

export const boxVolume = (box: Box): number => voxelsIn(boxSizes(box));

/** The box widened by `reach` voxels an axis, cut to the image. */
export const grownBox = ({ start, end }: Box, reach: readonly number[], sizes: readonly number[]): Box => ({
  start: start.map((from, axis) => Math.max(0, from - (reach[axis] ?? 0))),
  end: end.map((to, axis) => Math.min(sizes[axis] ?? 0, to + (reach[axis] ?? 0))),
});

/** Visits every row (run along the last axis) of a box: the offset of its first voxel in the image, and in the box itself. */
export function forEachRow(
  sizes: readonly number[],
  box: Box,
  visit: (offset: number, inBox: number, length: number) => void,
): void {
  const axes = sizes.length;
  const length = (box.end[axes - 1] ?? 1) - (box.start[axes - 1] ?? 0);
  const at = [...box.start];
  const rows = boxVolume(box) / Math.max(1, length);
  for (let row = 0; row < rows; row++) {
    let offset = 0;
    for (let axis = 0; axis < axes; axis++) offset = offset * (sizes[axis] ?? 1) + (at[axis] ?? 0);
    visit(offset, row * length, length);
    for (let axis = axes - 2; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) < (box.end[axis] ?? 0)) break;
      at[axis] = box.start[axis] ?? 0;
    }
  }
}

/** A copy of the values inside a box, C order. */
export function crop(values: Float32Array, sizes: readonly number[], box: Box): Float32Array {
  const cropped = new Float32Array(boxVolume(box));
  forEachRow(sizes, box, (offset, inBox, length) => {
    cropped.set(values.subarray(offset, offset + length), inBox);
  });
  return cropped;
}

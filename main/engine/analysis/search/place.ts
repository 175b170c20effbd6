import { applyAffine, spacingOf, type Vec3 } from '../../../../shared/geometry';
import type { Grid, Volume } from '../../../../shared/volume';
import type { Layout } from '../../recipe/layout';
import type { PreparedInput } from '../../recipe/preparedInput';
import { subgrid } from '../../volume/crop';
import type { SeenBox } from '../receptiveField';

/** A box as it is shown and saved: for a study's planes in a 2D network the plane first. *Units* input voxels. */
export interface CropBox {
  readonly start: readonly number[];
  readonly size: readonly number[];
}

/** Where a study's tensor lies in the patient, as plain data: it is kept of each input. */
export interface Frame {
  readonly grid: Grid;
  /** Of a 2D input: where each batch entry lies along the plane's axis. */
  readonly planes: readonly number[] | null;
}

export const frameOf = ({ grid, dims, planes, array }: PreparedInput): Frame | null =>
  grid && {
    grid,
    planes: dims === 2 ? (planes ?? Array.from({ length: array.shape[0] ?? 0 }, (_, plane) => plane)) : null,
  };

/** Sizes of the input's voxels along the network's spatial axes. *Units* mm. */
export function spacingIn({ grid, planes }: Frame, { axes }: Layout): number[] {
  const spacing = spacingOf(grid.affine);
  return (planes === null ? axes : axes.slice(1)).map((axis) => spacing[axis]);
}

/** The box that a voxel sees, cut to the input; `entry` goes first where the input is a study's planes. */
export function cropBoxOf({ cut }: SeenBox, entry: number, hasPlanes: boolean): CropBox {
  const size = cut.start.map((from, axis) => Math.max(0, (cut.end[axis] ?? 0) - from));
  return hasPlanes ? { start: [entry, ...cut.start], size: [1, ...size] } : { start: [...cut.start], size };
}

/** Share of the box that lies outside the input. An axis that is mixed whole ends where the input ends. */
export function clippedShare({ whole, cut }: SeenBox): number {
  let inside = 1;
  cut.start.forEach((from, axis) => {
    const [start, end] = [whole.start[axis] ?? -Infinity, whole.end[axis] ?? Infinity];
    if (Number.isFinite(start) && Number.isFinite(end) && end > start)
      inside *= ((cut.end[axis] ?? 0) - from) / (end - start);
  });
  return 1 - inside;
}

/** The middle of what is seen, in input voxels; of the crop along axes that are mixed whole. Inside the input always. */
export function middleOf({ whole, cut }: SeenBox): number[] {
  return cut.start.map((from, axis) => {
    const end = cut.end[axis] ?? from;
    const [low, high] = [whole.start[axis] ?? -Infinity, whole.end[axis] ?? Infinity];
    const middle = Number.isFinite(low) && Number.isFinite(high) ? (low + high - 1) / 2 : (from + end - 1) / 2;
    return Math.min(Math.max(middle, from), Math.max(from, end - 1));
  });
}

/** From tensor voxels [plane|slice, row, column] to patient mm. */
function toMm({ grid, planes }: Frame, { axes, reversed }: Layout, at: readonly number[]): Vec3 {
  const voxel: [number, number, number] = [0, 0, 0];
  ([0, 1, 2] as const).forEach((n) => {
    const own = at[n] ?? 0;
    // Between planes that the recipe chose there is nothing: only whole planes and their faces are asked for.
    const index = n === 0 && planes ? (planes[Math.round(own)] ?? 0) + (own - Math.round(own)) : own;
    voxel[axes[n]] = reversed[n] ? grid.size[axes[n]] - 1 - index : index;
  });
  return applyAffine(grid.affine, voxel);
}

/** The smallest box along the patient's axes that holds every corner of the crop, at its voxels' faces. */
export function boxMmOf(
  frame: Frame,
  layout: Layout,
  { start, size }: CropBox,
): { readonly min: Vec3; readonly max: Vec3 } {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const voxel: [number, number, number] = [0, 0, 0];
    ([0, 1, 2] as const).forEach((n) => {
      const from = start[n] ?? 0;
      const plane = n === 0 && frame.planes ? (frame.planes[from] ?? 0) : from;
      const face = plane - 0.5 + ((corner >> n) & 1) * (size[n] ?? 1);
      const axis = layout.axes[n];
      voxel[axis] = layout.reversed[n] ? frame.grid.size[axis] - 1 - face : face;
    });
    const point = applyAffine(frame.grid.affine, voxel);
    ([0, 1, 2] as const).forEach((axis) => {
      min[axis] = Math.min(min[axis], point[axis]);
      max[axis] = Math.max(max[axis], point[axis]);
    });
  }
  return { min, max };
}

/** The middle of a place in patient mm; `at` as `middleOf` gives it, the plane first. */
export const pointMmOf = (frame: Frame, layout: Layout, at: readonly number[]): Vec3 => toMm(frame, layout, at);

/** The values of a crop in tensor order, all channels. */
export function cropValues(
  { array }: Pick<PreparedInput, 'array'>,
  { start, size }: CropBox,
  hasPlanes: boolean,
): Float32Array {
  const sizes = hasPlanes ? array.shape.slice(0, -1) : array.shape.slice(1, -1);
  const depth = array.shape.at(-1) ?? 1;
  const values = new Float32Array(size.reduce((product, n) => product * n, 1) * depth);
  const rows = size.slice(0, -1).reduce((product, n) => product * n, 1);
  const run = (size.at(-1) ?? 1) * depth;
  const index = size.slice(0, -1).map(() => 0);
  for (let row = 0; row < rows; row++) {
    let offset = 0;
    sizes.forEach((n, axis) => {
      offset = offset * n + (start[axis] ?? 0) + (axis < index.length ? (index[axis] as number) : 0);
    });
    values.set(array.values.subarray(offset * depth, offset * depth + run), row * run);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (size[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return values;
}

/** A crop as a volume in the patient, channels the fastest axis. */
export function cropVolume(
  frame: Frame,
  layout: Layout,
  frameOfReference: string,
  { start, size }: CropBox,
  values: Float32Array,
): Volume<Float32Array> {
  const voxels = (size[0] ?? 1) * (size[1] ?? 1) * (size[2] ?? 1);
  const depth = voxels === 0 ? 1 : values.length / voxels;
  const first: [number, number, number] = [0, 0, 0];
  const own: [number, number, number] = [1, 1, 1];
  ([0, 1, 2] as const).forEach((n) => {
    const axis = layout.axes[n];
    const [count, from] = [size[n] ?? 1, start[n] ?? 0];
    const at = n === 0 && frame.planes ? (frame.planes[from] ?? 0) : from;
    own[axis] = count;
    first[axis] = layout.reversed[n] ? frame.grid.size[axis] - at - count : at;
  });
  const placed = new Float32Array(values.length);
  eachVoxel(layout, size, own, (voxel, tensor) => {
    for (let d = 0; d < depth; d++) placed[voxel * depth + d] = values[tensor * depth + d] as number;
  });
  return { grid: subgrid(frame.grid, first, own), values: placed, unit: '1', frameOfReference };
}

/** A crop's values as they were saved in the patient, back in tensor order. The inverse of `cropVolume`. */
export function cropTensor(layout: Layout, { size }: Pick<CropBox, 'size'>, placed: ArrayLike<number>): Float32Array {
  const voxels = (size[0] ?? 1) * (size[1] ?? 1) * (size[2] ?? 1);
  const depth = voxels === 0 ? 1 : placed.length / voxels;
  const own: [number, number, number] = [1, 1, 1];
  ([0, 1, 2] as const).forEach((n) => (own[layout.axes[n]] = size[n] ?? 1));
  const values = new Float32Array(placed.length);
  eachVoxel(layout, size, own, (voxel, tensor) => {
    for (let d = 0; d < depth; d++) values[tensor * depth + d] = placed[voxel * depth + d] as number;
  });
  return values;
}

/** Every voxel of a crop by its number in the patient (i fastest) and in the tensor. */
function eachVoxel(
  layout: Layout,
  size: readonly number[],
  own: readonly [number, number, number],
  take: (voxel: number, tensor: number) => void,
): void {
  const stride = [1, own[0], own[0] * own[1]] as const;
  let tensor = 0;
  for (let a = 0; a < (size[0] ?? 1); a++)
    for (let b = 0; b < (size[1] ?? 1); b++)
      for (let c = 0; c < (size[2] ?? 1); c++) {
        let voxel = 0;
        ([a, b, c] as const).forEach((index, n) => {
          const axis = layout.axes[n as 0 | 1 | 2];
          const at = layout.reversed[n as 0 | 1 | 2] ? own[axis] - 1 - index : index;
          voxel += at * stride[axis];
        });
        take(voxel, tensor++);
      }
}

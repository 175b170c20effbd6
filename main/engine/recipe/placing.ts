import { applyAffine, scale, stepsOf, type Vec3 } from '../../../shared/geometry';
import { voxelCount, type Grid, type Volume } from '../../../shared/volume';
import type { Layout } from './layout';
import type { Triple } from './orientation';
import type { Placing } from './preparedInput';

/** How the tensor of a study lies on the recipe's grid. */
export interface TensorPlace {
  readonly grid: Grid;
  readonly layout: Layout;
  /** Of a 2D input: index along the plane's axis of each batch entry; null for a 3D one. */
  readonly planes: readonly number[] | null;
}

/** Offsets into a volume's values: of tensor voxel (0, 0, 0), and of one step along each tensor axis. */
function walkOf(size: Vec3, { axes, reversed }: Layout): { origin: number; strides: Triple<number> } {
  const along: Triple<number> = [1, size[0], size[0] * size[1]];
  const stride = (n: 0 | 1 | 2): number => along[axes[n]] * (reversed[n] ? -1 : 1);
  const end = (n: 0 | 1 | 2): number => (reversed[n] ? (size[axes[n]] - 1) * along[axes[n]] : 0);
  return { origin: end(0) + end(1) + end(2), strides: [stride(0), stride(1), stride(2)] };
}

/** Calls `visit(tensor offset, volume offset)` for every voxel of the tensor. */
function forEachVoxel(
  size: Vec3,
  layout: Layout,
  slices: readonly number[],
  [, rows, columns]: Triple<number>,
  visit: (tensor: number, volume: number) => void,
): void {
  const { origin, strides } = walkOf(size, layout);
  let tensor = 0;
  for (const slice of slices) {
    for (let row = 0; row < rows; row++) {
      let volume = origin + slice * strides[0] + row * strides[1];
      for (let column = 0; column < columns; column++, tensor++, volume += strides[2]) visit(tensor, volume);
    }
  }
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/**
 * Values in network order as a volume, each where it belongs and none resampled. A map coarser (or finer) than the input gets a grid of its own:
 * voxel o along a network axis is centred on input voxel start + step · o.
 */
export function toVolume(
  { grid, layout, planes }: TensorPlace,
  frameOfReference: string,
  values: Float32Array,
  { shape, step, start }: Placing,
): Volume<Float32Array> {
  const spatial = layout.dims;
  if (shape.length !== 3 || step.length < spatial || start.length < spatial)
    throw new Error(`a map of a ${String(spatial)}D input has three sizes and a step and start for each of its axes`);
  const [count, rows, columns] = shape as unknown as Triple<number>;
  if (values.length !== count * rows * columns) throw new Error('the values do not fill their shape');
  if (planes !== null && count !== planes.length) throw new Error('one slice of values for each plane');

  const tensorStep: Triple<number> = [
    spatial === 3 ? (step.at(-3) ?? 1) : 1,
    step.at(-2) as number,
    step.at(-1) as number,
  ];
  const tensorStart: Triple<number> = [
    spatial === 3 ? (start.at(-3) ?? 0) : 0,
    start.at(-2) as number,
    start.at(-1) as number,
  ];
  const sizes: Triple<number> = [planes === null ? count : grid.size[layout.axes[0]], rows, columns];

  const size: [number, number, number] = [0, 0, 0];
  const first: [number, number, number] = [0, 0, 0];
  const factor: [number, number, number] = [1, 1, 1];
  for (const n of [0, 1, 2] as const) {
    const axis = layout.axes[n];
    size[axis] = sizes[n];
    factor[axis] = tensorStep[n];
    // A reversed axis is turned back, so that the volume's axes grow like the recipe's grid: its voxel 0 is the map's last.
    first[axis] = layout.reversed[n]
      ? grid.size[axis] - 1 - (tensorStart[n] + tensorStep[n] * (sizes[n] - 1))
      : tensorStart[n];
  }
  const [i, j, k] = stepsOf(grid.affine);
  const [a, b, c] = [scale(i, factor[0]), scale(j, factor[1]), scale(k, factor[2])];
  const origin = applyAffine(grid.affine, first);
  const same =
    tensorStep.every((s) => s === 1) && first.every((f) => f === 0) && size.every((n, at) => n === grid.size[at]);
  const own: Grid = same
    ? grid
    : {
        size,
        affine: [
          a[0], b[0], c[0], origin[0],
          a[1], b[1], c[1], origin[1],
          a[2], b[2], c[2], origin[2],
          0, 0, 0, 1,
        ],
      }; // prettier-ignore

  const placed = new Float32Array(voxelCount(own));
  if (planes !== null && planes.length < sizes[0]) placed.fill(NaN);
  forEachVoxel(own.size, layout, planes ?? upTo(count), [count, rows, columns], (tensor, volume) => {
    placed[volume] = values[tensor] as number;
  });
  return { grid: own, values: placed, unit: '1', frameOfReference };
}

/** A volume's values on the recipe's grid in network order: the inverse of `toVolume` at full resolution. */
export function toTensor<A extends Float32Array | Uint8Array>({ grid, layout, planes }: TensorPlace, values: A): A {
  const sizes = layout.axes.map((axis) => grid.size[axis]) as unknown as Triple<number>;
  const slices = planes ?? upTo(sizes[0]);
  const count = slices.length * sizes[1] * sizes[2];
  const ordered = (values instanceof Uint8Array ? new Uint8Array(count) : new Float32Array(count)) as A;
  forEachVoxel(grid.size, layout, slices, sizes, (tensor, volume) => {
    ordered[tensor] = values[volume] as number;
  });
  return ordered;
}

/**
 * Writes one channel of a tensor, with its neighbour planes: `values` hold the channel on the grid widened by `context` planes on both
 * sides of the plane's axis; channel `at + (o + context) · channelCount` of the tensor takes the plane at offset o.
 */
export function scatterChannel(
  values: Float32Array,
  { grid, layout, planes }: TensorPlace,
  context: number,
  tensor: Float32Array,
  at: number,
  channelCount: number,
): void {
  const wide = widened(grid, layout, context).size;
  const sizes = layout.axes.map((axis) => grid.size[axis]) as unknown as Triple<number>;
  const slices = planes ?? upTo(sizes[0]);
  const depth = channelCount * (2 * context + 1);
  for (let offset = -context; offset <= context; offset++) {
    const shifted = slices.map((slice) => slice + offset + context);
    const channel = at + (offset + context) * channelCount;
    forEachVoxel(wide, layout, shifted, sizes, (voxel, volume) => {
      tensor[voxel * depth + channel] = values[volume] as number;
    });
  }
}

/** The grid with `context` more planes on both sides along the axis across its planes. */
export function widened({ size, affine }: Grid, { axes }: Layout, context: number): Grid {
  if (context === 0) return { size, affine };
  const wide: [number, number, number] = [size[0], size[1], size[2]];
  const start: [number, number, number] = [0, 0, 0];
  wide[axes[0]] += 2 * context;
  start[axes[0]] = -context;
  const origin = applyAffine(affine, start);
  const m = affine;
  return {
    size: wide,
    affine: [m[0], m[1], m[2], origin[0], m[4], m[5], m[6], origin[1], m[8], m[9], m[10], origin[2], 0, 0, 0, 1],
  };
}

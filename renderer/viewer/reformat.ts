import { invert, multiply, type Affine } from '../../shared/geometry';
import type { Grid, VoxelArray } from '../../shared/volume';
import type { PlaneStack } from './plane';

/** How a plane is read from a volume. `edge` says what lies in the half voxel beyond the outermost centres. */
export interface Sampling {
  readonly between: 'nearest' | 'linear';
  readonly edge: 'clamp' | 'unknown';
  /** What a place outside the volume is worth: NaN where the values may be NaN. */
  readonly outside: number;
}

/** For each picture index along one axis: the two source indices that it lies between, and the share of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
  /** Where every share is 0 no value is blended. */
  readonly exact: boolean;
}

const close = 1e-5;

/** *Shape* of the result: one entry a picture index; `low` −1 where the place is outside. */
function taps(count: number, start: number, step: number, size: number, { between, edge }: Sampling): Taps {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float64Array(count);
  const beyond = edge === 'clamp' ? 0.5 : 0;
  let exact = true;
  for (let n = 0; n < count; n++) {
    const at = start + step * n;
    if (at < -beyond - close || at > size - 1 + beyond + close) {
      low[n] = -1;
      continue;
    }
    const inside = Math.min(Math.max(at, 0), size - 1);
    const nearest = Math.round(inside);
    if (between === 'nearest' || Math.abs(inside - nearest) < close) {
      low[n] = high[n] = nearest;
      continue;
    }
    const floor = Math.floor(inside);
    low[n] = floor;
    high[n] = floor + 1;
    share[n] = inside - floor;
    exact = false;
  }
  return { low, high, share, exact };
}

/** Which source axis each picture axis runs along, where they are parallel; null where the grids are turned. */
function parallelAxes(m: Affine): readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2] | null {
  const found: (0 | 1 | 2)[] = [];
  for (const picture of [0, 1, 2] as const) {
    const column = [m[picture], m[picture + 4] as number, m[picture + 8] as number];
    const along = ([0, 1, 2] as const).filter((axis) => Math.abs(column[axis] as number) > close);
    if (along.length !== 1 || found.includes(along[0] as 0 | 1 | 2)) return null;
    found.push(along[0] as 0 | 1 | 2);
  }
  return found as [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2];
}

/**
 * One voxel by force: trilinear between the finite of the eight neighbours, unknown where the nearest one is unknown.
 * The shares of unknown neighbours go to the known ones.
 */
export function valueAt(
  values: VoxelArray,
  size: readonly [number, number, number],
  at: readonly [number, number, number],
  { between, edge, outside }: Sampling,
): number {
  const beyond = (edge === 'clamp' ? 0.5 : 0) + close;
  for (const axis of [0, 1, 2] as const) if (at[axis] < -beyond || at[axis] > size[axis] - 1 + beyond) return outside;
  const x = Math.min(Math.max(at[0], 0), size[0] - 1);
  const y = Math.min(Math.max(at[1], 0), size[1] - 1);
  const z = Math.min(Math.max(at[2], 0), size[2] - 1);
  const read = (i: number, j: number, k: number): number => values[i + size[0] * (j + size[1] * k)] as number;
  const nearest = read(Math.round(x), Math.round(y), Math.round(z));
  if (between === 'nearest' || Number.isNaN(nearest)) return nearest;
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [fx, fy, fz] = [x - i, y - j, z - k];
  let [sum, weight] = [0, 0];
  for (let n = 0; n < 8; n++) {
    const [dx, dy, dz] = [n & 1, (n >> 1) & 1, n >> 2];
    const w = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy) * (dz ? fz : 1 - fz);
    if (w < close) continue;
    const value = read(i + dx, j + dy, k + dz);
    if (Number.isNaN(value)) continue;
    sum += w * value;
    weight += w;
  }
  return sum / weight;
}

/** Picture index → source voxel index. */
export const pictureToVoxel = (stack: PlaneStack, source: Grid): Affine =>
  multiply(invert(source.affine), stack.grid.affine);

function sampleTurned(
  values: VoxelArray,
  size: Grid['size'],
  m: Affine,
  stack: PlaneStack,
  slice: number,
  how: Sampling,
  out: VoxelArray,
): void {
  const [columns, rows] = stack.grid.size;
  const whole = !(out instanceof Float32Array);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = m[0] * column + m[1] * row + m[2] * slice + m[3];
      const y = m[4] * column + m[5] * row + m[6] * slice + m[7];
      const z = m[8] * column + m[9] * row + m[10] * slice + m[11];
      const value = valueAt(values, size, [x, y, z], how);
      out[row * columns + column] = whole ? Math.round(value) : value;
    }
}

/** Copies pixels where every picture index falls on a voxel or takes its nearest. */
function copyPixels(
  values: VoxelArray,
  at: readonly Taps[],
  strides: readonly number[],
  outside: number,
  out: VoxelArray,
): void {
  const [columnTaps, rowTaps, sliceTaps] = at as [Taps, Taps, Taps];
  const [columnStride, rowStride, sliceStride] = strides as [number, number, number];
  const columns = columnTaps.low.length;
  const sliceAt = sliceTaps.low[0] as number;
  for (let row = 0; row < rowTaps.low.length; row++) {
    const rowAt = rowTaps.low[row] as number;
    const start = row * columns;
    if (rowAt < 0 || sliceAt < 0) {
      out.fill(outside, start, start + columns);
      continue;
    }
    const from = rowAt * rowStride + sliceAt * sliceStride;
    for (let column = 0; column < columns; column++) {
      const columnAt = columnTaps.low[column] as number;
      out[start + column] = columnAt < 0 ? outside : (values[from + columnAt * columnStride] as number);
    }
  }
}

/** Blends lines of the source first and picks along them after: far fewer reads where the source is coarser. */
function blendLines(
  values: VoxelArray,
  at: readonly Taps[],
  strides: readonly number[],
  lineLength: number,
  outside: number,
  exactly: (column: number, row: number) => number,
  out: VoxelArray,
): void {
  const [columnTaps, rowTaps, sliceTaps] = at as [Taps, Taps, Taps];
  const [columnStride, rowStride, sliceStride] = strides as [number, number, number];
  const columns = columnTaps.low.length;
  const line = new Float64Array(lineLength);
  const whole = !(out instanceof Float32Array);
  const [s0, s1, sShare] = [sliceTaps.low[0] as number, sliceTaps.high[0] as number, sliceTaps.share[0] as number];
  for (let row = 0; row < rowTaps.low.length; row++) {
    const start = row * columns;
    const [r0, r1, rShare] = [rowTaps.low[row] as number, rowTaps.high[row] as number, rowTaps.share[row] as number];
    if (r0 < 0 || s0 < 0) {
      out.fill(outside, start, start + columns);
      continue;
    }
    const lines = [
      [r0 * rowStride + s0 * sliceStride, (1 - rShare) * (1 - sShare)],
      [r1 * rowStride + s0 * sliceStride, rShare * (1 - sShare)],
      [r0 * rowStride + s1 * sliceStride, (1 - rShare) * sShare],
      [r1 * rowStride + s1 * sliceStride, rShare * sShare],
    ] as const;
    line.fill(0);
    for (const [from, weight] of lines) {
      if (weight === 0) continue;
      for (let n = 0, p = from; n < lineLength; n++, p += columnStride)
        line[n] = (line[n] as number) + weight * (values[p] as number);
    }
    for (let column = 0; column < columns; column++) {
      const low = columnTaps.low[column] as number;
      if (low < 0) {
        out[start + column] = outside;
        continue;
      }
      const share = columnTaps.share[column] as number;
      let value = line[low] as number;
      if (share > 0) value += share * ((line[columnTaps.high[column] as number] as number) - value);
      if (value !== value) value = exactly(column, row);
      out[start + column] = whole ? Math.round(value) : value;
    }
  }
}

/**
 * Reads one picture of a stack from a volume. *Shape* of `out` [row][column].
 * The volume may lie on any grid; where its axes run along the picture's, pixels are copied or blended line by line.
 */
export function samplePlane(
  values: VoxelArray,
  source: Grid,
  stack: PlaneStack,
  slice: number,
  how: Sampling,
  out: VoxelArray,
): void {
  const m = pictureToVoxel(stack, source);
  const axes = parallelAxes(m);
  if (!axes) {
    sampleTurned(values, source.size, m, stack, slice, how, out);
    return;
  }
  const [columns, rows] = stack.grid.size;
  const rowOf = (axis: 0 | 1 | 2, picture: 0 | 1 | 2): number => m[axis * 4 + picture] as number;
  const origin = (axis: 0 | 1 | 2): number => m[axis * 4 + 3] as number;
  const stride = [1, source.size[0], source.size[0] * source.size[1]] as const;
  const at = [
    taps(columns, origin(axes[0]), rowOf(axes[0], 0), source.size[axes[0]], how),
    taps(rows, origin(axes[1]), rowOf(axes[1], 1), source.size[axes[1]], how),
    taps(1, origin(axes[2]) + rowOf(axes[2], 2) * slice, 0, source.size[axes[2]], how),
  ] as const;
  const strides = [stride[axes[0]], stride[axes[1]], stride[axes[2]]];
  if (at.every(({ exact }) => exact)) {
    copyPixels(values, at, strides, how.outside, out);
    return;
  }
  const exactly = (column: number, row: number): number =>
    valueAt(
      values,
      source.size,
      [
        m[0] * column + m[1] * row + m[2] * slice + m[3],
        m[4] * column + m[5] * row + m[6] * slice + m[7],
        m[8] * column + m[9] * row + m[10] * slice + m[11],
      ],
      how,
    );
  blendLines(values, at, strides, source.size[axes[0]], how.outside, exactly, out);
}

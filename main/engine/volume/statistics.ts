import { applyAffine, type Vec3 } from '../../../shared/geometry';
import type { Grid, VoxelArray } from '../../../shared/volume';

export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation over the voxels, divided by their number. */
  readonly sd: number;
}

/** Statistics of the finite values, inside a mask where one is given; null where there are none. Sums are double precision. */
export function statisticsOf(values: VoxelArray, mask?: Uint8Array): Statistics | null {
  let [count, min, max, sum] = [0, Infinity, -Infinity, 0];
  for (let v = 0; v < values.length; v++) {
    const value = values[v]!;
    if (!Number.isFinite(value) || mask?.[v] === 0) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return null;
  const mean = sum / count;
  let squares = 0;
  for (let v = 0; v < values.length; v++) {
    const value = values[v]!;
    if (!Number.isFinite(value) || mask?.[v] === 0) continue;
    squares += (value - mean) * (value - mean);
  }
  return { count, min, max, mean, sd: Math.sqrt(squares / count) };
}

/** Smallest and largest finite value; [0, 0] where there is none. */
export function rangeOf(values: VoxelArray): readonly [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min && value !== -Infinity) min = value;
    if (value > max && value !== Infinity) max = value;
  }
  return min <= max ? [min, max] : [0, 0];
}

/** Mean position of a mask's voxel centres in patient mm, and how many there are; null where it is empty. */
export function centroidOf(mask: Uint8Array, grid: Grid): { readonly pointMm: Vec3; readonly voxels: number } | null {
  const [nx, ny] = grid.size;
  let [voxels, i, j, k] = [0, 0, 0, 0];
  for (let v = 0; v < mask.length; v++) {
    if (mask[v] === 0) continue;
    voxels++;
    i += v % nx;
    j += Math.floor(v / nx) % ny;
    k += Math.floor(v / (nx * ny));
  }
  return voxels === 0 ? null : { pointMm: applyAffine(grid.affine, [i / voxels, j / voxels, k / voxels]), voxels };
}

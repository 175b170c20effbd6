import type { Vec3 } from '../../../shared/geometry';
import { voxelCount, type Grid, type Volume } from '../../../shared/volume';
import { betweenGrids, reachOf, sampleLine, type Interpolation } from './sample';

/**
 * The volume's values at the voxel centres of another grid. Images, masks and maps go on for half a voxel beyond their
 * outermost centres; dose is unknown there. *Units* as they were; `outside` (NaN for "unknown") stands where nothing is defined.
 */
export function resample(volume: Volume, target: Grid, how: Interpolation, outside: number): Volume<Float32Array> {
  const values = new Float32Array(voxelCount(target));
  const m = betweenGrids(target, volume.grid);
  const reach = reachOf(volume.grid, volume.unit);
  const step: Vec3 = [m[0], m[4], m[8]];
  const [nx, ny, nz] = target.size;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const start: Vec3 = [m[1] * j + m[2] * k + m[3], m[5] * j + m[6] * k + m[7], m[9] * j + m[10] * k + m[11]];
      sampleLine(volume, reach, how, start, step, nx, outside, values, nx * (j + ny * k));
    }
  }
  return { grid: target, values, unit: volume.unit, frameOfReference: volume.frameOfReference };
}

/** What a volume holds at the voxels of a mask: the values where it is defined, and at how many voxels it is not. */
export interface InsideValues {
  readonly values: Float32Array;
  readonly unknown: number;
}

/** The volume's trilinear values at those voxel centres of `grid` that the mask holds. */
export function valuesInside(volume: Volume, mask: Uint8Array, grid: Grid): InsideValues {
  const m = betweenGrids(grid, volume.grid);
  const reach = reachOf(volume.grid, volume.unit);
  const step: Vec3 = [m[0], m[4], m[8]];
  const [nx, ny, nz] = grid.size;
  let inside = 0;
  for (const voxel of mask) inside += voxel > 0 ? 1 : 0;
  const values = new Float32Array(inside);
  const line = new Float64Array(nx);
  let known = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      let first = -1;
      let last = -1;
      for (let i = 0; i < nx; i++) {
        if (mask[row + i] === 0) continue;
        if (first < 0) first = i;
        last = i;
      }
      if (first < 0) continue;
      const start: Vec3 = [
        m[0] * first + m[1] * j + m[2] * k + m[3],
        m[4] * first + m[5] * j + m[6] * k + m[7],
        m[8] * first + m[9] * j + m[10] * k + m[11],
      ];
      sampleLine(volume, reach, 'trilinear', start, step, last - first + 1, NaN, line, 0);
      for (let i = first; i <= last; i++) {
        const value = line[i - first]!;
        if (mask[row + i]! > 0 && !Number.isNaN(value)) values[known++] = value;
      }
    }
  }
  return { values: values.subarray(0, known), unknown: inside - known };
}

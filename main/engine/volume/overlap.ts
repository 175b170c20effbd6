import { applyAffine, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Grid } from '../../../shared/volume';
import { subgrid } from './crop';
import { distanceMm } from './distance';

/** Dice's coefficient 2|A∩B| / (|A| + |B|); null where both masks are empty. */
export function dice(a: Uint8Array, b: Uint8Array): number | null {
  let [both, sum] = [0, 0];
  for (let v = 0; v < a.length; v++) {
    const inA = a[v]! > 0 ? 1 : 0;
    const inB = b[v]! > 0 ? 1 : 0;
    both += inA & inB;
    sum += inA + inB;
  }
  return sum === 0 ? null : (2 * both) / sum;
}

/**
 * 95 % Hausdorff distance of two masks in mm: of the distances of A's surface voxels to B's surface take the 95th percentile
 * (linear between order statistics), likewise from B to A; the larger of the two. A surface voxel is one with a face neighbour
 * outside its mask, the grid's border counting as outside; distances run between voxel centres. Null where a mask is empty.
 * *Source:* Maier-Hein et al., Nature Methods 21 (2024) 195, "Metrics reloaded", HD95.
 */
export function hausdorff95Mm(a: Uint8Array, b: Uint8Array, grid: Grid): number | null {
  const box = commonBox(a, b, grid.size);
  if (box === null) return null;
  const [one, other] = [crop(a, grid.size, box), crop(b, grid.size, box)];
  const origin = applyAffine(grid.affine, box.start);
  const m = grid.affine;
  const affine: Affine = [m[0], m[1], m[2], origin[0], m[4], m[5], m[6], origin[1], m[8], m[9], m[10], origin[2], 0, 0, 0, 1]; // prettier-ignore
  const cropped: Grid = { size: box.size, affine };
  const [surfaceA, surfaceB] = [surfaceOf(one, box.size), surfaceOf(other, box.size)];
  const there = percentileOver(surfaceA, distanceMm(surfaceB, cropped));
  const back = percentileOver(surfaceB, distanceMm(surfaceA, cropped));
  return there === null || back === null ? null : Math.max(there, back);
}

/**
 * Share of both masks' surface voxels that lie within a tolerance of the other's surface; null where both are empty, 0 where one is.
 * *Source:* Nikolov et al., J Med Internet Res 23 (2021) e26151, surface Dice, counted by voxels.
 */
export function surfaceDice(a: Uint8Array, b: Uint8Array, grid: Grid, toleranceMm: number): number | null {
  const box = commonBox(a, b, grid.size);
  if (box === null) return null;
  const cropped = subgrid(grid, box.start, box.size);
  const surfaces = [a, b].map((mask) => surfaceOf(crop(mask, grid.size, box), box.size)) as [Uint8Array, Uint8Array];
  let [near, all] = [0, 0];
  for (const [own, other] of [surfaces, [surfaces[1], surfaces[0]]] as const) {
    const distances = distanceMm(other, cropped);
    for (let v = 0; v < own.length; v++) {
      if (own[v] === 0) continue;
      all++;
      if (distances[v]! <= toleranceMm * (1 + 1e-6)) near++;
    }
  }
  return near / all;
}

/** The mask's voxels that have a face neighbour outside it. */
export function surfaceOf(mask: Uint8Array, [nx, ny, nz]: Vec3): Uint8Array {
  const surface = new Uint8Array(mask.length);
  const plane = nx * ny;
  for (let k = 0, v = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, v++) {
        if (mask[v] === 0) continue;
        const enclosed =
          i > 0 && i < nx - 1 && j > 0 && j < ny - 1 && k > 0 && k < nz - 1 &&
          mask[v - 1]! > 0 && mask[v + 1]! > 0 && mask[v - nx]! > 0 && mask[v + nx]! > 0 &&
          mask[v - plane]! > 0 && mask[v + plane]! > 0; // prettier-ignore
        surface[v] = enclosed ? 0 : 1;
      }
    }
  }
  return surface;
}

function percentileOver(surface: Uint8Array, distances: Float32Array): number | null {
  const values = distances.filter((_, v) => surface[v]! > 0).sort();
  if (values.length === 0) return null;
  const at = 0.95 * (values.length - 1);
  const below = Math.floor(at);
  const low = values[below]!;
  if (low === Infinity) return null;
  return at === below ? low : low + (at - below) * (values[below + 1]! - low);
}

interface VoxelBox {
  readonly start: Vec3;
  readonly size: Vec3;
}

/** The voxels that hold both masks, with one to spare where the grid has it, so that its cut is not taken for a surface. */
function commonBox(a: Uint8Array, b: Uint8Array, [nx, ny, nz]: Vec3): VoxelBox | null {
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (let k = 0, v = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, v++) {
        if (a[v] === 0 && b[v] === 0) continue;
        if (i < low[0]!) low[0] = i;
        if (i > high[0]!) high[0] = i;
        if (j < low[1]!) low[1] = j;
        if (j > high[1]!) high[1] = j;
        if (k < low[2]!) low[2] = k;
        if (k > high[2]!) high[2] = k;
      }
    }
  }
  if (high[0]! < 0) return null;
  const n = [nx, ny, nz];
  const start = low.map((value) => Math.max(0, value - 1)) as unknown as Vec3;
  const size = high.map((value, axis) => Math.min(n[axis]!, value + 2) - start[axis]!) as unknown as Vec3;
  return { start, size };
}

function crop(mask: Uint8Array, [nx, ny]: Vec3, { start, size }: VoxelBox): Uint8Array {
  const cropped = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = 0, to = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++, to += size[0]) {
      const from = start[0] + nx * (start[1] + j + ny * (start[2] + k));
      cropped.set(mask.subarray(from, from + size[0]), to);
    }
  }
  return cropped;
}

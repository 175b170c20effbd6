import type { Vec3 } from '../../../shared/geometry';

/** Where a mask lies, in voxel indices: lowest and highest index of each axis, and the mean. */
export interface Extent {
  readonly low: Vec3;
  readonly high: Vec3;
  readonly mean: Vec3;
  readonly voxels: number;
}

/** The extent of a mask; null where it is empty. */
export function extentOf(mask: Uint8Array, [nx, ny, nz]: Vec3): Extent | null {
  let [i0, j0, k0, i1, j1, k1] = [nx, ny, nz, -1, -1, -1];
  let [si, sj, sk, voxels] = [0, 0, 0, 0];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const first = mask.subarray(row, row + nx).indexOf(1);
      if (first < 0) continue;
      if (j < j0) j0 = j;
      if (j > j1) j1 = j;
      if (k < k0) k0 = k;
      k1 = k;
      if (first < i0) i0 = first;
      for (let i = first; i < nx; i++) {
        if (mask[row + i] !== 1) continue;
        if (i > i1) i1 = i;
        si += i;
        sj += j;
        sk += k;
        voxels++;
      }
    }
  }
  if (voxels === 0) return null;
  return { low: [i0, j0, k0], high: [i1, j1, k1], mean: [si / voxels, sj / voxels, sk / voxels], voxels };
}

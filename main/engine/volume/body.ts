import { applyAffine, type Vec3 } from '../../../shared/geometry';
import type { Structure } from '../../../shared/structure';
import type { Grid, Volume } from '../../../shared/volume';
import { largestComponent } from './components';
import { maskOf } from './mask';

/** Where the patient is. */
export interface Body {
  /** 1 inside, on the image's grid. */
  readonly mask: Uint8Array;
  /** Box around the mask's voxel centres, in patient mm; null where the mask is empty. */
  readonly boxMm: Box | null;
  /** What it was taken from. */
  readonly from: 'structure' | 'threshold';
}

export interface Box {
  readonly min: Vec3;
  readonly max: Vec3;
}

/** Air and couch foam lie below, skin and fat above. */
export const bodyThresholdHu = -300;

/**
 * The patient's body: the structure of type EXTERNAL where there is exactly one that is not empty, else the largest part of the image above −300 HU
 * with what each axial slice of it encloses (lungs, airways).
 */
export function bodyOf(structures: readonly Structure[] | null, image: Volume): Body {
  const external = (structures ?? []).filter(({ type }) => type.trim().toUpperCase() === 'EXTERNAL');
  if (external.length === 1) {
    const mask = maskOf(external[0] as Structure, image.grid);
    const boxMm = boxOf(mask, image.grid);
    if (boxMm !== null) return { mask, boxMm, from: 'structure' };
  }
  const above = new Uint8Array(image.values.length);
  for (let v = 0; v < above.length; v++) above[v] = image.values[v]! > bodyThresholdHu ? 1 : 0;
  const mask = largestComponent(above, image.grid.size);
  fillHoles(mask, image.grid.size);
  return { mask, boxMm: boxOf(mask, image.grid), from: 'threshold' };
}

/** The box around the voxel centres of a mask in patient mm; null where it is empty. */
export function boxOf(mask: Uint8Array, grid: Grid): Box | null {
  const [nx, ny, nz] = grid.size;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const hold = (i: number, j: number, k: number): void => {
    const point = applyAffine(grid.affine, [i, j, k]);
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], point[axis]);
      max[axis] = Math.max(max[axis], point[axis]);
    }
  };
  for (let row = 0; row < ny * nz; row++) {
    // Along a row the extremes of an affine map lie at its first and last voxel.
    const first = mask.subarray(nx * row, nx * (row + 1)).indexOf(1);
    if (first < 0) continue;
    const last = mask.subarray(nx * row, nx * (row + 1)).lastIndexOf(1);
    hold(first, row % ny, Math.floor(row / ny));
    hold(last, row % ny, Math.floor(row / ny));
  }
  return min[0] <= max[0] ? { min, max } : null;
}

/** Fills, slice by slice along k, what a mask encloses: background that does not reach the slice's border over faces. */
export function fillHoles(mask: Uint8Array, [nx, ny, nz]: Vec3): void {
  const outside = new Uint8Array(nx * ny);
  const queue = new Int32Array(nx * ny);
  for (let k = 0; k < nz; k++) {
    const slice = mask.subarray(nx * ny * k, nx * ny * (k + 1));
    if (!slice.includes(1)) continue;
    outside.fill(0);
    let end = 0;
    const visit = (v: number): void => {
      if (slice[v]! > 0 || outside[v]! > 0) return;
      outside[v] = 1;
      queue[end++] = v;
    };
    for (let i = 0; i < nx; i++) {
      visit(i);
      visit(i + nx * (ny - 1));
    }
    for (let j = 0; j < ny; j++) {
      visit(nx * j);
      visit(nx - 1 + nx * j);
    }
    for (let head = 0; head < end; head++) {
      const v = queue[head]!;
      const i = v % nx;
      if (i > 0) visit(v - 1);
      if (i < nx - 1) visit(v + 1);
      if (v >= nx) visit(v - nx);
      if (v < nx * (ny - 1)) visit(v + nx);
    }
    for (let v = 0; v < nx * ny; v++) if (outside[v] === 0) slice[v] = 1;
  }
}

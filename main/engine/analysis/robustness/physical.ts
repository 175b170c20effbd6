import type { Affine, Vec3 } from '../../../../shared/geometry';
import { applyAffine, invert, spacingOf } from '../../../../shared/geometry';
import type { Grid } from '../../../../shared/volume';

/**
 * Values of one quantity as the patient (or the array) holds them before the recipe: HU, Gy, or 0 … 1 for a mask. *Shape* [k][j][i] on `grid`.
 * Of an array, `grid` has the directions and spacing that the recipe states, and its origin means nothing.
 */
export interface Physical {
  readonly values: Float32Array;
  readonly grid: Grid;
  /** False where no recipe says how wide a voxel is: lengths are then in voxels. */
  readonly inMm: boolean;
  /** The isocentre, else the middle of the grid, in the grid's millimetres. */
  readonly centreMm: Vec3;
  /** CT numbers, or the arbitrary units of another modality. */
  readonly modality: string;
}

/** What a family does to values: makes ready what does not hang on the severity, then gives the changed values for each. */
export type Operator = (field: Physical, seed: number) => (severity: number) => Float32Array;

/** Visits the planes of a volume along k, each with its part of the values. */
export function onPlanes({ size }: Grid, values: Float32Array, visit: (plane: Float32Array, k: number) => void): void {
  const count = size[0] * size[1];
  for (let k = 0; k < size[2]; k++) visit(values.subarray(k * count, (k + 1) * count), k);
}

/** The centre in voxels (i, j, k) of a field's grid. */
export const centreIndex = ({ grid, centreMm }: Physical): Vec3 => applyAffine(invert(grid.affine), centreMm);

export const spacingOfField = ({ grid }: Physical): Vec3 => spacingOf(grid.affine);

/** The affine that turns about the patient's S axis by an angle around a point, and then moves by mm. */
export function rigidAbout(centre: Vec3, degrees: number, moveMm: Vec3): Affine {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [x, y] = centre;
  return [
    c, -s, 0, x - c * x + s * y + moveMm[0],
    s, c, 0, y - s * x - c * y + moveMm[1],
    0, 0, 1, moveMm[2],
    0, 0, 0, 1,
  ]; // prettier-ignore
}

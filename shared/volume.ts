import type { Affine, Vec3 } from './geometry';

/** Where voxels lie: how many along (i, j, k), and the affine from voxel centre to patient mm (LPS). */
export interface Grid {
  readonly size: Vec3;
  readonly affine: Affine;
}

export type VoxelArray = Int16Array | Float32Array | Uint8Array;
export type Unit = 'HU' | 'Gy' | '%' | '1' | 'a.u.';

/**
 * Values on a grid. *Shape* [k][j][i], i fastest: offset = i + nx·(j + ny·k), the same buffer is a tensor
 * [slice][row][column]. NaN in a Float32Array means unknown (outside the dose grid, never visited).
 */
export interface Volume<A extends VoxelArray = VoxelArray> {
  readonly grid: Grid;
  readonly values: A;
  readonly unit: Unit;
  /** DICOM Frame of Reference UID; two volumes meet only where it is equal, or by a named registration. */
  readonly frameOfReference: string;
}

/** Number of voxels of a grid. */
export const voxelCount = ({ size }: Grid): number => size[0] * size[1] * size[2];

/** Volume of one voxel in cc: |det| of the affine's linear part, mm³ / 1000. */
export function voxelCc({ affine: m }: Grid): number {
  const det =
    m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
  return Math.abs(det) / 1000;
}

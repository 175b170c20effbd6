import { affineOf, cross, scale, type Affine, type Vec3 } from '../../../shared/geometry';
import type { BlobVolume } from '../../../shared/study';
import type { Grid } from '../../../shared/volume';

/** Stored orientations of the four ways of lying: row and column directions of the slices. */
export const orientations = {
  HFS: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  HFP: [
    [-1, 0, 0],
    [0, -1, 0],
  ],
  FFS: [
    [-1, 0, 0],
    [0, 1, 0],
  ],
  FFP: [
    [1, 0, 0],
    [0, -1, 0],
  ],
} as const satisfies Readonly<Record<string, readonly [Vec3, Vec3]>>;

/** A grid of slices with the given directions, stacked along their normal: never mirrored. */
export function gridOf([row, column]: readonly [Vec3, Vec3], size: Vec3, spacingMm: Vec3, origin: Vec3): Grid {
  const normal = cross(row, column);
  return {
    size,
    affine: affineOf(scale(row, spacingMm[0]), scale(column, spacingMm[1]), scale(normal, spacingMm[2]), origin),
  };
}

export const upright = (size: Vec3, spacingMm: Vec3, origin: Vec3 = [0, 0, 0]): Grid =>
  gridOf(orientations.HFS, size, spacingMm, origin);

export function blobOf(grid: Grid, type: BlobVolume['type'], range: readonly [number, number]): BlobVolume {
  return {
    id: `${type}-${String(grid.size)}`,
    grid: { size: [...grid.size], affine: [...grid.affine] as unknown as Affine },
    type,
    unit: type === 'int16' ? 'HU' : '1',
    frameOfReference: '1.2.3',
    range: [...range],
  };
}

import type { Vec3 } from '../../../shared/geometry';

/** Signed distances (mm, negative inside) over a box of voxels around a structure; far from its surface only the sign holds. */
export interface DistanceField {
  readonly start: Vec3;
  readonly size: Vec3;
  readonly distance: Float32Array;
}

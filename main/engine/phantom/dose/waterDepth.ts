import type { Vec3 } from '../../../../shared/geometry';
import { sourceAxisMm, type Beam } from './beam';

/** Relative densities on a regular grid; `zero` is the centre of voxel (0, 0, 0) in patient mm. */
export interface Densities {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly zero: Vec3;
  readonly values: Float32Array;
}

/** Gives the water-equivalent path from the skin to a point along a beam, mm, by steps of 4 mm back to the source. */
export function waterDepthAlong(
  { size, spacing, zero, values }: Densities,
  beam: Beam,
  isocentre: Vec3,
): (x: number, y: number, z: number) => number {
  const step = 4;
  const sourceX = isocentre[0] - sourceAxisMm * beam.along[0];
  const sourceY = isocentre[1] - sourceAxisMm * beam.along[1];
  const sourceZ = isocentre[2];
  const [nx, ny, nz] = size;
  const [spacingX, spacingY, spacingZ] = spacing;
  const [zeroX, zeroY, zeroZ] = zero;
  return (x, y, z) => {
    const dx = sourceX - x;
    const dy = sourceY - y;
    const dz = sourceZ - z;
    const long = Math.hypot(dx, dy, dz);
    const stepI = ((dx / long) * step) / spacingX;
    const stepJ = ((dy / long) * step) / spacingY;
    const stepK = ((dz / long) * step) / spacingZ;
    let i = (x - zeroX) / spacingX + 0.5 * stepI;
    let j = (y - zeroY) / spacingY + 0.5 * stepJ;
    let k = (z - zeroZ) / spacingZ + 0.5 * stepK;
    let sum = 0;
    while (i >= 0 && j >= 0 && i < nx - 1 && j < ny - 1) {
      const plane = k <= 0 ? 0 : k >= nz - 1 ? nz - 1 : (k + 0.5) | 0;
      const i0 = i | 0;
      const j0 = j | 0;
      const fx = i - i0;
      const fy = j - j0;
      const at = i0 + nx * (j0 + ny * plane);
      const above = (values[at] ?? 0) * (1 - fx) + (values[at + 1] ?? 0) * fx;
      const below = (values[at + nx] ?? 0) * (1 - fx) + (values[at + nx + 1] ?? 0) * fx;
      sum += above * (1 - fy) + below * fy;
      i += stepI;
      j += stepJ;
      k += stepK;
    }
    return sum * step;
  };
}

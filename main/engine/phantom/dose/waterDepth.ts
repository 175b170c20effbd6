import type { Vec3 } from '../../../../shared/geometry';
import { sourceAxisMm, type Beam } from './beam';

/** Relative densities on a regular grid; `zero` is the centre of voxel (0, 0, 0) in patient mm. */
export interface Densities {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly zero: Vec3;
  readonly values: Float32Array;
}

/** Water-equivalent path from the skin to a point, mm, by steps of 4 mm back to the source. */
export function waterDepth(
  { size, spacing, zero, values }: Densities,
  beam: Beam,
  isocentre: Vec3,
  point: Vec3,
): number {
  const step = 4;
  const source: Vec3 = [
    isocentre[0] - sourceAxisMm * beam.along[0],
    isocentre[1] - sourceAxisMm * beam.along[1],
    isocentre[2],
  ];
  const dx = source[0] - point[0];
  const dy = source[1] - point[1];
  const dz = source[2] - point[2];
  const long = Math.hypot(dx, dy, dz);
  const sx = (dx / long) * step;
  const sy = (dy / long) * step;
  const sz = (dz / long) * step;
  const stepI = sx / spacing[0];
  const stepJ = sy / spacing[1];
  const stepK = sz / spacing[2];
  let i = (point[0] - zero[0]) / spacing[0] + 0.5 * stepI;
  let j = (point[1] - zero[1]) / spacing[1] + 0.5 * stepJ;
  let k = (point[2] - zero[2]) / spacing[2] + 0.5 * stepK;
  const [nx, ny, nz] = size;
  let sum = 0;
  while (i >= 0 && j >= 0 && i < nx - 1 && j < ny - 1) {
    const plane = Math.min(nz - 1, Math.max(0, Math.round(k)));
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
}

import type { Vec3 } from '../../../../shared/geometry';
import { sourceAxisMm, type Beam } from './beam';

/** Relative densities on a regular grid; `zero` is the centre of voxel (0, 0, 0) in patient mm. */
export interface Densities {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly zero: Vec3;
  readonly values: Float32Array;
}

/** Water-equivalent path from the skin, mm, of the point on the ray through (u, v) of the isocentre plane, `behind` mm behind it. */
export type WaterDepth = (u: number, v: number, behind: number) => number;

/** Half the length of the rays that are followed, and how far their points and neighbours lie apart, mm. */
const halfLong = 340;
const stepMm = 5;
const acrossMm = 5;
const upMm = 10;

/** Follows a fan of rays from the source through the densities once, and reads depths between them. */
export function waterDepthAlong(densities: Densities, beam: Beam, isocentre: Vec3): WaterDepth {
  const { size, spacing, zero, values } = densities;
  const [nx, ny, nz] = size;
  const along = 2 * Math.ceil(halfLong / stepMm) + 1;
  const across = 2 * Math.ceil(halfLong / acrossMm) + 1;
  const high = Math.max(Math.abs(zero[2] - isocentre[2]), Math.abs(zero[2] + (nz - 1) * spacing[2] - isocentre[2]));
  const up = 2 * Math.ceil((1.4 * high) / upMm) + 3;
  const fan = new Float32Array(along * across * up);
  const [toI, toJ, toK] = [1 / spacing[0], 1 / spacing[1], 1 / spacing[2]];
  for (let q = 0; q < up; q++) {
    const v = (q - (up - 1) / 2) * upMm;
    for (let p = 0; p < across; p++) {
      const u = (p - (across - 1) / 2) * acrossMm;
      const long = stepMm * Math.sqrt(1 + (u * u + v * v) / (sourceAxisMm * sourceAxisMm));
      const from = along * (p + across * q);
      let sum = 0;
      for (let s = 0; s < along; s++) {
        const behind = (s - (along - 1) / 2) * stepMm;
        const wide = 1 + behind / sourceAxisMm;
        const x = (isocentre[0] + behind * beam.along[0] + u * wide * beam.across[0] - zero[0]) * toI;
        const y = (isocentre[1] + behind * beam.along[1] + u * wide * beam.across[1] - zero[1]) * toJ;
        if (x >= 0 && y >= 0 && x < nx - 1 && y < ny - 1) {
          const z = (isocentre[2] + v * wide - zero[2]) * toK;
          const plane = z <= 0 ? 0 : z >= nz - 1 ? nz - 1 : (z + 0.5) | 0;
          const i = x | 0;
          const j = y | 0;
          const f = x - i;
          const at = i + nx * (j + ny * plane);
          const above = (values[at] ?? 0) * (1 - f) + (values[at + 1] ?? 0) * f;
          const below = (values[at + nx] ?? 0) * (1 - f) + (values[at + nx + 1] ?? 0) * f;
          const density = above + (y - j) * (below - above);
          // Half of this step lies before the point, half behind it.
          fan[from + s] = sum + 0.5 * long * density;
          sum += long * density;
        } else fan[from + s] = sum;
      }
    }
  }
  const row = along * across;
  return (u, v, behind) => {
    let p = u / acrossMm + (across - 1) / 2;
    let q = v / upMm + (up - 1) / 2;
    let s = behind / stepMm + (along - 1) / 2;
    p = p < 0 ? 0 : p > across - 1.001 ? across - 1.001 : p;
    q = q < 0 ? 0 : q > up - 1.001 ? up - 1.001 : q;
    s = s < 0 ? 0 : s > along - 1.001 ? along - 1.001 : s;
    const a = p | 0;
    const b = q | 0;
    const c = s | 0;
    const fp = p - a;
    const fs = s - c;
    const at = c + along * a + row * b;
    const near = at + row;
    const low0 = (fan[at] ?? 0) + fs * ((fan[at + 1] ?? 0) - (fan[at] ?? 0));
    const low1 = (fan[at + along] ?? 0) + fs * ((fan[at + along + 1] ?? 0) - (fan[at + along] ?? 0));
    const high0 = (fan[near] ?? 0) + fs * ((fan[near + 1] ?? 0) - (fan[near] ?? 0));
    const high1 = (fan[near + along] ?? 0) + fs * ((fan[near + along + 1] ?? 0) - (fan[near + along] ?? 0));
    const low = low0 + fp * (low1 - low0);
    return low + (q - b) * (high0 + fp * (high1 - high0) - low);
  };
}

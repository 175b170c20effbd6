import { applyAffine, invert, spacingOf, type Vec3 } from '../../../shared/geometry';
import type { Structure } from '../../../shared/structure';
import type { Grid } from '../../../shared/volume';
import { contourPlanesOf } from './contourPlanes';

/** The part of a grid from voxel `start` on: its voxels are voxels of the whole. */
export function subgrid({ affine: m }: Grid, start: Vec3, size: Vec3): Grid {
  const [x, y, z] = applyAffine(m, start);
  return { size, affine: [m[0], m[1], m[2], x, m[4], m[5], m[6], y, m[8], m[9], m[10], z, 0, 0, 0, 1] };
}

/**
 * The smallest part of a grid that holds every voxel of a structure; null where there is none. A mask on it has the same voxels as a mask on
 * the whole, at the cost of the structure's size.
 */
export function gridAround(structure: Structure, grid: Grid): Grid | null {
  const planes = contourPlanesOf(structure, spacingOf(grid.affine)[2]);
  if (planes === null) return null;
  const { normal, u, v, gapMm } = planes;
  const toVoxel = invert(grid.affine);
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { positionMm, polygons } of planes.planes) {
    for (const polygon of polygons) {
      for (let p = 0; p < polygon.length; p += 2) {
        for (const d of [positionMm - gapMm / 2, positionMm + gapMm / 2]) {
          const [pu, pv] = [polygon[p]!, polygon[p + 1]!];
          const at = applyAffine(toVoxel, [
            pu * u[0] + pv * v[0] + d * normal[0],
            pu * u[1] + pv * v[1] + d * normal[1],
            pu * u[2] + pv * v[2] + d * normal[2],
          ]);
          for (const axis of [0, 1, 2] as const) {
            if (at[axis] < low[axis]) low[axis] = at[axis];
            if (at[axis] > high[axis]) high[axis] = at[axis];
          }
        }
      }
    }
  }
  const from = (axis: 0 | 1 | 2): number => Math.max(0, Math.floor(low[axis] - 1e-6));
  const to = (axis: 0 | 1 | 2): number => Math.min(grid.size[axis] - 1, Math.ceil(high[axis] + 1e-6));
  const size: Vec3 = [to(0) - from(0) + 1, to(1) - from(1) + 1, to(2) - from(2) + 1];
  if (size.some((n) => !(n > 0))) return null;
  return subgrid(grid, [from(0), from(1), from(2)], size);
}

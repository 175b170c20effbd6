import { applyAffine, invert, multiply, spacingOf, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Grid, Unit, Volume } from '../../../shared/volume';

export type Interpolation = 'trilinear' | 'nearest';

/** Tolerance at the border of what is defined, in mm: positions are written with few decimals. */
const borderMm = 1e-3;

/** Closer than this to a voxel centre, in voxels, a point counts as lying on it. */
const onCentre = 1e-6;

/**
 * How far a volume is defined beyond its outermost voxel centres along (i, j, k), in voxels: half a voxel (the edge value
 * goes on) for images, masks and maps; nothing but rounding for dose, which is unknown there.
 */
export function reachOf(grid: Grid, unit: Unit): Vec3 {
  const [x, y, z] = spacingOf(grid.affine);
  const beyond = unit === 'Gy' || unit === '%' ? 0 : 0.5;
  return [beyond + borderMm / x, beyond + borderMm / y, beyond + borderMm / z];
}

/**
 * Fills `out` with the values of `volume` at `count` points that start at voxel (x, y, z) of it and step by (dx, dy, dz) voxels.
 * Trilinear between voxel centres; where the volume is not defined, `outside`.
 */
export function sampleLine(
  volume: Volume,
  reach: Vec3,
  how: Interpolation,
  start: Vec3,
  step: Vec3,
  count: number,
  outside: number,
  out: Float32Array | Float64Array,
  offset: number,
): void {
  const { values } = volume;
  const [nx, ny, nz] = volume.grid.size;
  const plane = nx * ny;
  const [sx, sy, sz] = start;
  const [dx, dy, dz] = step;
  const [rx, ry, rz] = reach;
  const nearest = how === 'nearest';
  for (let n = 0; n < count; n++) {
    let x = sx + n * dx;
    let y = sy + n * dy;
    let z = sz + n * dz;
    if (!(x >= -rx && y >= -ry && z >= -rz && x <= nx - 1 + rx && y <= ny - 1 + ry && z <= nz - 1 + rz)) {
      out[offset + n] = outside;
      continue;
    }
    x = x < 0 ? 0 : x > nx - 1 ? nx - 1 : x;
    y = y < 0 ? 0 : y > ny - 1 ? ny - 1 : y;
    z = z < 0 ? 0 : z > nz - 1 ? nz - 1 : z;
    const cx = Math.floor(x + 0.5);
    const cy = Math.floor(y + 0.5);
    const cz = Math.floor(z + 0.5);
    if (nearest) {
      out[offset + n] = values[cx + nx * cy + plane * cz]!;
      continue;
    }
    if (Math.abs(x - cx) < onCentre) x = cx;
    if (Math.abs(y - cy) < onCentre) y = cy;
    if (Math.abs(z - cz) < onCentre) z = cz;
    const i = Math.floor(x);
    const j = Math.floor(y);
    const k = Math.floor(z);
    const fx = x - i;
    const fy = y - j;
    const fz = z - k;
    // A neighbour of weight zero is not read: it may lie beyond the end, or hold NaN.
    const right = fx > 0 ? 1 : 0;
    const down = fy > 0 ? nx : 0;
    const up = fz > 0 ? plane : 0;
    const a = i + nx * j + plane * k;
    const b = a + up;
    const near =
      (values[a]! * (1 - fx) + values[a + right]! * fx) * (1 - fy) +
      (values[a + down]! * (1 - fx) + values[a + down + right]! * fx) * fy;
    if (up === 0) {
      out[offset + n] = near;
      continue;
    }
    const far =
      (values[b]! * (1 - fx) + values[b + right]! * fx) * (1 - fy) +
      (values[b + down]! * (1 - fx) + values[b + down + right]! * fx) * fy;
    out[offset + n] = near * (1 - fz) + far * fz;
  }
}

/** Reads a volume at patient points (mm, LPS); NaN where it is not defined. */
export function samplerOf(volume: Volume, how: Interpolation): (pointMm: Vec3) => number {
  const toVoxel = invert(volume.grid.affine);
  const reach = reachOf(volume.grid, volume.unit);
  const one = new Float64Array(1);
  const still: Vec3 = [0, 0, 0];
  return (pointMm) => {
    sampleLine(volume, reach, how, applyAffine(toVoxel, pointMm), still, 1, NaN, one, 0);
    return one[0]!;
  };
}

/** The affine from voxels of `from` to voxels of `to`. */
export const betweenGrids = (from: Grid, to: Grid): Affine => multiply(invert(to.affine), from.affine);

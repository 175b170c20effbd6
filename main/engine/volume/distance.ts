import { spacingOf } from '../../../shared/geometry';
import { voxelCount, type Grid } from '../../../shared/volume';

/**
 * Distance of each voxel centre to the nearest voxel centre of the mask, in mm; 0 inside, Infinity where the mask is empty.
 * Exact on grids with perpendicular axes; a sheared stack is taken as if its axes were perpendicular.
 * *Source:* Felzenszwalb & Huttenlocher, Theory of Computing 8 (2012) 415, section 2.
 */
export function distanceMm(mask: Uint8Array, grid: Grid): Float32Array {
  const [nx, ny, nz] = grid.size;
  const [sx, sy, sz] = spacingOf(grid.affine);
  const squared = new Float32Array(voxelCount(grid));
  for (let v = 0; v < squared.length; v++) squared[v] = mask[v]! > 0 ? 0 : Infinity;
  const lower = envelope(Math.max(nx, ny, nz));
  for (let row = 0; row < ny * nz; row++) lower(squared, nx * row, 1, nx, sx);
  for (let k = 0; k < nz; k++) for (let i = 0; i < nx; i++) lower(squared, i + nx * ny * k, nx, ny, sy);
  for (let column = 0; column < nx * ny; column++) lower(squared, column, nx * ny, nz, sz);
  for (let v = 0; v < squared.length; v++) squared[v] = Math.sqrt(squared[v]!);
  return squared;
}

/** The mask with every voxel whose centre is within `marginMm` of one of its own. */
export function dilate(mask: Uint8Array, grid: Grid, marginMm: number): Uint8Array {
  const distances = distanceMm(mask, grid);
  const grown = new Uint8Array(mask.length);
  // Distances are single precision: a voxel exactly on the margin belongs to it.
  const limit = marginMm * (1 + 1e-6);
  for (let v = 0; v < grown.length; v++) grown[v] = distances[v]! <= limit ? 1 : 0;
  return grown;
}

/** Replaces a line of squared distances by its lower envelope of parabolas; scratch space is made once for lines up to `longest`. */
function envelope(
  longest: number,
): (squared: Float32Array, offset: number, stride: number, count: number, spacing: number) => void {
  const vertex = new Int32Array(longest);
  const from = new Float64Array(longest + 1);
  const heights = new Float64Array(longest);
  return (squared, offset, stride, count, spacing) => {
    const s2 = spacing * spacing;
    let top = -1;
    for (let q = 0; q < count; q++) {
      const h = squared[offset + q * stride]!;
      heights[q] = h;
      if (h === Infinity) continue;
      let meet = -Infinity;
      while (top >= 0) {
        const p = vertex[top]!;
        meet = (h - heights[p]! + s2 * (q * q - p * p)) / (2 * s2 * (q - p));
        if (meet > from[top]!) break;
        top--;
        meet = -Infinity;
      }
      vertex[++top] = q;
      from[top] = meet;
    }
    if (top < 0) return;
    from[top + 1] = Infinity;
    for (let q = 0, n = 0; q < count; q++) {
      while (from[n + 1]! < q) n++;
      const p = vertex[n]!;
      squared[offset + q * stride] = heights[p]! + s2 * (q - p) * (q - p);
    }
  };
}

import { distanceMm } from '../../../volume/distance';
import { valueFamily } from '../family';
import { spacingOfField, type Physical } from '../physical';

/** Distance of every voxel centre to a mask's surface, half a voxel from its outermost centres. *Sign* − inside. */
export function signedDistance({ values, grid, ...field }: Physical): Float32Array {
  const inside = Uint8Array.from(values, (value) => (value >= 0.5 ? 1 : 0));
  const out = distanceMm(inside, grid);
  const into = distanceMm(
    inside.map((voxel) => 1 - voxel),
    grid,
  );
  const [dx, dy] = spacingOfField({ values, grid, ...field });
  const half = Math.min(dx, dy) / 2;
  return out.map((distance, v) => (inside[v] === 1 ? half - (into[v] as number) : distance - half));
}

/** Contours drawn too wide or too tight by so many mm, in all directions. */
export const contourMargin = valueFamily('contour-margin', { reads: 'structure' }, (field) => {
  let distances: Float32Array | null = null;
  return (mm) => {
    if (mm === 0) return field.values;
    distances ??= signedDistance(field);
    return distances.map((distance) => (distance <= mm ? 1 : 0));
  };
});

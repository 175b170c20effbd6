import { voxelCc, type Grid, type Volume } from '../../../shared/volume';
import { valuesInside } from './resample';

/**
 * Cumulative dose–volume histogram of one structure: V(d) is the volume that receives at least d. Voxels beyond the dose grid
 * are left out and show as coverage. *Units* Gy (or % for a relative dose), cc, shares 0 … 1.
 */
export interface DoseVolumeHistogram {
  readonly voxels: number;
  readonly volumeCc: number;
  /** Share of the structure's voxels where the dose is known. */
  readonly coverage: number;
  /** Known doses, falling. */
  readonly doses: Float32Array;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

/** The histogram of the dose at those voxel centres of `grid` that the mask holds. *Source:* ICRU Report 83. */
export function doseVolumeHistogram(dose: Volume, mask: Uint8Array, grid: Grid): DoseVolumeHistogram {
  const { values, unknown } = valuesInside(dose, mask, grid);
  const doses = values.slice().sort().reverse();
  const voxels = doses.length + unknown;
  let sum = 0;
  for (const value of doses) sum += value;
  return {
    voxels,
    volumeCc: voxels * voxelCc(grid),
    coverage: voxels === 0 ? 0 : doses.length / voxels,
    doses,
    min: doses.at(-1) ?? null,
    mean: doses.length === 0 ? null : sum / doses.length,
    max: doses[0] ?? null,
  };
}

/** Dx%: the largest dose that at least `percent` of the covered volume receives; null where no dose is known. */
export function doseAtVolume({ doses }: DoseVolumeHistogram, percent: number): number | null {
  const element = Math.ceil((percent / 100) * doses.length) - 1;
  return doses[Math.min(doses.length - 1, Math.max(0, element))] ?? null;
}

/** Vd: the percentage of the covered volume that receives at least `dose`; null where no dose is known. */
export function volumeAtDose({ doses }: DoseVolumeHistogram, dose: number): number | null {
  if (doses.length === 0) return null;
  let [low, high] = [0, doses.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (doses[middle]! >= dose) low = middle + 1;
    else high = middle;
  }
  return (100 * low) / doses.length;
}

/** Points (dose, volume in %) for drawing, from (0, 100) in equal steps just beyond the maximum; empty where no dose is known. */
export function curveOf(histogram: DoseVolumeHistogram, points = 200): readonly (readonly [number, number])[] {
  const { max } = histogram;
  if (max === null) return [];
  const step = Math.max(max, 1e-6) / (points - 1);
  return Array.from({ length: points + 1 }, (_, n) => [n * step, volumeAtDose(histogram, n * step) ?? 0] as const);
}

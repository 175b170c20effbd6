import type { LabelState } from '../../../../shared/analysis/robustness';
import { voxelCc, type Grid } from '../../../../shared/volume';
import { componentsOf } from '../../volume/components';
import { subgrid } from '../../volume/crop';
import { distanceMm } from '../../volume/distance';
import { dice, hausdorff95Mm, surfaceDice, surfaceOf } from '../../volume/overlap';

/** Contour uncertainty is not an error: what lies this near the true surface does not count as confidently wrong. */
const surfaceMm = 2;
/** Parts smaller than this do not count, nor does a case with less than a cubic centimetre of them in all. */
const partCc = 0.5;
const caseCc = 1;
/** Organs below this are judged by their surface. */
const smallCc = 5;
const smallSurfaceDice = 0.9;
const rimMm = 3;

/** When a contour is wrong. */
export interface ContourRule {
  readonly diceMin: number;
  readonly hausdorffMaxMm: number;
  readonly tau: number;
}

/** The true mask of a label, with the distance of every voxel to its surface, found when it is first asked for. */
export interface TrueMask {
  readonly mask: Uint8Array;
  readonly voxels: number;
  distance(): Float32Array;
}

export function trueMask(mask: Uint8Array, grid: Grid | null): TrueMask {
  let distances: Float32Array | null = null;
  return {
    mask,
    voxels: mask.reduce((count, voxel) => count + (voxel > 0 ? 1 : 0), 0),
    distance: () => (distances ??= grid === null ? new Float32Array(0) : distanceMm(surfaceOf(mask, grid.size), grid)),
  };
}

const countOf = (mask: Uint8Array): number => mask.reduce((count, voxel) => count + (voxel > 0 ? 1 : 0), 0);

/** The mean confidence over a region and a rim of 3 mm around it; null where there is neither. */
function confidenceOver(region: Uint8Array, confidence: Float32Array, grid: Grid | null): number | null {
  const wide = grid === null ? region : withRim(region, grid);
  let [sum, count] = [0, 0];
  for (let v = 0; v < wide.length; v++) {
    const own = confidence[v] as number;
    if (wide[v] === 0 || Number.isNaN(own)) continue;
    sum += own;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** A mask with all that lies within 3 mm of it; computed around it alone. */
function withRim(mask: Uint8Array, grid: Grid): Uint8Array {
  const [nx, ny, nz] = grid.size;
  const low = [nx, ny, nz] as [number, number, number];
  const high = [-1, -1, -1] as [number, number, number];
  for (let v = 0; v < mask.length; v++) {
    if (mask[v] === 0) continue;
    const at = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))] as const;
    for (const axis of [0, 1, 2] as const) {
      if (at[axis] < low[axis]) low[axis] = at[axis];
      if (at[axis] > high[axis]) high[axis] = at[axis];
    }
  }
  if (high[0] < 0) return mask;
  const pad = 4;
  const start = low.map((value) => Math.max(0, value - pad)) as [number, number, number];
  const size = high.map(
    (value, axis) => Math.min(grid.size[axis as 0 | 1 | 2] - 1, value + pad) - (start[axis] as number) + 1,
  ) as [number, number, number];
  const own = new Uint8Array(size[0] * size[1] * size[2]);
  const rows = (visit: (small: number, large: number) => void): void => {
    for (let k = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++)
        visit(size[0] * (j + size[1] * k), start[0] + nx * (start[1] + j + ny * (start[2] + k)));
  };
  rows((small, large) => {
    own.set(mask.subarray(large, large + size[0]), small);
  });
  const distances = distanceMm(own, subgrid(grid, start, size));
  const wide = mask.slice();
  rows((small, large) => {
    for (let i = 0; i < size[0]; i++) if ((distances[small + i] as number) <= rimMm) wide[large + i] = 1;
  });
  return wide;
}

/** Volume that is confidently on the wrong side of a contour, in parts worth counting. *Units* cc. */
function confidentWrongCc(
  mask: Uint8Array,
  truth: TrueMask,
  confidence: Float32Array,
  grid: Grid,
  tau: number,
): number {
  const distances = truth.distance();
  const wrong = new Uint8Array(mask.length);
  let any = 0;
  for (let v = 0; v < mask.length; v++) {
    if (mask[v] === truth.mask[v] || (confidence[v] as number) < tau || (distances[v] as number) <= surfaceMm) continue;
    wrong[v] = 1;
    any++;
  }
  const cc = voxelCc(grid);
  if (any * cc < partCc) return 0;
  return componentsOf(wrong, grid.size).counts.reduce(
    (sum, count) => (count * cc >= partCc ? sum + count * cc : sum),
    0,
  );
}

/** One label's contour in one state. Without a grid there is neither cc nor mm: Dice alone decides, and confidence is the region's. */
export function labelState(
  label: string,
  mask: Uint8Array,
  truth: TrueMask | null,
  confidence: Float32Array,
  grid: Grid | null,
  { diceMin, hausdorffMaxMm, tau }: ContourRule,
): LabelState & { readonly confidentWrong: boolean | null } {
  const cc = grid === null ? null : voxelCc(grid);
  const voxels = countOf(mask);
  const own = confidenceOver(voxels > 0 ? mask : (truth?.mask ?? mask), confidence, grid);
  const volumeCc = cc === null ? null : voxels * cc;
  if (truth === null || truth.voxels === 0)
    return {
      label,
      dice: null,
      hd95Mm: null,
      volumeCc,
      right: null,
      confidence: own,
      confidentWrongCc: null,
      confidentWrong: null,
    };
  const overlap = dice(mask, truth.mask);
  const hd95Mm = grid === null ? null : hausdorff95Mm(mask, truth.mask, grid);
  const small = cc !== null && truth.voxels * cc < smallCc;
  const right =
    small && grid !== null
      ? (surfaceDice(mask, truth.mask, grid, surfaceMm) ?? 0) >= smallSurfaceDice
      : (overlap ?? 0) >= diceMin && (grid === null || (hd95Mm ?? Infinity) <= hausdorffMaxMm);
  const wrongCc = grid === null ? null : confidentWrongCc(mask, truth, confidence, grid, tau);
  return {
    label,
    dice: overlap,
    hd95Mm,
    volumeCc,
    right,
    confidence: own,
    confidentWrongCc: wrongCc,
    confidentWrong: wrongCc === null ? !right && own !== null && own >= tau : wrongCc >= caseCc,
  };
}

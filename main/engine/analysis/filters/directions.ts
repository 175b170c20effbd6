import type { Cuttable } from '../cuttable';
import { chiSquaredTail } from '../statistics/gamma';
import { gramOf } from '../statistics/eigenvalues';

/** Whether unit vectors share axes (Bingham) or point one way (Rayleigh). */
export interface Directions {
  readonly bingham: { readonly statistic: number; readonly freedom: number; readonly p: number };
  readonly rayleigh: { readonly statistic: number; readonly freedom: number; readonly p: number };
  /** Free of the number of vectors: 0 for noise, 1 where all are ± one shape. */
  readonly alignment: number;
}

/** Each line at length 1. */
export function unitLines(values: Float64Array, cells: number): Float64Array {
  const units = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += cells) {
    let squares = 0;
    for (let t = 0; t < cells; t++) squares += (values[from + t] as number) ** 2;
    const length = Math.sqrt(squares);
    for (let t = 0; t < cells; t++) units[from + t] = (values[from + t] as number) / length;
  }
  return units;
}

/** Â = (d·q̂ − 1)/(d − 1) with q̂ = (K·tr T² − 1)/(K − 1). */
export const alignmentOf = (trace: number, count: number, cells: number): number =>
  (cells * ((count * trace - 1) / (count - 1)) - 1) / (cells - 1);

/**
 * T = (1/K)Σuuᵀ; S = (K·d(d+2)/2)(tr T² − 1/d) ~ χ² with (d−1)(d+2)/2 degrees; R = K·d·‖ū‖² ~ χ² with d.
 * *Source* Bingham 1974; Mardia & Jupp 2000.
 */
export function* directionsOf(units: Float64Array, cells: number): Cuttable<Directions | null> {
  const count = units.length / cells;
  if (count < 2 || cells < 2) return null;
  // tr T² is the same of either side's Gram matrix: the shorter side costs less.
  const gram = yield* gramOf(units, count, cells);
  let trace = 0;
  for (const value of gram) trace += (value / count) ** 2;
  const mean = new Float64Array(cells);
  for (let at = 0; at < units.length; at++) {
    const t = at % cells;
    mean[t] = (mean[t] as number) + (units[at] as number) / count;
  }
  const length = mean.reduce((sum, m) => sum + m * m, 0);
  const bingham = ((count * cells * (cells + 2)) / 2) * (trace - 1 / cells);
  const freedom = ((cells - 1) * (cells + 2)) / 2;
  const rayleigh = count * cells * length;
  return {
    bingham: { statistic: bingham, freedom, p: chiSquaredTail(bingham, freedom) },
    rayleigh: { statistic: rayleigh, freedom: cells, p: chiSquaredTail(rayleigh, cells) },
    alignment: alignmentOf(trace, count, cells),
  };
}

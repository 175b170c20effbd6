import { betaCdf } from './beta';
import { momentsOf, sampleSd } from './moments';

/** Share of Student's distribution above t. */
function studentTail(t: number, freedom: number): number {
  const half = betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** Paired differences that are small enough to be called none. */
export interface Equivalence {
  readonly margin: number;
  /** The larger of the two one-sided p: both must reject. */
  readonly p: number;
  /** null below 6 pairs. */
  readonly equivalent: boolean | null;
}

const fewest = 6;

/**
 * Two one-sided t tests of a mean difference inside ± margin, at 5 % each. That a difference is not significant does not make it none:
 * this does. *Source* Schuirmann 1987.
 */
export function equivalence(differences: readonly number[], margin: number): Equivalence {
  const moments = momentsOf(differences);
  const { n, mean } = moments;
  if (n < 2) return { margin, p: 1, equivalent: null };
  const se = sampleSd(moments) / Math.sqrt(n);
  const inside = margin - Math.abs(mean);
  const p = se > 0 ? studentTail(inside / se, n - 1) : inside > 0 ? 0 : 1;
  return { margin, p, equivalent: n < fewest ? null : p < 0.05 };
}

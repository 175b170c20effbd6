import { betaQuantile } from './beta';

/** The t for which a share p of Student's distribution lies below, at `freedom` degrees of freedom. */
export function studentQuantile(p: number, freedom: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const x = betaQuantile(2 * tail, freedom / 2, 0.5);
  const t = Math.sqrt((freedom * (1 - x)) / x);
  return p < 0.5 ? -t : t;
}

import { betaQuantile } from './beta';

/**
 * The exact interval of a proportion seen k times in n.
 * Source: Clopper & Pearson 1934, as beta quantiles.
 */
export function clopperPearson(k: number, n: number, confidence = 0.95): readonly [number, number] {
  const tail = (1 - confidence) / 2;
  return [k === 0 ? 0 : betaQuantile(tail, k, n - k + 1), k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k)];
}

/**
 * The largest share of such patients that could still fire when all n were silent, at one-sided 95 %: 1 − 0.05^(1/n), near 3/n.
 * Source: Hanley & Lippman-Hand 1983.
 */
export const silentBound95 = (n: number): number => -Math.expm1(Math.log(0.05) / n);

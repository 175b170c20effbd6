import { normalCdf, normalTail } from './normal';

/** A statistic and its p. */
export interface Fit {
  readonly statistic: number;
  readonly p: number;
}

/** Kolmogorov's distribution: chance of a scaled distance above x. */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  if (x < 1) {
    // The other form of the same theta function converges where this one does not.
    let sum = 0;
    for (let k = 1; k <= 7; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  let sum = 0;
  for (let k = 1; k <= 10; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

/**
 * Largest distance between a sample and a distribution that is known beforehand. `sorted` rises; p with Stephens' correction for
 * finite samples. Source: Kolmogorov 1933; Stephens 1970.
 */
export function kolmogorovSmirnov(sorted: ArrayLike<number>, cdf: (x: number) => number): Fit {
  const n = sorted.length;
  let statistic = 0;
  for (let i = 0; i < n; i += 1) {
    const share = cdf(sorted[i] as number);
    statistic = Math.max(statistic, (i + 1) / n - share, share - i / n);
  }
  const root = Math.sqrt(n);
  return { statistic, p: kolmogorovTail(statistic * (root + 0.12 + 0.11 / root)) };
}

/**
 * Anderson and Darling's distance from a normal law whose mean and spread are those of the sample. `sorted` rises.
 * Source: D'Agostino & Stephens 1986, table 4.9 (p).
 */
export function andersonDarlingNormal(sorted: ArrayLike<number>): Fit {
  const n = sorted.length;
  let mean = 0;
  for (let i = 0; i < n; i += 1) mean += (sorted[i] as number) / n;
  let m2 = 0;
  for (let i = 0; i < n; i += 1) m2 += ((sorted[i] as number) - mean) ** 2;
  const sd = Math.sqrt(m2 / (n - 1));
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    const low = normalCdf(((sorted[i] as number) - mean) / sd);
    const high = normalTail(((sorted[n - 1 - i] as number) - mean) / sd);
    sum += (2 * i + 1) * (Math.log(Math.max(low, 1e-300)) + Math.log(Math.max(high, 1e-300)));
  }
  const statistic = -n - sum / n;
  const a = statistic * (1 + 0.75 / n + 2.25 / n ** 2);
  const p =
    a >= 0.6
      ? Math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
      : a > 0.34
        ? Math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
        : a > 0.2
          ? 1 - Math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
          : 1 - Math.exp(-13.436 + 101.14 * a - 223.73 * a * a);
  // The fitted curve turns up again far out, where there is nothing left.
  return { statistic, p: a > 13 ? 0 : Math.min(1, Math.max(0, p)) };
}

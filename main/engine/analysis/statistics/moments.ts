/** Number, mean and sum of squared deviations: what a mean and a variance need, and two of them can be merged. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

export const noMoments: Moments = { n: 0, mean: 0, m2: 0 };

/**
 * The moments of two groups of values taken together, in float64.
 * Source: Chan, Golub & LeVeque 1983, pairwise update.
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const step = b.mean - a.mean;
  return { n, mean: a.mean + (step * b.n) / n, m2: a.m2 + b.m2 + (step * step * a.n * b.n) / n };
}

export function momentsOf(values: Iterable<number>): Moments {
  let n = 0;
  let mean = 0;
  let m2 = 0;
  for (const value of values) {
    n += 1;
    const step = value - mean;
    mean += step / n;
    m2 += step * (value - mean);
  }
  return { n, mean, m2 };
}

/** Divides by n: the spread of these values themselves. */
export const populationSd = ({ n, m2 }: Moments): number => (n > 0 ? Math.sqrt(m2 / n) : NaN);

/** Divides by n − 1: the estimated spread of what they were drawn from. */
export const sampleSd = ({ n, m2 }: Moments): number => (n > 1 ? Math.sqrt(m2 / (n - 1)) : NaN);

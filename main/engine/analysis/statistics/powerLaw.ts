/** A power law's exponent over the tail of a sample, with its standard error. */
export interface PowerLaw {
  readonly alpha: number;
  readonly se: number;
  /** Values in the tail. */
  readonly tail: number;
  readonly from: number;
}

/** Fewest values that a tail is fitted to. */
const fewest = 8;

/**
 * α of p(x) ~ x^−α by maximum likelihood, above the value from which the fit lies closest (Kolmogorov–Smirnov). null where no
 * tail of 8 values above zero is left. Source: Clauset, Shalizi & Newman 2009.
 */
export function powerLawOf(values: ArrayLike<number>): PowerLaw | null {
  const sorted = Float64Array.from(Array.from(values).filter((value) => value > 0)).sort();
  const n = sorted.length;
  const logs = sorted.map(Math.log);
  const above = new Float64Array(n + 1);
  for (let i = n - 1; i >= 0; i -= 1) above[i] = (above[i + 1] as number) + (logs[i] as number);
  let best: PowerLaw | null = null;
  let closest = Infinity;
  for (let first = 0; first + fewest <= n; first += stepOf(n)) {
    if (first > 0 && sorted[first] === sorted[first - 1]) continue;
    const tail = n - first;
    const start = logs[first] as number;
    const sum = (above[first] as number) - tail * start;
    if (!(sum > 0)) continue;
    const alpha = 1 + tail / sum;
    const distance = distanceOf(logs, first, alpha, closest);
    if (distance >= closest) continue;
    closest = distance;
    best = { alpha, se: (alpha - 1) / Math.sqrt(tail), tail, from: sorted[first] as number };
  }
  return best;
}

/** Every value may begin the tail; of very many every few. */
const stepOf = (n: number): number => Math.max(1, Math.floor(n / 2000));

/** Given up as soon as it is beyond `limit`. */
function distanceOf(logs: Float64Array, first: number, alpha: number, limit: number): number {
  const tail = logs.length - first;
  const start = logs[first] as number;
  let distance = 0;
  for (let i = first; i < logs.length && distance < limit; i += 1) {
    const share = 1 - Math.exp((1 - alpha) * ((logs[i] as number) - start));
    distance = Math.max(distance, (i - first + 1) / tail - share, share - (i - first) / tail);
  }
  return distance;
}

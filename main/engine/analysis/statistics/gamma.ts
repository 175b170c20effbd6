import { gammaln } from 'simple-statistics';

/** P(a, x) by its series: quick and exact where x < a + 1. */
function lowerBySeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 100_000; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-16) break;
  }
  return sum * Math.exp(-x + a * Math.log(x) - gammaln(a));
}

/** Q(a, x) by its continued fraction (modified Lentz): where x ≥ a + 1. */
function upperByFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100_000; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return h * Math.exp(-x + a * Math.log(x) - gammaln(a));
}

/** The gamma distribution's upper tail at x, with shape a and scale 1: Q(a, x). */
export function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? Math.max(0, 1 - lowerBySeries(a, x)) : upperByFraction(a, x);
}

/** Share of the χ² distribution that lies above x. */
export const chiSquaredTail = (x: number, freedom: number): number => gammaTail(freedom / 2, x / 2);

/** The x below which a share p of the χ² distribution lies; by bisection. */
export function chiSquaredQuantile(p: number, freedom: number): number {
  let low = 0;
  let high = freedom + 10;
  while (chiSquaredTail(high, freedom) > 1 - p) high *= 2;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (1 - chiSquaredTail(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

import { waysOf } from './mannWhitney';
import { normalQuantile } from './normal';
import { quantileSorted } from './quantile';
import type { Shift } from './wilcoxon';

/** Up to this many in the smaller group the interval's place is counted out, as the test's p is. */
const countedOut = 8;
/** Beyond this many differences an even choice of each group is taken. */
const mostInGroup = 1200;

/** The smallest kept order statistic, from 1: 2.5 % of U's chances lie below it. 0: none does. */
function lowestKept(n: number, m: number): number {
  if (Math.min(n, m) > countedOut) {
    const sd = Math.sqrt((n * m * (n + m + 1)) / 12);
    return Math.max(0, Math.round((n * m) / 2 + normalQuantile(0.025) * sd));
  }
  const ways = waysOf(n, m);
  const all = ways.reduce((sum, way) => sum + way, 0);
  let below = 0;
  for (const [u, way] of ways.entries()) {
    below += way / all;
    if (below > 0.025) return u;
  }
  return 0;
}

/**
 * How much the other group lies above the first: the median of all differences between one of each, with its 95 % interval by Mann and
 * Whitney's test turned round; none where the groups are too small for it. *Source* Hodges & Lehmann 1963; Hollander & Wolfe 1999, 4.2 and 4.3.
 */
export function shiftBetween(first: readonly number[], other: readonly number[]): Shift | null {
  if (first.length === 0 || other.length === 0) return null;
  const evenly = (values: readonly number[]): number[] => {
    const every = Math.ceil(values.length / mostInGroup);
    return [...values].sort((a, b) => a - b).filter((_, i) => i % every === 0);
  };
  const [one, two] = [evenly(first), evenly(other)];
  const differences = new Float64Array(one.length * two.length);
  let at = 0;
  for (const a of one) for (const b of two) differences[at++] = b - a;
  differences.sort();
  const value = quantileSorted(differences, 0.5);
  const from = lowestKept(one.length, two.length);
  if (from === 0) return { value, ci95: null };
  return { value, ci95: [differences[from - 1] as number, differences[differences.length - from] as number] };
}

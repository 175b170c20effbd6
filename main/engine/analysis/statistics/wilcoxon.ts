import { normalQuantile, twoSided } from './normal';
import { quantileSorted } from './quantile';
import { midranks } from './rankCorrelation';

/** What paired differences say of a shift. */
export interface SignedRank {
  /** Pairs, and those of them that differ. */
  readonly n: number;
  readonly differing: number;
  /** Sum of the ranks on the smaller side. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
  /** Fewer than 6 pairs differ: no outcome reaches 0.05. */
  readonly cannotDecide: boolean;
}

const countedOut = 50;
const decidesFrom = 6;

/** Chance of each sum of ranks 0, ½, 1 … when every rank counts or does not with a fair coin: `ranks` may be halves. */
function sumsOf(ranks: readonly number[]): Float64Array {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const chances = new Float64Array(doubled.reduce((sum, rank) => sum + rank, 0) + 1);
  chances[0] = 1;
  let top = 0;
  for (const rank of doubled) {
    top += rank;
    for (let s = top; s >= 0; s--)
      chances[s] = ((chances[s] as number) + (s >= rank ? (chances[s - rank] as number) : 0)) / 2;
  }
  return chances;
}

/** Sum of chances up to and with this sum of ranks. */
const upTo = (chances: Float64Array, sum: number): number =>
  chances.subarray(0, Math.round(2 * sum) + 1).reduce((total, chance) => total + chance, 0);

/**
 * Wilcoxon's signed-rank test, zeros ranked and then left out (Pratt), ties by mean ranks: counted out up to 50 differing pairs, beyond
 * that normal with the variance of those ranks. *Source* Wilcoxon 1945; Pratt 1959.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const ranks = midranks(differences.map(Math.abs));
  const used: number[] = [];
  let plus = 0;
  let all = 0;
  differences.forEach((difference, i) => {
    if (difference === 0) return;
    const rank = ranks[i] as number;
    used.push(rank);
    all += rank;
    if (difference > 0) plus += rank;
  });
  const statistic = Math.min(plus, all - plus);
  const differing = used.length;
  const base = { n: differences.length, differing, statistic, cannotDecide: differing < decidesFrom };
  if (differing === 0) return { ...base, p: 1 };
  if (differing <= countedOut) return { ...base, p: Math.min(1, 2 * upTo(sumsOf(used), statistic)) };
  const variance = used.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  return { ...base, p: twoSided((statistic - all / 2) / Math.sqrt(variance)) };
}

/** The median of all means of two of the differences (each with itself too), with its 95 % interval; null below 6. */
export interface Shift {
  readonly value: number;
  readonly ci95: readonly [number, number] | null;
}

/** Beyond this many pairs an even choice of them is taken: their means would be millions. */
const mostPairs = 1500;

/** *Source* Hodges & Lehmann 1963; Hollander & Wolfe 1999, 3.4 (interval by the signed-rank test turned round). */
export function hodgesLehmann(differences: readonly number[]): Shift {
  const every = Math.ceil(differences.length / mostPairs);
  const values = [...differences].sort((a, b) => a - b).filter((_, i) => i % every === 0);
  const n = values.length;
  const means = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) means[at++] = ((values[i] as number) + (values[j] as number)) / 2;
  means.sort();
  const value = quantileSorted(means, 0.5);
  if (n < decidesFrom) return { value, ci95: null };
  const from = Math.max(1, lowestKept(n));
  return { value, ci95: [means[from - 1] as number, means[means.length - from] as number] };
}

/** The smallest sum of the ranks 1 … n at or below which lie 2.5 % of its chances. */
function lowestKept(n: number): number {
  if (n > countedOut) {
    const sd = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
    return Math.round((n * (n + 1)) / 4 + normalQuantile(0.025) * sd);
  }
  const chances = sumsOf(Array.from({ length: n }, (_, i) => i + 1));
  let below = 0;
  for (let sum = 0; ; sum++) {
    below += chances[2 * sum] as number;
    if (below >= 0.025) return sum;
  }
}

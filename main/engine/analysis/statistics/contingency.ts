import type { Draws } from './draws';

/** ln n! for n from 0. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) logs[k] = (logs[k - 1] as number) + Math.log(k);
  return logs;
}

/** Chance of each first cell of a 2 × 2 table whose margins stand, from its smallest value on. */
function hypergeometric(
  row: number,
  otherRow: number,
  column: number,
): { readonly from: number; readonly p: number[] } {
  const total = row + otherRow;
  const log = logFactorials(total);
  const at = (k: number): number => log[k] as number;
  const choose = (n: number, k: number): number => at(n) - at(k) - at(n - k);
  const from = Math.max(0, column - otherRow);
  const to = Math.min(row, column);
  const p = Array.from({ length: to - from + 1 }, (_, n) =>
    Math.exp(choose(row, from + n) + choose(otherRow, column - from - n) - choose(total, column)),
  );
  return { from, p };
}

type Pair = readonly [number, number];

/** Tables this little likelier than the one seen count as equally likely: they differ by rounding. */
const equallyLikely = 1 + 1e-7;

/** Fisher's exact test of a 2 × 2 table, two-sided: the chance of all tables no likelier than this one. Source: Fisher 1935. */
export function fisherExact([[a, b], [c, d]]: readonly [Pair, Pair]): number {
  const { from, p } = hypergeometric(a + b, c + d, a + c);
  const seen = p[a - from] ?? 0;
  return Math.min(
    1,
    p.reduce((sum, one) => (one <= seen * equallyLikely ? sum + one : sum), 0),
  );
}

/** The smallest p that Fisher's test can give with these margins. Source: Tarone 1990. */
export function fisherLeast(row: number, otherRow: number, column: number): number {
  const { p } = hypergeometric(row, otherRow, column);
  return Math.min(1, ...p.map((seen) => p.reduce((sum, one) => (one <= seen * equallyLikely ? sum + one : sum), 0)));
}

/**
 * Odds ratio of a 2 × 2 table with its 95 % interval (Woolf's); half a patient is added to each cell where one is empty.
 * Source: Woolf 1955; Haldane 1956.
 */
export function oddsRatio(table: readonly [Pair, Pair]): { readonly value: number; readonly ci95: [number, number] } {
  const cells = table.flat();
  const [a = 0, b = 0, c = 0, d = 0] = cells.some((n) => n === 0) ? cells.map((n) => n + 0.5) : cells;
  const log = Math.log((a * d) / (b * c));
  const se = Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d);
  return {
    value: Math.exp(log),
    ci95: [Math.exp(log - 1.959963984540054 * se), Math.exp(log + 1.959963984540054 * se)],
  };
}

/** Likelihood-ratio statistic of an r × c table: 2 Σ n ln(n / expected). */
export function likelihoodRatio(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, n) => sum + n, 0));
  const columns = (table[0] ?? []).map((_, c) => table.reduce((sum, row) => sum + (row[c] ?? 0), 0));
  const total = rows.reduce((sum, n) => sum + n, 0);
  let g = 0;
  for (const [r, row] of table.entries())
    for (const [c, n] of row.entries())
      if (n > 0) g += 2 * n * Math.log((n * total) / ((rows[r] ?? 0) * (columns[c] ?? 0)));
  return g;
}

const permutations = 9999;

/**
 * The statistic of 9999 random assignments of `positives` patients to groups of these sizes, in rising order: the null of
 * `likelihoodRatio` for a yes or no by group.
 */
export function permutedRatios(sizes: readonly number[], positives: number, draws: Draws): Float64Array {
  const groups = sizes.flatMap((size, g) => new Array<number>(size).fill(g));
  const found = new Float64Array(permutations);
  for (let n = 0; n < permutations; n++) {
    const yes = sizes.map(() => 0);
    for (let k = 0; k < positives; k++) {
      const other = k + draws.below(groups.length - k);
      const group = groups[other] as number;
      groups[other] = groups[k] as number;
      groups[k] = group;
      yes[group] = (yes[group] as number) + 1;
    }
    found[n] = likelihoodRatio(sizes.map((size, g) => [yes[g] as number, size - (yes[g] as number)]));
  }
  return found.sort();
}

/** p of a statistic among permuted ones: (1 + those at least as large) / (1 + all), never 0. */
export function permutationP(statistic: number, rising: Float64Array): number {
  let low = 0;
  let high = rising.length;
  const limit = statistic - 1e-9 * Math.max(1, statistic);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return (1 + rising.length - low) / (1 + rising.length);
}

/** How far two groupings of the same patients go together: 0 not at all, 1 wholly; null where one of them is no grouping. Source: Cramér 1946. */
export function cramersV(one: readonly string[], other: readonly string[]): number | null {
  const rows = [...new Set(one)];
  const columns = [...new Set(other)];
  const least = Math.min(rows.length, columns.length) - 1;
  if (least < 1) return null;
  const count = (of: readonly string[], level: string): number => of.filter((own) => own === level).length;
  let chi = 0;
  for (const row of rows)
    for (const column of columns) {
      const expected = (count(one, row) * count(other, column)) / one.length;
      const seen = one.filter((own, n) => own === row && other[n] === column).length;
      chi += (seen - expected) ** 2 / expected;
    }
  return Math.sqrt(chi / (one.length * least));
}

import { normalTail } from './normal';

/** Ranks from 1, equal values their mean rank, and the sum of t³ − t over runs of equals. */
function ranksOf(values: readonly number[]): { readonly ranks: number[]; readonly ties: number } {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length).fill(0);
  let ties = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let k = from; k < to; k++) ranks[order[k] as number] = (from + to + 1) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Number of ways to reach each U from 0 on, for groups of n and m without ties. */
export function waysOf(n: number, m: number): Float64Array {
  let rows: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= m; j++) {
      const ways = new Float64Array(i * j + 1);
      // The largest value is of the first group (it beats all j of the other), or of the other.
      for (const [u, w] of (rows[j] ?? []).entries()) ways[u + j] = (ways[u + j] as number) + w;
      for (const [u, w] of (next[j - 1] ?? []).entries()) ways[u] = (ways[u] as number) + w;
      next.push(ways);
    }
    rows = next;
  }
  return rows[m] ?? Float64Array.of(1);
}

/** Up to this many in the smaller group, and without ties, the distribution is counted out. */
const countedOut = 8;

/**
 * Mann and Whitney's test, two-sided: exact where the smaller group has at most 8 and nothing is tied, else normal with the
 * variance of the ties and a continuity correction. Source: Mann & Whitney 1947.
 */
export function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const [n, m] = [one.length, other.length];
  if (n === 0 || m === 0) return 1;
  const { ranks, ties } = ranksOf([...one, ...other]);
  const u = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0) - (n * (n + 1)) / 2;
  const largest = Math.max(u, n * m - u);
  if (ties === 0 && Math.min(n, m) <= countedOut) {
    const ways = waysOf(n, m);
    const all = ways.reduce((sum, w) => sum + w, 0);
    const tail = ways.subarray(largest).reduce((sum, w) => sum + w, 0);
    return Math.min(1, (2 * tail) / all);
  }
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  const z = (largest - (n * m) / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

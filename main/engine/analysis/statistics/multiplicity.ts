/**
 * Holm's p of each test: reject where it is at most the level, and the chance of a single false claim stays below that level.
 * Source: Holm 1979.
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const adjusted = new Array<number>(ps.length).fill(1);
  let above = 0;
  for (const [rank, at] of order.entries()) {
    above = Math.max(above, Math.min(1, (ps.length - rank) * (ps[at] as number)));
    adjusted[at] = above;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's p of each test: reject where it is at most q, and at most a share q of what is claimed is false.
 * Source: Benjamini & Hochberg 1995.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => (ps[b] as number) - (ps[a] as number));
  const adjusted = new Array<number>(ps.length).fill(1);
  let below = 1;
  for (const [rank, at] of order.entries()) {
    below = Math.min(below, ((ps[at] as number) * ps.length) / (ps.length - rank));
    adjusted[at] = below;
  }
  return adjusted;
}

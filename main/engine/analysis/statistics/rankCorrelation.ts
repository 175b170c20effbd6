/** Ranks from 1; values that tie share the mean of their ranks. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] ?? NaN) - (values[b] ?? NaN),
  );
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let i = start; i < end; i += 1) ranks[order[i] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Spearman's rank correlation, ties by mean ranks; NaN where one side is constant. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const ranksA = midranks(a);
  const ranksB = midranks(b);
  const centre = (a.length + 1) / 2;
  let both = 0;
  let ownA = 0;
  let ownB = 0;
  for (let i = 0; i < a.length; i += 1) {
    const da = (ranksA[i] ?? NaN) - centre;
    const db = (ranksB[i] ?? NaN) - centre;
    both += da * db;
    ownA += da * da;
    ownB += db * db;
  }
  return both / Math.sqrt(ownA * ownB);
}

/** How the cells of a kernel lie to each other, and what follows for noise. */
export interface Neighbourhood {
  /** Cells. */
  readonly n: number;
  /** Pairs that share a face, each once: cell, cell, cell, cell, … */
  readonly pairs: Int32Array;
  /** Σ of all weights, each pair both ways. */
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
  /** Mean of Moran's I over noise. */
  readonly expected: number;
  /** Its spread over normal noise; 0 where the cells are too few to have one. */
  readonly sd: number;
}

/** Cells that share a face, in a kernel of these sizes (tensor order). */
function facesOf(size: readonly number[]): number[] {
  const pairs: number[] = [];
  const cells = size.reduce((all, n) => all * n, 1);
  let step = 1;
  for (let axis = size.length - 1; axis >= 0; axis--) {
    const length = size[axis] as number;
    for (let cell = 0; cell < cells; cell++) {
      if (Math.floor(cell / step) % length < length - 1) pairs.push(cell, cell + step);
    }
    step *= length;
  }
  return pairs;
}

/**
 * The rook neighbours of a kernel, each with weight 1.
 * *Source* Moran 1950; Cliff & Ord 1981 (variance under normality).
 */
export function neighbourhoodOf(size: readonly number[]): Neighbourhood {
  const n = size.reduce((all, length) => all * length, 1);
  const pairs = Int32Array.from(facesOf(size));
  const own = new Float64Array(n);
  for (const cell of pairs) own[cell] = (own[cell] as number) + 1;
  const s0 = pairs.length;
  const s1 = 2 * pairs.length;
  const s2 = own.reduce((sum, w) => sum + (2 * w) ** 2, 0);
  const expected = -1 / (n - 1);
  const variance = (n * n * s1 - n * s2 + 3 * s0 * s0) / ((n * n - 1) * s0 * s0) - expected * expected;
  // With two cells I is −1 whatever they hold.
  return { n, pairs, s0, s1, s2, expected, sd: n > 2 && variance > 1e-12 ? Math.sqrt(variance) : 0 };
}

/** Figures of one kernel that tell smooth from rough; null where all its weights are equal. */
export interface SpatialFigures {
  readonly moran: number;
  readonly geary: number;
  /** Σ|difference of neighbours| over the norm of the weights less their mean. */
  readonly totalVariation: number;
}

/**
 * Moran's I = (n/S0)·Σ w_ij z_i z_j / Σ z_i² and Geary's C = (n−1)·Σ w_ij (x_i−x_j)² / (2·S0·Σ z_i²), on the weights as they are.
 * *Sign* I positive: neighbours are alike; C below 1 the same.
 */
export function spatialFigures(
  values: Float64Array,
  from: number,
  { n, pairs, s0 }: Neighbourhood,
): SpatialFigures | null {
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[from + i] as number) / n;
  let squares = 0;
  let size = 0;
  for (let i = 0; i < n; i++) {
    squares += ((values[from + i] as number) - mean) ** 2;
    size += (values[from + i] as number) ** 2;
  }
  if (s0 === 0 || squares <= 1e-14 * size) return null;
  let along = 0;
  let apart = 0;
  let variation = 0;
  for (let p = 0; p < pairs.length; p += 2) {
    const a = values[from + (pairs[p] as number)] as number;
    const b = values[from + (pairs[p + 1] as number)] as number;
    along += (a - mean) * (b - mean);
    apart += (a - b) ** 2;
    variation += Math.abs(a - b);
  }
  return {
    moran: ((n / s0) * 2 * along) / squares,
    geary: ((n - 1) * 2 * apart) / (2 * s0 * squares),
    totalVariation: variation / Math.sqrt(squares),
  };
}

/** Spread of I over all orders of these very weights (randomisation). *Source* Cliff & Ord 1981. */
export function randomisationVariance(values: ArrayLike<number>, { n, s0, s1, s2 }: Neighbourhood): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / n;
  const m2 = list.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const m4 = list.reduce((sum, x) => sum + (x - mean) ** 4, 0);
  const b2 = (n * m4) / (m2 * m2);
  const first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0);
  const second = b2 * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0);
  return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - 1 / (n - 1) ** 2;
}

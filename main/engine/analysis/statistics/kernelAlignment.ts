import type { Draws } from './draws';

/** Rows of the same patients, one a patient. *Shape* n × features, row by row. */
export interface Rows {
  readonly n: number;
  readonly features: number;
  readonly values: Float64Array;
}

/** A column that spreads less than this, relative to its size, never varies: what is left of it is rounding. */
const rounding = 1e-12;

/** Columns with their mean taken off. */
export function centred({ n, features, values }: Rows): Rows {
  const out = Float64Array.from(values);
  for (let f = 0; f < features; f++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (values[i * features + f] as number) / n;
    let [spread, size] = [0, 0];
    for (let i = 0; i < n; i++) {
      const value = values[i * features + f] as number;
      out[i * features + f] = value - mean;
      spread = Math.max(spread, Math.abs(value - mean));
      size = Math.max(size, Math.abs(value));
    }
    if (spread <= rounding * size) for (let i = 0; i < n; i++) out[i * features + f] = 0;
  }
  return { n, features, values: out };
}

/** Scalar products of rows, n × n. */
export function kernelOf({ n, features, values }: Rows): Float64Array {
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let f = 0; f < features; f++)
        sum += (values[i * features + f] as number) * (values[j * features + f] as number);
      kernel[i * n + j] = sum;
      kernel[j * n + i] = sum;
    }
  return kernel;
}

/**
 * The unbiased estimate of the dependence of two kernels over patients `order` (of the second; without it, the same order). Diagonals
 * count as zero. *Source* Song 2012, equation 5.
 */
export function hsic1(k: Float64Array, l: Float64Array, n: number, order?: readonly number[]): number {
  let product = 0;
  let [sumK, sumL, across] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const oi = order ? (order[i] as number) : i;
    let [rowK, rowL] = [0, 0];
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const a = k[i * n + j] as number;
      const b = l[oi * n + (order ? (order[j] as number) : j)] as number;
      product += a * b;
      rowK += a;
      rowL += b;
    }
    sumK += rowK;
    sumL += rowL;
    across += rowK * rowL;
  }
  return (product + (sumK * sumL) / ((n - 1) * (n - 2)) - (2 / (n - 2)) * across) / (n * (n - 3));
}

/** Linear CKA with HSIC₁, on kernels of centred rows: unbiased above and below the line. null below 4 patients or where one side never varies. */
export function debiasedCka(k: Float64Array, l: Float64Array, n: number, order?: readonly number[]): number | null {
  if (n < 4) return null;
  const own = hsic1(k, k, n) * hsic1(l, l, n);
  return own > 0 ? hsic1(k, l, n, order) / Math.sqrt(own) : null;
}

/** The usual CKA, on kernels of centred rows; near 1 for unrelated features where there are more of them than patients. *Source* Kornblith 2019. */
export function biasedCka(k: Float64Array, l: Float64Array): number | null {
  let [both, ownK, ownL] = [0, 0, 0];
  for (let at = 0; at < k.length; at++) {
    const [a, b] = [k[at] as number, l[at] as number];
    both += a * b;
    ownK += a * a;
    ownL += b * b;
  }
  return ownK > 0 && ownL > 0 ? both / Math.sqrt(ownK * ownL) : null;
}

/** CKA over several batches of patients: the three estimates are averaged first, and then divided. *Source* Nguyen 2021. */
export function minibatchCka(batches: readonly { readonly x: Rows; readonly y: Rows }[]): number | null {
  let [both, ownX, ownY] = [0, 0, 0];
  for (const { x, y } of batches) {
    const [k, l] = [kernelOf(centred(x)), kernelOf(centred(y))];
    both += hsic1(k, l, x.n);
    ownX += hsic1(k, k, x.n);
    ownY += hsic1(l, l, x.n);
  }
  return ownX * ownY > 0 ? both / Math.sqrt(ownX * ownY) : null;
}

/** A random order of n. */
export function shuffled(n: number, draws: Draws): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = draws.below(i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}

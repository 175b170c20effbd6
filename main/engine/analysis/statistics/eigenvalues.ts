import type { Cuttable } from '../cuttable';

/**
 * Eigenvalues of a symmetric matrix, falling. *Shape* n × n, row by row; the matrix is used up.
 * Source: Golub & Van Loan, Matrix Computations, 8.3 (Householder's tridiagonal form, then QL with implicit shifts).
 */
export function* symmetricEigenvalues(matrix: Float64Array, n: number): Cuttable<Float64Array> {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  yield* tridiagonal(matrix, n, diagonal, beside);
  yield* implicitQl(diagonal, beside);
  return diagonal.sort().reverse();
}

function* tridiagonal(a: Float64Array, n: number, d: Float64Array, e: Float64Array): Cuttable<void> {
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  // Rows are taken from the last: what is left is always the leading block, whose rows lie together in memory.
  for (let k = n - 1; k > 0; k -= 1) {
    let scale = 0;
    for (let j = 0; j < k; j += 1) scale = Math.max(scale, Math.abs(a[k * n + j] as number));
    d[k] = a[k * n + k] as number;
    if (scale === 0 || k === 1) {
      e[k] = a[k * n + k - 1] as number;
      continue;
    }
    let h = 0;
    for (let j = 0; j < k; j += 1) {
      v[j] = (a[k * n + j] as number) / scale;
      h += (v[j] as number) ** 2;
    }
    const last = v[k - 1] as number;
    const g = last >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[k] = scale * g;
    h -= last * g;
    v[k - 1] = last - g;
    multiplied(a, n, k, v, p);
    let along = 0;
    for (let j = 0; j < k; j += 1) {
      p[j] = (p[j] as number) / h;
      along += (p[j] as number) * (v[j] as number);
    }
    const half = along / (2 * h);
    for (let j = 0; j < k; j += 1) p[j] = (p[j] as number) - half * (v[j] as number);
    for (let i = 0; i < k; i += 1) {
      const vi = v[i] as number;
      const pi = p[i] as number;
      const row = i * n;
      for (let j = 0; j <= i; j += 1)
        a[row + j] = (a[row + j] as number) - vi * (p[j] as number) - pi * (v[j] as number);
    }
    if (k % 8 === 0) yield;
  }
  d[0] = a[0] as number;
  e[0] = 0;
}

/** p = A·v with the leading k × k block of a matrix of which only the lower half is read. */
function multiplied(a: Float64Array, n: number, k: number, v: Float64Array, p: Float64Array): void {
  p.fill(0, 0, k);
  for (let i = 0; i < k; i += 1) {
    const row = i * n;
    const vi = v[i] as number;
    let sum = (a[row + i] as number) * vi;
    for (let j = 0; j < i; j += 1) {
      const value = a[row + j] as number;
      sum += value * (v[j] as number);
      p[j] = (p[j] as number) + value * vi;
    }
    p[i] = (p[i] as number) + sum;
  }
}

function* implicitQl(d: Float64Array, e: Float64Array): Cuttable<void> {
  const n = d.length;
  e.copyWithin(0, 1);
  if (n > 0) e[n - 1] = 0;
  for (let l = 0; l < n; l += 1) {
    for (let turn = 0; turn < 60; turn += 1) {
      let m = l;
      for (; m < n - 1; m += 1) {
        const size = Math.abs(d[m] as number) + Math.abs(d[m + 1] as number);
        if (Math.abs(e[m] as number) <= Number.EPSILON * size) break;
      }
      if (m === l) break;
      qlStep(d, e, l, m);
    }
    if (l % 32 === 0) yield;
  }
}

function qlStep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  const dl = d[l] as number;
  let g = ((d[l + 1] as number) - dl) / (2 * (e[l] as number));
  let r = Math.hypot(g, 1);
  g = (d[m] as number) - dl + (e[l] as number) / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i -= 1) {
    const f = s * (e[i] as number);
    const b = c * (e[i] as number);
    r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = (d[i + 1] as number) - p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = (d[i + 1] as number) - p;
    r = ((d[i] as number) - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
  }
  d[l] = dl - p;
  e[l] = g;
  e[m] = 0;
}

/**
 * The Gram matrix of whichever side is shorter: its eigenvalues are the squared singular values. *Shape* of `matrix` rows × columns.
 */
export function* gramOf(matrix: ArrayLike<number>, rows: number, columns: number): Cuttable<Float64Array> {
  const n = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const [along, across] = rows <= columns ? [1, columns] : [columns, 1];
  // Rows side by side: the sum below then runs through memory.
  const lines = new Float64Array(n * length);
  for (let i = 0; i < n; i += 1)
    for (let t = 0; t < length; t += 1) lines[i * length + t] = matrix[i * across + t * along] as number;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    const first = i * length;
    for (let j = 0; j <= i; j += 1) {
      const second = j * length;
      let sum = 0;
      for (let t = 0; t < length; t += 1) sum += (lines[first + t] as number) * (lines[second + t] as number);
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
    yield;
  }
  return gram;
}

/** Squared singular values, falling. *Shape* rows × columns. */
export function* squaredSingularValues(
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
): Cuttable<Float64Array> {
  const gram = yield* gramOf(matrix, rows, columns);
  const values = yield* symmetricEigenvalues(gram, Math.min(rows, columns));
  return values.map((value) => Math.max(0, value));
}

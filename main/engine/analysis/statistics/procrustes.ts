import { wholly } from '../cuttable';
import { squaredSingularValues, symmetricEigenvalues } from './eigenvalues';
import { centred, kernelOf, type Rows } from './kernelAlignment';

function unit(rows: Rows): Rows | null {
  const own = centred(rows);
  const norm = Math.sqrt(own.values.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 && Number.isFinite(norm) ? { ...own, values: own.values.map((value) => value / norm) } : null;
}

/** L with L·Lᵀ the matrix, columns of what is no longer positive left at zero. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  const floor = 1e-14 * matrix.reduce((most, value) => Math.max(most, value), 0);
  for (let j = 0; j < n; j++) {
    let rest = matrix[j * n + j] as number;
    for (let t = 0; t < j; t++) rest -= (l[j * n + t] as number) ** 2;
    if (rest <= floor) continue;
    const root = Math.sqrt(rest);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j] as number;
      for (let t = 0; t < j; t++) sum -= (l[i * n + t] as number) * (l[j * n + t] as number);
      l[i * n + j] = sum / root;
    }
  }
  return l;
}

/** Squared singular values of XᵀY: of the matrix itself where it is small, else through the kernels of the patients. */
function squares(x: Rows, y: Rows): Float64Array {
  const { n } = x;
  if (Math.min(x.features, y.features) <= n) {
    const product = new Float64Array(x.features * y.features);
    for (let i = 0; i < n; i++)
      for (let a = 0; a < x.features; a++)
        for (let b = 0; b < y.features; b++) {
          const at = a * y.features + b;
          product[at] =
            (product[at] as number) +
            (x.values[i * x.features + a] as number) * (y.values[i * y.features + b] as number);
        }
    return wholly(squaredSingularValues(product, x.features, y.features));
  }
  const l = cholesky(kernelOf(x), n);
  const other = kernelOf(y);
  const half = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let t = 0; t < n; t++) sum += (other[i * n + t] as number) * (l[t * n + j] as number);
      half[i * n + j] = sum;
    }
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let t = 0; t < n; t++) sum += (l[t * n + i] as number) * (half[t * n + j] as number);
      gram[i * n + j] = sum;
    }
  return wholly(symmetricEigenvalues(gram, n)).map((value) => Math.max(0, value));
}

/**
 * How far rows are from each other after the best turn: 2 − 2‖XᵀY‖_* of centred rows of unit norm, 0 the same … 2 unrelated. null where one
 * side never varies. *Source* Ding 2021.
 */
export function procrustes(x: Rows, y: Rows): number | null {
  const [a, b] = [unit(x), unit(y)];
  if (!a || !b) return null;
  const nuclear = squares(a, b).reduce((sum, value) => sum + Math.sqrt(value), 0);
  return Math.min(2, Math.max(0, 2 - 2 * nuclear));
}

import { choleskyOf } from './cholesky';

/** Where rows of numbers lie, and how they spread. */
export interface Cloud {
  readonly mean: Float64Array;
  /** Lower triangle of the covariance. */
  readonly root: Float64Array;
}

/** No direction is thinner than this share of the mean variance. */
const thinnest = 1e-6;

/**
 * Mean and covariance of rows. `shrink`: how far the covariance is drawn to its diagonal, as few rows tell little of many numbers; 1 keeps the
 * variances alone. null without two rows, or where nothing varies.
 */
export function cloudOf(rows: readonly ArrayLike<number>[], shrink?: number): Cloud | null {
  const [n, size] = [rows.length, rows[0]?.length ?? 0];
  if (n < 2 || size === 0) return null;
  const mean = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + (row[i] as number) / n;
  const covariance = new Float64Array(size * size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) {
      const own = (row[i] as number) - (mean[i] as number);
      for (let j = 0; j <= i; j++) {
        const at = i * size + j;
        covariance[at] = (covariance[at] as number) + (own * ((row[j] as number) - (mean[j] as number))) / (n - 1);
      }
    }
  }
  let trace = 0;
  for (let i = 0; i < size; i++) trace += covariance[i * size + i] as number;
  if (!(trace > 0)) return null;
  const kept = 1 - (shrink ?? size / (size + n));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) covariance[i * size + j] = kept * (covariance[i * size + j] as number);
    covariance[i * size + i] = Math.max(covariance[i * size + i] as number, (thinnest * trace) / size);
  }
  const root = choleskyOf(covariance, size);
  return root && { mean, root };
}

/** Mahalanobis distance of a row from a cloud's middle. */
export function distanceFrom({ mean, root }: Cloud, row: ArrayLike<number>): number {
  const size = mean.length;
  const solved = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    let rest = (row[i] as number) - (mean[i] as number);
    for (let j = 0; j < i; j++) rest -= (root[i * size + j] as number) * (solved[j] as number);
    solved[i] = rest / (root[i * size + i] as number);
    sum += (solved[i] as number) ** 2;
  }
  return Math.sqrt(sum);
}

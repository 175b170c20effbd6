/** Lower triangle; null where the matrix is not positive definite. */
export function choleskyOf(matrix: Float64Array, n: number): Float64Array | null {
  const root = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (root[i * n + k] as number) * (root[j * n + k] as number);
      if (i !== j) root[i * n + j] = sum / (root[j * n + j] as number);
      else if (sum <= 1e-12 * (matrix[i * n + i] as number)) return null;
      else root[i * n + i] = Math.sqrt(sum);
    }
  }
  return root;
}

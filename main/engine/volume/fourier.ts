/** In-place radix-2 Fourier transform of one line. n is a power of two. */
function line(re: Float64Array, im: Float64Array, n: number, cos: Float64Array, sin: Float64Array): void {
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const r = re[i] ?? 0;
      re[i] = re[j] ?? 0;
      re[j] = r;
      const q = im[i] ?? 0;
      im[i] = im[j] ?? 0;
      im[j] = q;
    }
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride] ?? 0;
        const s = sin[k * stride] ?? 0;
        const a = start + k;
        const b = start + k + half;
        const rb = re[b] ?? 0;
        const ib = im[b] ?? 0;
        const x = rb * c - ib * s;
        const y = rb * s + ib * c;
        const ra = re[a] ?? 0;
        const ia = im[a] ?? 0;
        re[a] = ra + x;
        im[a] = ia + y;
        re[b] = ra - x;
        im[b] = ia - y;
      }
    }
  }
}

/**
 * Discrete Fourier transform of an n×n plane, in place, not normalised: X[p, q] = Σ x[r, s]·exp(−2πi (pr + qs)/n).
 * n is a power of two.
 */
export function fourier2d(re: Float64Array, im: Float64Array, n: number): void {
  if (n < 1 || (n & (n - 1)) !== 0) throw new Error('the side of a plane must be a power of two');
  const cos = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  for (let j = 0; j < n; j++) line(re.subarray(j * n, (j + 1) * n), im.subarray(j * n, (j + 1) * n), n, cos, sin);
  const columnRe = new Float64Array(n);
  const columnIm = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      columnRe[j] = re[i + n * j] ?? 0;
      columnIm[j] = im[i + n * j] ?? 0;
    }
    line(columnRe, columnIm, n, cos, sin);
    for (let j = 0; j < n; j++) {
      re[i + n * j] = columnRe[j] ?? 0;
      im[i + n * j] = columnIm[j] ?? 0;
    }
  }
}

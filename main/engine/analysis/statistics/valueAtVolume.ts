/**
 * Dx% of any falling list: the largest value that at least `percent` of it reaches, the ⌈p·n⌉-th largest.
 * *Source* methods §1.4 (DVH order statistic; D95 of its 20 doses is 55).
 */
export function valueAtVolume(falling: ArrayLike<number>, percent: number): number | null {
  const n = falling.length;
  if (n === 0) return null;
  return falling[Math.min(n, Math.max(1, Math.ceil((percent / 100) * n - 1e-9))) - 1] ?? null;
}

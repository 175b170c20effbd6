/** Linear interpolation between order statistics (type 7, numpy's default). `sorted` rises. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (place - below);
}

export const quantile = (values: readonly number[], p: number): number =>
  quantileSorted(
    [...values].sort((a, b) => a - b),
    p,
  );

/** |support| of a part's voxels, falling; what no window covered is left out. */
export function supportsIn(values: Float32Array, mask: Uint8Array): Float32Array {
  const sizes = new Float32Array(values.length);
  let n = 0;
  for (let v = 0; v < values.length; v++) {
    const size = Math.abs(values[v] as number);
    if (mask[v] === 1 && !Number.isNaN(size)) sizes[n++] = size;
  }
  return sizes.subarray(0, n).sort().reverse();
}

/** Thresholds from 0 to the largest |support|, for all curves of one map alike. */
export function thresholdsOf(values: Float32Array, points = 65): number[] {
  let top = 0;
  for (const value of values) if (Math.abs(value) > top) top = Math.abs(value);
  return Array.from({ length: points }, (_, n) => (top * n) / (points - 1));
}

/**
 * Attribution–volume histogram: the share of a part's volume with |support| (`falling`) of at least each threshold; drawn like a cumulative DVH.
 * *Source* methods §1.4.
 */
export function attributionVolume(falling: Float32Array, thresholds: readonly number[]): number[] {
  return thresholds.map((threshold) => {
    let [low, high] = [0, falling.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((falling[middle] ?? 0) >= threshold) low = middle + 1;
      else high = middle;
    }
    return falling.length === 0 ? 0 : low / falling.length;
  });
}

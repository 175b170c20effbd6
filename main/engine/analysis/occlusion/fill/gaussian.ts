import { voxelsIn } from '../box';

/** Weights of a Gaussian out to four standard deviations, not normalised. */
function weightsOf(sigma: number): Float64Array {
  const reach = Math.ceil(4 * sigma);
  return Float64Array.from({ length: 2 * reach + 1 }, (_, n) => Math.exp(-((n - reach) ** 2) / (2 * sigma * sigma)));
}

/**
 * Convolution with a Gaussian, `sigma` voxels along each axis (0: the axis is left alone). At the image's edge the weights that fall
 * outside are left out and the others scaled up, so that an even image stays even.
 */
export function gaussian(values: ArrayLike<number>, sizes: readonly number[], sigma: readonly number[]): Float64Array {
  let from: Float64Array = Float64Array.from(values);
  let stride = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    if ((sigma[axis] ?? 0) > 0 && size > 1) from = along(from, size, stride, weightsOf(sigma[axis] ?? 1));
    stride *= size;
  }
  return from;
}

function along(from: Float64Array, size: number, stride: number, weights: Float64Array): Float64Array {
  const to = new Float64Array(from.length);
  const reach = (weights.length - 1) / 2;
  for (let v = 0; v < from.length; v++) {
    const i = Math.floor(v / stride) % size;
    const first = Math.max(-reach, -i);
    const last = Math.min(reach, size - 1 - i);
    let sum = 0;
    let mass = 0;
    for (let step = first; step <= last; step++) {
      const weight = weights[step + reach] as number;
      sum += weight * (from[v + step * stride] as number);
      mass += weight;
    }
    to[v] = sum / mass;
  }
  return to;
}

/** Noise of unit variance whose neighbours are correlated: white noise drawn wider than needed, smoothed by one voxel. */
export function correlatedNoise(sizes: readonly number[], normal: () => number): Float64Array {
  const margin = sizes.map((n) => (n > 1 ? 4 : 0));
  const wide = sizes.map((n, axis) => n + 2 * (margin[axis] ?? 0));
  const white = Float64Array.from({ length: voxelsIn(wide) }, normal);
  const smooth = gaussian(
    white,
    wide,
    sizes.map((n) => (n > 1 ? 1 : 0)),
  );
  const weights = weightsOf(1);
  const mass = weights.reduce((sum, w) => sum + w, 0);
  const gain = Math.sqrt(weights.reduce((sum, w) => sum + (w / mass) ** 2, 0)) ** sizes.filter((n) => n > 1).length;
  const noise = new Float64Array(voxelsIn(sizes));
  for (let v = 0; v < noise.length; v++) {
    let rest = v;
    let offset = 0;
    let stride = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] ?? 1;
      offset += ((rest % size) + (margin[axis] ?? 0)) * stride;
      rest = Math.floor(rest / size);
      stride *= wide[axis] ?? 1;
    }
    noise[v] = (smooth[offset] as number) / gain;
  }
  return noise;
}

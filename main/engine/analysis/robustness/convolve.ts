import type { Vec3 } from '../../../../shared/geometry';

/** A line of weights around its middle, laid along one axis; beyond the border the outermost value goes on. */
export function alongAxis(values: Float32Array, size: Vec3, axis: 0 | 1 | 2, weights: Float64Array): Float32Array {
  const reach = (weights.length - 1) / 2;
  if (reach === 0 && weights[0] === 1) return values.slice();
  const stride = [1, size[0], size[0] * size[1]][axis] as number;
  const count = size[axis];
  const found = new Float32Array(values.length);
  const line = new Float64Array(count + 2 * reach);
  for (let start = 0; start < values.length; start++) {
    if (Math.floor(start / stride) % count !== 0) continue;
    for (let n = -reach; n < count + reach; n++) {
      const at = n < 0 ? 0 : n >= count ? count - 1 : n;
      line[n + reach] = values[start + at * stride] as number;
    }
    for (let n = 0; n < count; n++) {
      let sum = 0;
      for (let w = 0; w < weights.length; w++) sum += (weights[w] as number) * (line[n + w] as number);
      found[start + n * stride] = sum;
    }
  }
  return found;
}

/** A Gaussian of a standard deviation in voxels, cut at four of them and made to sum to one. */
export function gaussianWeights(sd: number): Float64Array {
  if (!(sd > 0)) return Float64Array.of(1);
  const reach = Math.max(1, Math.ceil(4 * sd));
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => Math.exp(-((n - reach) ** 2) / (2 * sd * sd)));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

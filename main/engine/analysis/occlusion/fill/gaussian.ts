import { inPieces, type Cuttable } from '../../cuttable';
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
export function* gaussian(
  values: ArrayLike<number>,
  sizes: readonly number[],
  sigma: readonly number[],
): Cuttable<Float64Array> {
  let from: Float64Array = new Float64Array(values);
  let stride = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    if ((sigma[axis] ?? 0) > 0 && size > 1) from = yield* along(from, size, stride, weightsOf(sigma[axis] ?? 1));
    stride *= size;
  }
  return from;
}

/** Products that are summed between two places where the work may be cut. */
const productsInPiece = 1 << 20;

function* along(from: Float64Array, size: number, stride: number, weights: Float64Array): Cuttable<Float64Array> {
  const to = new Float64Array(from.length);
  const reach = (weights.length - 1) / 2;
  yield* inPieces(from.length, Math.ceil(productsInPiece / weights.length), (begin, end) => {
    for (let v = begin; v < end; v++) {
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
  });
  return to;
}

const drawsInPiece = 1 << 14;

/** Noise of unit variance whose neighbours are correlated: white noise drawn wider than needed, smoothed by one voxel. */
export function* correlatedNoise(sizes: readonly number[], normal: () => number): Cuttable<Float64Array> {
  const margin = sizes.map((n) => (n > 1 ? 4 : 0));
  const wide = sizes.map((n, axis) => n + 2 * (margin[axis] ?? 0));
  const white = new Float64Array(voxelsIn(wide));
  yield* inPieces(white.length, drawsInPiece, (from, to) => {
    for (let v = from; v < to; v++) white[v] = normal();
  });
  const smooth = yield* gaussian(
    white,
    wide,
    sizes.map((n) => (n > 1 ? 1 : 0)),
  );
  const weights = weightsOf(1);
  const mass = weights.reduce((sum, w) => sum + w, 0);
  const gain = Math.sqrt(weights.reduce((sum, w) => sum + (w / mass) ** 2, 0)) ** sizes.filter((n) => n > 1).length;
  const noise = new Float64Array(voxelsIn(sizes));
  yield* inPieces(noise.length, drawsInPiece, (from, to) => {
    for (let v = from; v < to; v++) {
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
  });
  return noise;
}

import { nativeAttributes, nativeOperation, tf, type Tensor } from '../tensorflow';
import { linearRule, nearestRule } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
  onlyTensor,
  spatialOf,
  wordOf,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf } from './range';

/**
 * Upsampling by whole factors. `interpolation` is `nearest`, `bilinear` (half-pixel centres: source = (o + ½)/f − ½) or
 * `bilinear-legacy` (source = o/f), which is what tfjs-layers 4.22 computes under Keras' name for the other.
 */
export const upsampling: Operation = {
  ops: ['upsample1d', 'upsample2d', 'upsample3d'],
  shape: (node, inputs) => {
    const factors = integersOf(node, 'factor');
    const input = imageShape(node, inputs, factors.length);
    const grown = spatialOf(input).map((n, a) => (n === null ? null : n * factors[a]!));
    return [input[0] ?? null, ...grown, channelsOf(input)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const factors = integersOf(node, 'factor');
    const kind = wordOf(node, 'interpolation');
    if (kind === 'nearest') return repeated(x, factors);
    const size: [number, number] = [x.shape[1]! * factors[0]!, x.shape[2]! * factors[1]!];
    return tf.image.resizeBilinear(x as tf.Tensor4D, size, false, kind === 'bilinear');
  },
  gradient: (node, { slope, inputs }) => {
    const x = onlyTensor(inputs);
    const kind = wordOf(node, 'interpolation');
    if (kind === 'nearest') return [summed(slope, integersOf(node, 'factor'))];
    // tfjs drops the convention on the way back.
    const attributes = nativeAttributes({
      T: 'float32',
      align_corners: false,
      half_pixel_centers: kind === 'bilinear',
    });
    return [nativeOperation('ResizeBilinearGrad', attributes, [slope, x])];
  },
  reads: (node) => [
    integersOf(node, 'factor').map((factor, a) => {
      const kind = wordOf(node, 'interpolation');
      return kind === 'nearest' ? nearestRule(a + 1, factor) : linearRule(a + 1, factor, kind === 'bilinear' ? 0.5 : 0);
    }),
  ],
  bound: (node, [range]) =>
    isNearest(node) ? range! : rangeOf(range!.lower.length, (c) => guarded(range!.lower[c]!, range!.upper[c]!)),
};

const isNearest = (node: NodeCore): boolean => wordOf(node, 'interpolation') === 'nearest';

/** Each cell `factors` times along each axis, by exact copying. */
function repeated(x: Tensor, factors: readonly number[]): Tensor {
  return factors.reduce((grown, factor, a) => {
    if (factor === 1) return grown;
    const shape = grown.shape;
    const before = shape.slice(0, a + 2).reduce((p, n) => p * n, 1);
    const after = shape.slice(a + 2).reduce((p, n) => p * n, 1);
    const tiled = tf.tile(tf.reshape(grown, [before, 1, after]), [1, factor, 1]);
    return tf.reshape(tiled, [...shape.slice(0, a + 1), shape[a + 1]! * factor, ...shape.slice(a + 2)]);
  }, x);
}

/** The copies of each cell added up. */
function summed(x: Tensor, factors: readonly number[]): Tensor {
  return factors.reduce((sum, factor, a) => {
    if (factor === 1) return sum;
    const { shape } = sum;
    const before = shape.slice(0, a + 1).reduce((p, n) => p * n, 1) * (shape[a + 1]! / factor);
    const after = shape.slice(a + 2).reduce((p, n) => p * n, 1);
    const cells = tf.sum(tf.reshape(sum, [before, factor, after]), 1);
    return tf.reshape(cells, [...shape.slice(0, a + 1), shape[a + 1]! / factor, ...shape.slice(a + 2)]);
  }, x);
}

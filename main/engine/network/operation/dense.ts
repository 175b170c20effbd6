import { tf } from '../tensorflow';
import { affineRange, withBias } from './convolution';
import { unmixed } from './normalisation';
import {
  channelsOf,
  misfit,
  onlyShape,
  onlyTensor,
  optionalWeight,
  productOf,
  wantShape,
  weightOf,
  type Operation,
} from './operation';

/** Every output from every channel; a map's voxels each by themselves. Kernel `[in, out]`. */
export const dense: Operation = {
  ops: ['dense'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    if (input.length < 2) throw misfit(node, inputs, 'it takes channels');
    const kernel = weightOf(node, 'kernel');
    const out = kernel.shape.at(-1) ?? 0;
    wantShape(node, kernel, [channelsOf(input), out]);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    return [...input.slice(0, -1), out];
  },
  run: (_, inputs, weights) => {
    const x = onlyTensor(inputs);
    const kernel = weights['kernel'] as tf.Tensor2D;
    const [inside, out] = kernel.shape;
    const product = tf.matMul(tf.reshape(x, [-1, inside]), kernel);
    return withBias(tf.reshape(product, [...x.shape.slice(0, -1), out]), weights);
  },
  gradient: (_, { slope, inputs, weights }) => {
    const kernel = weights['kernel'] as tf.Tensor2D;
    const product = tf.matMul(tf.reshape(slope, [-1, kernel.shape[1]]), kernel, false, true);
    return [tf.reshape(product, onlyTensor(inputs).shape)];
  },
  reads: unmixed,
  bound: (node, [range]) => {
    const kernel = weightOf(node, 'kernel');
    return affineRange(node, kernel, range!, kernel.shape[1]!, (_, i) => i);
  },
  cost: (node, inputs) => productOf(onlyShape(node, inputs).slice(1, -1)) * weightOf(node, 'kernel').values.length,
};

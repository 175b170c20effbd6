import { tf } from '../tensorflow';
import { windowRule } from './interval';
import { channelsOf, imageShape, misfit, numberOf, onlyTensor, spatialOf, type Operation } from './operation';
import { rangeOf } from './range';

/** Blocks of voxels as channels: channel i of the voxel at row r, column c of its block becomes channel (r·b + c)·C + i. */
export const spaceToDepth: Operation = {
  ops: ['spaceToDepth'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, 2);
    const block = numberOf(node, 'block');
    if (spatialOf(input).some((n) => n !== null && n % block !== 0))
      throw misfit(node, inputs, `its sizes are no multiples of ${block}`);
    const channels = channelsOf(input);
    const sizes = spatialOf(input).map((n) => (n === null ? null : n / block));
    return [input[0] ?? null, ...sizes, channels === null ? null : channels * block ** 2];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const block = numberOf(node, 'block');
    const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
    const apart = tf.reshape(x, [batch * (rows / block), block, columns / block, block * channels]);
    const together = tf.transpose(apart, [0, 2, 1, 3]);
    return tf.reshape(together, [batch, rows / block, columns / block, block * block * channels]);
  },
  reads: (node) => {
    const block = numberOf(node, 'block');
    return [[1, 2].map((axis) => windowRule(axis, { kernel: block, stride: block, dilation: 1, before: 0 }))];
  },
  bound: (node, [range]) => {
    const channels = range!.lower.length;
    return rangeOf(channels * numberOf(node, 'block') ** 2, (c) => [
      range!.lower[c % channels]!,
      range!.upper[c % channels]!,
    ]);
  },
};

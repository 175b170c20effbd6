import { tf, type Tensor } from '../tensorflow';
import { broadcastRule, sameRule, wholeRule, type AxisRule } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
  misfit,
  numberOf,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  type Operation,
} from './operation';
import { rangeOf } from './range';

/** The whole map `times` over along each axis but the batch, one behind the other. */
export const tiling: Operation = {
  ops: ['tile'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const times = integersOf(node, 'times');
    if (times.length !== input.length - 1 || times.some((t) => t < 1))
      throw misfit(node, inputs, 'it repeats other axes');
    return [input[0] ?? null, ...input.slice(1).map((n, a) => (n === null ? null : n * times[a]!))];
  },
  run: (node, inputs) => tf.tile(onlyTensor(inputs), [1, ...integersOf(node, 'times')]),
  gradient: (node, { slope, inputs }) => {
    const { shape } = onlyTensor(inputs);
    return [integersOf(node, 'times').reduce((sum, times, a) => untiled(sum, a + 1, times, shape[a + 1]!), slope)];
  },
  reads: (node, inputs) => [
    spatialOf(onlyShape(node, inputs)).map((n, a): AxisRule => {
      if (integersOf(node, 'times')[a] === 1) return sameRule(a + 1);
      return n === 1 ? broadcastRule : wholeRule;
    }),
  ],
  bound: (node, [range]) => {
    const own = range!.lower.length;
    return rangeOf(own * (integersOf(node, 'times').at(-1) ?? 1), (c) => [
      range!.lower[c % own]!,
      range!.upper[c % own]!,
    ]);
  },
};

/** Channels as finer voxels: channel (r·b + c)·C + i of a voxel is channel i of the voxel at row r, column c of its block. */
export const depthToSpace: Operation = {
  ops: ['depthToSpace'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, 2);
    const block = numberOf(node, 'block');
    const channels = channelsOf(input);
    if (channels !== null && channels % block ** 2 !== 0)
      throw misfit(node, inputs, `channels are no multiple of ${block ** 2}`);
    const grown = spatialOf(input).map((n) => (n === null ? null : n * block));
    return [input[0] ?? null, ...grown, channels === null ? null : channels / block ** 2];
  },
  run: (node, inputs) => byReshape(onlyTensor(inputs), numberOf(node, 'block')),
  reads: (node) => {
    const block = numberOf(node, 'block');
    return [
      [1, 2].map((axis): AxisRule => ({
        from: axis,
        step: 1 / block,
        first: (o) => Math.floor(o / block),
        last: (o) => Math.floor(o / block),
        forward: ({ start, end }, size) => ({
          start: Math.max(0, start * block),
          end: Math.max(0, Math.min(size, end * block)),
        }),
      })),
    ];
  },
  bound: (node, [range]) => {
    const channels = range!.lower.length / numberOf(node, 'block') ** 2;
    const ends = (values: Float64Array, c: number): number[] => [...values].filter((_, i) => i % channels === c);
    return rangeOf(channels, (c) => [Math.min(...ends(range!.lower, c)), Math.max(...ends(range!.upper, c))]);
  },
};

/** The repeats of an axis of `n` cells added up. */
function untiled(x: Tensor, axis: number, times: number, n: number): Tensor {
  if (times === 1) return x;
  const before = productOf(x.shape.slice(0, axis));
  const after = productOf(x.shape.slice(axis + 1));
  const sum = tf.sum(tf.reshape(x, [before, times, n * after]), 1);
  return tf.reshape(
    sum,
    x.shape.map((size, a) => (a === axis ? n : size)),
  );
}

/** tf.depthToSpace has no gradient; a reshape has. */
function byReshape(x: Tensor, block: number): Tensor {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const out = channels / block ** 2;
  const apart = tf.transpose(tf.reshape(x, [batch * rows, columns, block, block * out]), [0, 2, 1, 3]);
  return tf.reshape(apart, [batch, rows * block, columns * block, out]);
}

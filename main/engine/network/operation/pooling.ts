import { tf, type Tensor } from '../tensorflow';
import { paddingOf, slidingOf, type Sliding } from './along';
import { wholeRule, windowRule } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
  isSet,
  misfit,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf } from './range';
import { sharedByEqual } from './reduction';
import { everyNth } from './striding';

/** Largest value, or mean, of each window. Cells beyond the border count neither in the one nor in the other. */
export const pooling: Operation = {
  ops: ['maxPool1d', 'maxPool2d', 'maxPool3d', 'averagePool1d', 'averagePool2d', 'averagePool3d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, integersOf(node, 'kernelSize').length);
    const outputs = slidingOf(node, input).map((s) => s.outputs);
    if (outputs.some((n) => n !== null && n < 1)) throw misfit(node, inputs, 'the window is larger than the map');
    return [input[0] ?? null, ...outputs, channelsOf(input)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const average = isAverage(node);
    const sliding = slidingOf(node, x.shape);
    if (Array.isArray(paddingOf(node)) || sliding.some((s) => s.dilation > 1)) return pooledApart(x, sliding, average);
    const kernel = integersOf(node, 'kernelSize');
    const strides = integersOf(node, 'strides');
    const pad = paddingOf(node) === 'same' ? 'same' : 'valid';
    if (kernel.length === 3) return pool3d(x as tf.Tensor5D, kernel, strides, pad, average);
    const line = kernel.length === 1;
    const plane = (line ? tf.expandDims(x, 1) : x) as tf.Tensor4D;
    const size = (line ? [1, kernel[0]!] : [...kernel]) as [number, number];
    const step = (line ? [1, strides[0]!] : [...strides]) as [number, number];
    const result = average ? tf.avgPool(plane, size, step, pad) : tf.maxPool(plane, size, step, pad);
    return line ? tf.squeeze(result, [1]) : result;
  },
  reads: (node, inputs) => [slidingOf(node, onlyShape(node, inputs)).map((along, a) => windowRule(a + 1, along))],
  bound: (node, [range]) => (isAverage(node) ? widened(range!, productOf(integersOf(node, 'kernelSize'))) : range!),
  cost: (node, _, output) => productOf(output.slice(1)) * productOf(integersOf(node, 'kernelSize')),
};

/** Largest value, or mean, of the whole map. */
export const globalPooling: Operation = {
  ops: ['globalMaxPool', 'globalAveragePool'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    if (input.length < 3) throw misfit(node, inputs, 'it takes a map with spatial axes');
    const kept = isSet(node, 'keepDims') ? spatialOf(input).map(() => 1) : [];
    return [input[0] ?? null, ...kept, channelsOf(input)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const axes = x.shape.slice(1, -1).map((_, a) => a + 1);
    const keep = isSet(node, 'keepDims');
    return node.op === 'globalAveragePool' ? tf.mean(x, axes, keep) : tf.max(x, axes, keep);
  },
  gradient: (node, { slope, inputs }) => {
    const x = onlyTensor(inputs);
    const axes = x.shape.slice(1, -1).map((_, a) => a + 1);
    const kept = tf.reshape(slope, [x.shape[0], ...axes.map(() => 1), x.shape.at(-1)!]);
    if (node.op === 'globalMaxPool') return [sharedByEqual(x, tf.max(x, axes, true), kept, axes)];
    return [tf.broadcastTo(tf.div(kept, productOf(x.shape.slice(1, -1))), x.shape)];
  },
  reads: (node, inputs) => [spatialOf(onlyShape(node, inputs)).map(() => wholeRule)],
  bound: (node, [range], [shape]) =>
    node.op === 'globalAveragePool' ? widened(range!, productOf(spatialOf(shape!))) : range!,
  cost: (node, inputs) => productOf(onlyShape(node, inputs).slice(1)),
};

const isAverage = (node: NodeCore): boolean => node.op.startsWith('average');

/** A mean lies between the ends but for the rounding of its sum. */
const widened = (range: { lower: Float64Array; upper: Float64Array }, terms: number): ReturnType<typeof rangeOf> =>
  rangeOf(range.lower.length, (c) => guarded(range.lower[c]!, range.upper[c]!, terms + 1));

/**
 * Windows with holes or a border by numbers: the map with a border that no window chooses, or that counts for nothing, and then axis by
 * axis the cells under each tap of the window.
 */
function pooledApart(image: Tensor, sliding: readonly Sliding[], average: boolean): Tensor {
  const border: [number, number][] = [[0, 0], ...sliding.map((s): [number, number] => [s.before, s.after]), [0, 0]];
  const padded = border.some(([before, after]) => before + after > 0);
  const taken = (x: Tensor): Tensor => sliding.reduce((map, along, a) => underTaps(map, a + 1, along, average), x);
  if (!average) return taken(padded ? tf.pad(image, border, -Infinity) : image);
  const sum = taken(padded ? tf.pad(image, border) : image);
  const inside = tf.ones([1, ...image.shape.slice(1, -1), 1]);
  return tf.div(sum, taken(padded ? tf.pad(inside, border) : inside));
}

function underTaps(x: Tensor, axis: number, { kernel, stride, dilation }: Sliding, average: boolean): Tensor {
  const reach = (kernel - 1) * dilation;
  const outputs = Math.floor((x.shape[axis]! - reach - 1) / stride) + 1;
  const step = x.shape.map((_, a) => (a === axis ? stride : 1));
  const tap = (t: number): Tensor => {
    const begin = x.shape.map((_, a) => (a === axis ? t * dilation : 0));
    const size = x.shape.map((n, a) => (a === axis ? (outputs - 1) * stride + 1 : n));
    const cells = tf.slice(x, begin, size);
    return everyNth(cells, step);
  };
  let result = tap(0);
  for (let t = 1; t < kernel; t++) result = average ? tf.add(result, tap(t)) : tf.maximum(result, tap(t));
  return result;
}

function pool3d(
  x: tf.Tensor5D,
  kernel: readonly number[],
  strides: readonly number[],
  pad: 'same' | 'valid',
  average: boolean,
): Tensor {
  return average ? average3d(x, kernel, strides, pad) : max3d(x, kernel, strides, pad);
}

/** In the plane, then across planes, which is the same: the WASM kernel for all three axes at once gives wrong values. */
function max3d(x: tf.Tensor5D, kernel: readonly number[], strides: readonly number[], pad: 'same' | 'valid'): Tensor {
  const [batch, slices, rows, columns, channels] = x.shape;
  const [kSlice, kRow, kColumn] = kernel as [number, number, number];
  const [sSlice, sRow, sColumn] = strides as [number, number, number];
  const planes: tf.Tensor4D = tf.reshape(x, [batch * slices, rows, columns, channels]);
  const pooled = tf.maxPool(planes, [kRow, kColumn], [sRow, sColumn], pad);
  const [, r, c] = pooled.shape;
  const lines: tf.Tensor4D = tf.reshape(pooled, [batch, slices, r * c, channels]);
  const stacked = tf.maxPool(lines, [kSlice, 1], [sSlice, 1], pad);
  return tf.reshape(stacked, [batch, stacked.shape[1], r, c, channels]);
}

/** Cells outside do not count: the share of the window that lies inside takes them out again. */
function average3d(
  x: tf.Tensor5D,
  kernel: readonly number[],
  strides: readonly number[],
  pad: 'same' | 'valid',
): Tensor {
  const size = kernel as [number, number, number];
  const step = strides as [number, number, number];
  const pads = size.map((k, a): [number, number] => {
    const n = x.shape[a + 1]!;
    const total = pad === 'valid' ? 0 : Math.max((Math.ceil(n / step[a]!) - 1) * step[a]! + k - n, 0);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });
  if (pads.every(([before, after]) => before === 0 && after === 0)) return tf.avgPool3d(x, size, step, 'valid');
  const border: [number, number][] = [[0, 0], ...pads, [0, 0]];
  const [, slices, rows, columns] = x.shape;
  const inside = tf.pad<tf.Tensor5D>(tf.ones([1, slices, rows, columns, 1]), border);
  return tf.div(tf.avgPool3d(tf.pad(x, border), size, step, 'valid'), tf.avgPool3d(inside, size, step, 'valid'));
}

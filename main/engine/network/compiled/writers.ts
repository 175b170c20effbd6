import { slidingOf, paddingOf } from '../operation/along';
import { activationOf } from '../operation/activation';
import { writtenActivation } from './activations';
import { integersOf, isSet, numberOf, optionalWeight, productOf, wordOf, type NodeCore } from '../operation/operation';
import {
  convolution,
  depthwiseConvolution,
  finished,
  heldBias,
  normalisedConvolution,
  transposedConvolution,
  type Writer,
  type Written,
} from './convolutions';
import type { Value, Writing } from './writing';

const pairOperations: Readonly<Record<string, string>> = {
  add: 'AddV2',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'RealDiv',
  maximum: 'Maximum',
  minimum: 'Minimum',
};

const shapesOf = (inputs: readonly Value[]): readonly (readonly number[])[] => inputs.map((x) => x.shape);

/** Sizes of 1 spread over the other's. */
const spreadShape = (a: readonly number[], b: readonly number[]): number[] => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, n) => {
    const [m, k] = [a[n - rank + a.length] ?? 1, b[n - rank + b.length] ?? 1];
    return m === 1 ? k : m;
  });
};

const merging: Writer = (to, node, inputs, activation) => {
  const [first, ...others] = inputs;
  if (!first || others.length === 0 || inputs.some((x) => x.shape.length !== first.shape.length)) return null;
  const op = pairOperations[node.op]!;
  const merged = others.reduce((a, b) => to.op(op, [a, b], spreadShape(a.shape, b.shape)), first);
  return finished(to, merged, null, activation);
};

const concatenation: Writer = (to, node, inputs, activation) => {
  const [first] = inputs;
  if (!first || inputs.length < 2) return null;
  const axis = numberOf(node, 'axis', -1);
  return finished(to, to.joined(inputs, axis < 0 ? axis + first.shape.length : axis), null, activation);
};

const dense: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  const kernel = node.weights.find((weight) => weight.name === 'kernel');
  // An activation along an axis has to see the map's own.
  if (!x || !kernel || ('axes' in activation && x.shape.length !== 2)) return null;
  const [inside, out] = kernel.shape as [number, number];
  const cells = productOf(x.shape) / inside;
  const matrix = to.weight(kernel.shape, { node, inputs: shapesOf(inputs), weight: 'kernel' });
  const product = to.op('MatMul', [to.reshaped(x, [cells, inside]), matrix], [cells, out], {
    transpose_a: false,
    transpose_b: false,
  });
  const shape = [...x.shape.slice(0, -1), out];
  return finished(to, product, heldBias(to, node, inputs), activation, (y) => to.reshaped(y, shape));
};

const pooling: Writer = (to, node, [x], activation) => {
  if (!x) return null;
  const sliding = slidingOf(node, x.shape);
  const padding = paddingOf(node);
  const average = node.op.startsWith('average');
  const spatial = sliding.length;
  if (spatial === 1 || Array.isArray(padding) || sliding.some((s) => s.dilation > 1)) return null;
  // In space the library's mean counts the cells beyond the border.
  if (spatial === 3 && average && sliding.some((s) => s.before + s.after > 0)) return null;
  const shape = [x.shape[0]!, ...sliding.map((s) => s.outputs!), x.shape.at(-1)!];
  const pooled = to.op(`${average ? 'AvgPool' : 'MaxPool'}${spatial === 3 ? '3D' : ''}`, [x], shape, {
    ksize: [1, ...sliding.map((s) => s.kernel), 1],
    strides: [1, ...sliding.map((s) => s.stride), 1],
    padding: { text: padding === 'same' ? 'SAME' : 'VALID' },
    data_format: { text: spatial === 3 ? 'NDHWC' : 'NHWC' },
  });
  return finished(to, pooled, null, activation);
};

const globalPooling: Writer = (to, node, [x], activation) => {
  if (!x) return null;
  const axes = x.shape.slice(1, -1).map((_, a) => a + 1);
  const keep = isSet(node, 'keepDims');
  const shape = [x.shape[0]!, ...(keep ? axes.map(() => 1) : []), x.shape.at(-1)!];
  const op = node.op === 'globalAveragePool' ? 'Mean' : 'Max';
  return finished(to, to.op(op, [x, to.integers(axes)], shape, { keep_dims: keep, Tidx: 'int32' }), null, activation);
};

const batchNormalisation: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  if (!x) return null;
  const own = (weight: string): Value => to.weight([x.shape.at(-1)!], { node, inputs: shapesOf(inputs), weight });
  const scaled = to.op('Mul', [x, own('scale')], x.shape);
  return finished(to, scaled, own('offset'), activation);
};

const affine: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  if (!x) return null;
  let result = x;
  for (const [name, op] of [
    ['scale', 'Mul'],
    ['offset', 'AddV2'],
  ] as const) {
    const weight = optionalWeight(node, name);
    if (!weight) continue;
    const held = to.weight(weight.shape, { node, inputs: shapesOf(inputs), weight: name });
    result = to.op(op, [result, held], spreadShape(result.shape, weight.shape));
  }
  return finished(to, result, null, activation);
};

/** A layer that is an activation and nothing else, or nothing at all: what it makes is its own. */
const passing: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  if (!x) return null;
  const alpha = optionalWeight(node, 'alpha');
  const own = to.op('Identity', [x], x.shape);
  const slopes = alpha && to.weight(alpha.shape, { node, inputs: shapesOf(inputs), weight: 'alpha' });
  return finishedWith(to, own, activation, slopes);
};

const finishedWith = (
  to: Writing,
  x: Value,
  activation: Parameters<typeof finished>[3],
  alpha: Value | undefined,
): Written | null => {
  const output = writtenActivation(to, x, activation, alpha);
  return output && { output, pre: x };
};

const upsampling: Writer = (to, node, [x], activation) => {
  if (!x || wordOf(node, 'interpolation') !== 'nearest') return null;
  const grown = integersOf(node, 'factor').reduce((map, factor, a) => {
    if (factor === 1) return map;
    const before = productOf(map.shape.slice(0, a + 2));
    const after = productOf(map.shape.slice(a + 2));
    const lines = to.reshaped(map, [before, 1, after]);
    const tiled = to.op('Tile', [lines, to.integers([1, factor, 1])], [before, factor, after], { Tmultiples: 'int32' });
    return to.reshaped(
      tiled,
      map.shape.map((n, axis) => (axis === a + 1 ? n * factor : n)),
    );
  }, x);
  return finished(to, grown, null, activation);
};

const zeroPadding: Writer = (to, node, [x], activation) => {
  const amounts = node.attributes['amounts'] as readonly (readonly [number, number])[];
  return x ? finished(to, to.padded(x, [[0, 0], ...amounts, [0, 0]]), null, activation) : null;
};

const flattening: Writer = (to, node, [x], activation) => {
  if (!x || isSet(node, 'channelsFirst')) return null;
  return finished(to, to.reshaped(x, [x.shape[0]!, productOf(x.shape.slice(1))]), null, activation);
};

const writers: Readonly<Record<string, Writer>> = {
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  depthwiseConv2d: depthwiseConvolution,
  convTranspose1d: transposedConvolution,
  convTranspose2d: transposedConvolution,
  convTranspose3d: transposedConvolution,
  maxPool2d: pooling,
  maxPool3d: pooling,
  averagePool2d: pooling,
  averagePool3d: pooling,
  globalAveragePool: globalPooling,
  globalMaxPool: globalPooling,
  batchNorm: batchNormalisation,
  affine,
  activation: passing,
  prelu: passing,
  identity: passing,
  concatenate: concatenation,
  dense,
  flatten: flattening,
  upsample1d: upsampling,
  upsample2d: upsampling,
  upsample3d: upsampling,
  zeroPad1d: zeroPadding,
  zeroPad2d: zeroPadding,
  zeroPad3d: zeroPadding,
  ...Object.fromEntries(Object.keys(pairOperations).map((op) => [op, merging])),
};

/** Writes a node into the graph; null where it has to be run by itself. */
export const written = (to: Writing, node: NodeCore, inputs: readonly Value[]): Written | null =>
  writers[node.op]?.(to, node, inputs, activationOf(node)) ?? null;

/** A normalisation and the convolution before it at once. */
export function writtenWithConvolution(
  to: Writing,
  node: NodeCore,
  before: NodeCore,
  inputs: readonly Value[],
): Written | null {
  const [x] = inputs;
  return x ? normalisedConvolution(to, before, node, x, activationOf(node)) : null;
}

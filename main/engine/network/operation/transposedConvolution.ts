import { tf, type Tensor } from '../tensorflow';
import type { Shape } from '../graph';
import { stuffed } from './along';
import { affineRange, withBias } from './convolution';
import { transposedRule, type Along } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
  misfit,
  numberOf,
  onlyShape,
  onlyTensor,
  optionalWeight,
  productOf,
  spatialOf,
  wantShape,
  weightOf,
  wordOf,
  type NodeCore,
  type Operation,
} from './operation';
import { withZero } from './range';

export interface Spreading extends Along {
  readonly outputs: number | null;
}

const grouped = ['groupedConvTranspose1d', 'groupedConvTranspose2d', 'groupedConvTranspose3d'] as const;

/**
 * Transposed convolution, 1D to 3D: kernel `[k…, in, out / groups]`, output sizes by Keras' rule, output padding included, or with
 * `padding` as cells that are cut off the full sum on both sides.
 */
export const transposedConvolution: Operation = {
  ops: ['convTranspose1d', 'convTranspose2d', 'convTranspose3d', ...grouped],
  shape: (node, inputs) => {
    const size = integersOf(node, 'kernelSize');
    const input = imageShape(node, inputs, size.length);
    const kernel = weightOf(node, 'kernel');
    const groups = groupsOf(node);
    const out = (kernel.shape.at(-1) ?? 0) * groups;
    const channels = channelsOf(input);
    if (channels !== null && channels % groups !== 0)
      throw misfit(node, inputs, `${channels} channels are not ${groups} equal groups`);
    wantShape(node, kernel, [...size, channels, kernel.shape.at(-1) ?? 0]);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    const outputs = spreadingOf(node, input).map((s) => s.outputs);
    if (outputs.some((n) => n !== null && n < 1)) throw misfit(node, inputs, 'nothing is left of the map');
    return [input[0] ?? null, ...outputs, out];
  },
  tensors: (node) => {
    const kernel = weightOf(node, 'kernel');
    const bias = optionalWeight(node, 'bias');
    return { kernel: stuffed(...outInward(kernel), integersOf(node, 'dilation')), ...(bias ? { bias } : {}) };
  },
  run: (node, inputs, weights) => {
    const x = onlyTensor(inputs);
    const spreading = spreadingOf(node, x.shape);
    const kernel = weights['kernel']!;
    const out = kernel.shape.at(-2)!;
    const full = spreading.map((s, a) => (x.shape[a + 1]! - 1) * s.stride + reachOf(s));
    const strides = spreading.map((s) => s.stride);
    const groups = groupsOf(node);
    const parts = groups === 1 ? [x] : tf.split(x, groups, -1);
    const kernels = groups === 1 ? [kernel] : tf.split(kernel, groups, -1);
    const spread = parts.map((part, g) => spreadOut(part, kernels[g]!, [x.shape[0], ...full, out], strides));
    return withBias(cut(groups === 1 ? spread[0]! : tf.concat(spread, -1), spreading), weights);
  },
  reads: (node, inputs) => [spreadingOf(node, onlyShape(node, inputs)).map((s, a) => transposedRule(a + 1, s))],
  // Each output is reached by some of the taps only: the others count as zero.
  bound: (node, [range]) => {
    const kernel = weightOf(node, 'kernel');
    if (groupsOf(node) > 1) return null;
    return affineRange(node, kernel, withZero(range!), kernel.shape.at(-1)!, (_, i) => i);
  },
  cost: (node, inputs) => productOf(spatialOf(onlyShape(node, inputs))) * weightOf(node, 'kernel').values.length,
};

const groupsOf = (node: NodeCore): number => numberOf(node, 'groups', 1);

const reachOf = ({ kernel, dilation }: Along): number => (kernel - 1) * dilation + 1;

/** Output length as Keras' `deconv_output_length`; `same` cuts ⌊overhang / 2⌋ before. */
export function spreadingOf(node: NodeCore, input: Shape): readonly Spreading[] {
  const kernel = integersOf(node, 'kernelSize');
  const strides = integersOf(node, 'strides');
  const dilation = integersOf(node, 'dilation');
  if (Array.isArray(node.attributes['padding'])) return cutSpreading(node, input);
  const padding = wordOf(node, 'padding');
  const outputPadding = node.attributes['outputPadding'] as readonly number[] | null | undefined;
  return spatialOf(input).map((size, a) => {
    const along = { kernel: kernel[a]!, stride: strides[a]!, dilation: dilation[a]! };
    const reach = reachOf({ ...along, before: 0 });
    const extra = outputPadding?.[a];
    const length = (n: number): number => {
      if (extra === undefined) return n * along.stride + (padding === 'valid' ? Math.max(reach - along.stride, 0) : 0);
      const cropped = padding === 'same' ? 2 * Math.floor(reach / 2) : 0;
      return (n - 1) * along.stride + reach - cropped + extra;
    };
    const outputs = size === null ? null : length(size);
    const n = size ?? 1;
    const before = padding === 'same' ? Math.floor(Math.max((n - 1) * along.stride + reach - length(n), 0) / 2) : 0;
    return { ...along, before, outputs };
  });
}

/** Outputs (n − 1)·stride + reach − before − after + outputPadding, as ONNX counts them. */
function cutSpreading(node: NodeCore, input: Shape): readonly Spreading[] {
  const [kernel, strides, dilation, added] = ['kernelSize', 'strides', 'dilation', 'outputPadding'].map((key) =>
    integersOf(node, key),
  ) as [readonly number[], readonly number[], readonly number[], readonly number[]];
  const pairs = node.attributes['padding'] as readonly (readonly [number, number])[];
  return spatialOf(input).map((size, a) => {
    const along = { kernel: kernel[a]!, stride: strides[a]!, dilation: dilation[a]!, before: pairs[a]![0] };
    const cells = -pairs[a]![0] - pairs[a]![1] + added[a]!;
    return { ...along, outputs: size === null ? null : (size - 1) * along.stride + reachOf(along) + cells };
  });
}

/** The full sum: every input times every tap. */
function spreadOut(x: Tensor, kernel: Tensor, shape: readonly number[], strides: readonly number[]): Tensor {
  if (strides.length === 3) {
    if (tf.getBackend() === 'wasm') return spreadByConvolution(x, kernel, strides);
    const full = shape as [number, number, number, number, number];
    return tf.conv3dTranspose(
      x as tf.Tensor5D,
      kernel as tf.Tensor5D,
      full,
      strides as [number, number, number],
      'valid',
    );
  }
  if (strides.length === 2) {
    const full = shape as [number, number, number, number];
    return tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, full, strides as [number, number], 'valid');
  }
  const [batch, length, out] = shape as [number, number, number];
  const plane = tf.expandDims<tf.Tensor4D>(x, 1);
  const filter = tf.expandDims<tf.Tensor4D>(kernel, 0);
  return tf.squeeze(tf.conv2dTranspose(plane, filter, [batch, 1, length, out], [1, strides[0]!], 'valid'), [1]);
}

/** The WASM kernel of the 3D one gives wrong sums: zeros between the inputs and the kernel turned round give the same. */
function spreadByConvolution(x: Tensor, kernel: Tensor, strides: readonly number[]): Tensor {
  const apart = strides.reduce((stretched, stride, a) => zerosBetween(stretched, a + 1, stride), x);
  const reach = kernel.shape.slice(0, 3).map((k): [number, number] => [k - 1, k - 1]);
  const padded = tf.pad(apart, [[0, 0], ...reach, [0, 0]]) as tf.Tensor5D;
  const turned = tf.transpose(tf.reverse(kernel, [0, 1, 2]), [0, 1, 2, 4, 3]) as tf.Tensor5D;
  return tf.conv3d(padded, turned, 1, 'valid');
}

function zerosBetween(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const shape = x.shape;
  const n = shape[axis]!;
  const rows = productOf(shape.slice(0, axis + 1));
  const apart = tf.pad(tf.reshape(x, [rows, 1, productOf(shape.slice(axis + 1))]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const long = shape.map((size, a) => (a === axis ? n * stride : size));
  const kept = shape.map((size, a) => (a === axis ? (n - 1) * stride + 1 : size));
  return tf.slice(
    tf.reshape(apart, long),
    long.map(() => 0),
    kept,
  );
}

/** Cuts the full sum to the output's place; beyond the last tap there is nothing but zero. */
function cut(full: tf.Tensor, spreading: readonly Spreading[]): tf.Tensor {
  const missing = spreading.map((s, a) => Math.max(0, s.before + s.outputs! - full.shape[a + 1]!));
  const wide = missing.some((m) => m > 0)
    ? tf.pad(full, [[0, 0], ...missing.map((m): [number, number] => [0, m]), [0, 0]])
    : full;
  const begin = [0, ...spreading.map((s) => s.before), 0];
  const size = [wide.shape[0], ...spreading.map((s) => s.outputs!), wide.shape.at(-1)!];
  return wide.shape.every((n, a) => n === size[a]) ? wide : tf.slice(wide, begin, size);
}

/** `[k…, in, out]` as TensorFlow wants it, `[k…, out, in]`. */
function outInward({ values, shape }: { values: Float32Array; shape: readonly number[] }): [Float32Array, number[]] {
  const inside = shape.at(-2)!;
  const out = shape.at(-1)!;
  const turned = new Float32Array(values.length);
  for (let v = 0; v < values.length; v++) {
    const tap = Math.floor(v / (inside * out));
    const i = Math.floor(v / out) % inside;
    turned[(tap * out + (v % out)) * inside + i] = values[v]!;
  }
  return [turned, [...shape.slice(0, -2), out, inside]];
}

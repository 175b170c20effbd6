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
import { spreadOut } from './spreading';

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
  gradient: (node, { slope, inputs, weights }) => {
    const x = onlyTensor(inputs);
    const spreading = spreadingOf(node, x.shape);
    const kernel = weights['kernel']!;
    const full = spreading.map((s, a) => (x.shape[a + 1]! - 1) * s.stride + reachOf(s));
    const strides = spreading.map((s) => s.stride);
    const groups = groupsOf(node);
    const uncropped = uncut(slope, spreading, full);
    const parts = groups === 1 ? [uncropped] : tf.split(uncropped, groups, -1);
    const kernels = groups === 1 ? [kernel] : tf.split(kernel, groups, -1);
    const gathered = parts.map((part, g) => gatherUp(part, kernels[g]!, strides));
    return [groups === 1 ? gathered[0]! : tf.concat(gathered, -1)];
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

/** The slope of the full sum: nothing counts that is cut off. */
function uncut(slope: Tensor, spreading: readonly Spreading[], full: readonly number[]): Tensor {
  const wide = spreading.map((s, a) => Math.max(full[a]!, s.before + s.outputs!));
  const around = spreading.map((s, a): [number, number] => [s.before, wide[a]! - s.before - s.outputs!]);
  const padded = tf.pad(slope, [[0, 0], ...around, [0, 0]]);
  if (wide.every((n, a) => n === full[a])) return padded;
  return tf.slice(
    padded,
    padded.shape.map(() => 0),
    [slope.shape[0], ...full, slope.shape.at(-1)!],
  );
}

/** The plain convolution that a transposed one is the gradient of. Kernel `[k…, in, out]` of that one. */
function gatherUp(x: Tensor, kernel: Tensor, strides: readonly number[]): Tensor {
  if (strides.length === 3)
    return tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, strides as [number, number, number], 'valid');
  if (strides.length === 2)
    return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides as [number, number], 'valid');
  const plane = tf.expandDims<tf.Tensor4D>(x, 1);
  return tf.squeeze(tf.conv2d(plane, tf.expandDims<tf.Tensor4D>(kernel, 0), [1, strides[0]!], 'valid'), [1]);
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

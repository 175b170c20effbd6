import type { Shape, Weight } from '../graph';
import { tf, type Tensor } from '../tensorflow';
import { paddingOf, slidingOf, stuffed, type Sliding } from './along';
import { windowRule } from './interval';
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
  type Derived,
  type NodeCore,
  type Operation,
  type Tensors,
} from './operation';
import { convolvedByPlanes, goesByPlanes, planesOf } from './planes';
import { everyNth, zerosBetween } from './striding';
import { spreadOut } from './spreading';
import { AffineSum, rangeOf, withZero, type ChannelRange } from './range';

const dimsOf = (node: NodeCore): number => integersOf(node, 'kernelSize').length;

/** Convolution, 1D to 3D: kernel `[k…, in / groups, out]`. */
export const convolution: Operation = {
  ops: ['conv1d', 'conv2d', 'conv3d'],
  shape: (node, inputs) => {
    const kernel = weightOf(node, 'kernel');
    const input = imageShape(node, inputs, dimsOf(node));
    const groups = groupsOf(node);
    const channels = channelsOf(input);
    const size = integersOf(node, 'kernelSize');
    const out = kernel.shape.at(-1) ?? 0;
    wantShape(node, kernel, [...size, channels === null ? null : channels / groups, out]);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    if (out % groups !== 0) throw misfit(node, inputs, `${out} filters are not ${groups} equal groups`);
    return slid(node, inputs, input, out);
  },
  tensors: (node) => withKernel(node, 'kernel', weightOf(node, 'kernel')),
  run: (node, inputs, weights) => {
    const x = onlyTensor(inputs);
    const sliding = slidingOf(node, x.shape);
    const kernel = weights['kernel']!;
    const groups = groupsOf(node);
    const parts = groups === 1 ? [x] : tf.split(x, groups, -1);
    const kernels = groups === 1 ? [kernel] : tf.split(kernel, groups, -1);
    const results = parts.map((part, g) => convolve(node, part, kernels[g]!, sliding));
    return withBias(groups === 1 ? results[0]! : tf.concat(results, -1), weights);
  },
  gradient: (node, { slope, inputs, weights }) => {
    const image = onlyTensor(inputs).shape;
    const kernel = weights['kernel']!;
    const groups = groupsOf(node);
    const parts = groups === 1 ? [slope] : tf.split(slope, groups, -1);
    const kernels = groups === 1 ? [kernel] : tf.split(kernel, groups, -1);
    const results = parts.map((part, g) => convolvedBack(node, part, kernels[g]!, image));
    return [groups === 1 ? results[0]! : tf.concat(results, -1)];
  },
  reads: windows,
  bound: (node, [range]) => {
    const kernel = weightOf(node, 'kernel');
    const out = kernel.shape.at(-1)!;
    const groups = groupsOf(node);
    const perGroup = out / groups;
    const inside = kernel.shape.at(-2)!;
    return affineRange(node, kernel, padded(node, range!), out, (c, i) => Math.floor(c / perGroup) * inside + i);
  },
  cost: (node, _, output) => productOf(spatialOf(output)) * weightOf(node, 'kernel').values.length,
};

/** Each channel by kernels of its own: kernel `[k…, in, multiplier]`; output channel = in · multiplier + m. */
export const depthwise: Operation = {
  ops: ['depthwiseConv1d', 'depthwiseConv2d'],
  shape: (node, inputs) => {
    const kernel = weightOf(node, 'kernel');
    const input = imageShape(node, inputs, dimsOf(node));
    const out = checkDepthwise(node, kernel, input);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    return slid(node, inputs, input, out);
  },
  tensors: (node) => withKernel(node, 'kernel', weightOf(node, 'kernel')),
  run: (node, inputs, weights) => {
    const x = onlyTensor(inputs);
    return withBias(convolveDepthwise(node, x, weights['kernel']!, slidingOf(node, x.shape)), weights);
  },
  reads: windows,
  bound: (node, [range]) =>
    depthwiseRange(weightOf(node, 'kernel'), optionalWeight(node, 'bias'), padded(node, range!)),
  cost: (node, _, output) => productOf(spatialOf(output)) * weightOf(node, 'kernel').values.length,
};

/** Depthwise, then 1×1: kernels `depthwise [k…, in, multiplier]` and `pointwise [1…, in · multiplier, out]`. */
export const separable: Operation = {
  ops: ['separableConv1d', 'separableConv2d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, dimsOf(node));
    const middle = checkDepthwise(node, weightOf(node, 'depthwise'), input);
    const pointwise = weightOf(node, 'pointwise');
    const out = pointwise.shape.at(-1) ?? 0;
    wantShape(node, pointwise, [...integersOf(node, 'kernelSize').map(() => 1), middle, out]);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    return slid(node, inputs, input, out);
  },
  tensors: (node) => ({
    ...withKernel(node, 'depthwise', weightOf(node, 'depthwise')),
    pointwise: weightOf(node, 'pointwise'),
  }),
  run: (node, inputs, weights) => {
    const x = onlyTensor(inputs);
    const middle = convolveDepthwise(node, x, weights['depthwise']!, slidingOf(node, x.shape));
    const pointwise = weights['pointwise']!;
    const mixed = tf.matMul(
      tf.reshape(middle, [-1, middle.shape.at(-1)!]),
      tf.reshape(pointwise, [middle.shape.at(-1)!, pointwise.shape.at(-1)!]),
    );
    return withBias(tf.reshape(mixed, [...middle.shape.slice(0, -1), pointwise.shape.at(-1)!]), weights);
  },
  reads: windows,
  bound: (node, [range]) => {
    const middle = depthwiseRange(weightOf(node, 'depthwise'), undefined, padded(node, range!));
    const pointwise = weightOf(node, 'pointwise');
    return affineRange(node, pointwise, middle, pointwise.shape.at(-1)!, (_, i) => i);
  },
  cost: (node, _, output) =>
    productOf(spatialOf(output)) *
    (weightOf(node, 'depthwise').values.length + weightOf(node, 'pointwise').values.length),
};

const groupsOf = (node: NodeCore): number => numberOf(node, 'groups', 1);

function checkDepthwise(node: NodeCore, kernel: Weight, input: Shape): number {
  const multiplier = kernel.shape.at(-1) ?? 0;
  wantShape(node, kernel, [...integersOf(node, 'kernelSize'), channelsOf(input), multiplier]);
  return (kernel.shape.at(-2) ?? 0) * multiplier;
}

function slid(node: NodeCore, inputs: readonly Shape[], input: Shape, channels: number): Shape {
  const outputs = slidingOf(node, input).map((s) => s.outputs);
  if (outputs.some((n) => n !== null && n < 1)) throw misfit(node, inputs, 'the window is larger than the map');
  return [input[0] ?? null, ...outputs, channels];
}

function windows(node: NodeCore, inputs: readonly Shape[]): ReturnType<Operation['reads']> {
  return [slidingOf(node, onlyShape(node, inputs)).map((along, a) => windowRule(a + 1, along))];
}

/** Dilated kernels that no backend takes as they are get zeros between their taps. */
function withKernel(node: NodeCore, name: string, kernel: Weight): Readonly<Record<string, Derived>> {
  const bias = optionalWeight(node, 'bias');
  const held = mustStuff(node) ? stuffed(kernel.values, kernel.shape, integersOf(node, 'dilation')) : kernel;
  return { [name]: held, ...(bias ? { bias } : {}) };
}

export function mustStuff(node: NodeCore): boolean {
  const dilation = integersOf(node, 'dilation');
  if (dilation.length === 3 || dilation.every((d) => d === 1)) return false;
  return !node.op.startsWith('conv') || integersOf(node, 'strides').some((s) => s > 1);
}

/** Pads where the kernels' own padding would not do; gives what they are to be told. */
function readied(
  node: NodeCore,
  x: Tensor,
  sliding: readonly Sliding[],
): { readonly x: Tensor; readonly pad: 'same' | 'valid' } {
  const padding = paddingOf(node);
  if (padding === 'same' && sliding.every((s) => s.dilation === 1)) return { x, pad: 'same' };
  if (sliding.every((s) => s.before === 0 && s.after === 0)) return { x, pad: 'valid' };
  return { x: tf.pad(x, [[0, 0], ...sliding.map((s): [number, number] => [s.before, s.after]), [0, 0]]), pad: 'valid' };
}

function convolve(node: NodeCore, image: Tensor, kernel: Tensor, sliding: readonly Sliding[]): Tensor {
  if (goesByPlanes(sliding)) return convolvedByPlanes(planesOf(image), kernel, sliding);
  const { x, pad } = readied(node, image, sliding);
  const strides = sliding.map((s) => s.stride);
  const dilation = sliding.map((s) => (mustStuff(node) ? 1 : s.dilation));
  if (sliding.length === 3) {
    return tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, strides as [number, number, number], pad);
  }
  const [plane, filter] = sliding.length === 1 ? [asPlane(x), tf.expandDims(kernel, 0)] : [x, kernel];
  const result = tf.conv2d(plane as tf.Tensor4D, filter as tf.Tensor4D, twoOf(strides), pad, 'NHWC', twoOf(dilation));
  return sliding.length === 1 ? tf.squeeze(result, [1]) : result;
}

/** The gradient with respect to the image: each slope spread over the cells that its window read. */
function convolvedBack(node: NodeCore, slope: Tensor, kernel: Tensor, image: readonly number[]): Tensor {
  const sliding = slidingOf(node, image);
  const dilation = sliding.map((s) => (mustStuff(node) ? 1 : s.dilation));
  const plain = dilation.every((d) => d === 1);
  const same = plain && paddingOf(node) === 'same';
  const sizes = sliding.map((s, a) => image[a + 1]! + (same ? 0 : s.before + s.after));
  const wide = [slope.shape[0], ...sizes, kernel.shape.at(-2)!];
  const strides = sliding.map((s) => s.stride);
  const spread = plain
    ? spreadOut(slope, kernel, wide, strides, same ? 'same' : 'valid')
    : spreadDilated(slope, kernel, sliding, sizes);
  if (sizes.every((n, a) => n === image[a + 1])) return spread;
  return tf.slice(spread, [0, ...sliding.map((s) => s.before), 0], [...image.slice(0, -1), kernel.shape.at(-2)!]);
}

/**
 * No kernel takes the gradient of a dilated convolution; with the kernel turned round it is one itself. Up to two axes only with strides
 * of 1. *Shape* `sizes`.
 */
function spreadDilated(slope: Tensor, kernel: Tensor, sliding: readonly Sliding[], sizes: readonly number[]): Tensor {
  const apart = sliding.reduce((map, { stride }, a) => zerosBetween(map, a + 1, stride), slope);
  const reach = sliding.map(({ dilation }, a) => (kernel.shape[a]! - 1) * dilation);
  const axes = sliding.map((_, a) => a);
  const turned = tf.transpose(tf.reverse(kernel, axes), [...axes, axes.length + 1, axes.length]);
  // Cells that no window has reached lie behind the last one.
  const around = reach.map((r, a): [number, number] => [r, sizes[a]! - apart.shape[a + 1]!]);
  if (axes.length === 3) {
    const full = sliding.map((s, a) => ({ ...s, stride: 1, before: around[a]![0], after: around[a]![1] }));
    return convolvedByPlanes(planesOf(apart), turned, full);
  }
  const padded = tf.pad(apart, [[0, 0], ...around, [0, 0]]);
  const line = axes.length === 1;
  const [plane, filter] = line ? [asPlane(padded), tf.expandDims(turned, 0)] : [padded, turned];
  const dilation = sliding.map((s) => s.dilation);
  const result = tf.conv2d(plane as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid', 'NHWC', twoOf(dilation));
  return line ? tf.squeeze(result, [1]) : result;
}

function convolveDepthwise(node: NodeCore, image: Tensor, kernel: Tensor, sliding: readonly Sliding[]): Tensor {
  const { x, pad } = readied(node, image, sliding);
  const strides = twoOf(sliding.map((s) => s.stride));
  const dilation = twoOf(sliding.map((s) => (mustStuff(node) ? 1 : s.dilation)));
  const [plane, filter] = sliding.length === 1 ? [asPlane(x), tf.expandDims(kernel, 0)] : [x, kernel];
  const [rows, columns] = strides;
  const line = sliding.length === 1;
  if (rows === columns || line) {
    const result = tf.depthwiseConv2d(
      plane as tf.Tensor4D,
      filter as tf.Tensor4D,
      line ? columns : strides,
      pad,
      'NHWC',
      dilation,
    );
    return line ? tf.squeeze(result, [1]) : result;
  }
  // Kernels take equal strides only: every position is computed, and those of the stride are kept.
  const padded = tf.pad(image, [[0, 0], ...sliding.map((s): [number, number] => [s.before, s.after]), [0, 0]]);
  const all = tf.depthwiseConv2d(padded as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid', 'NHWC', dilation);
  return everyNth(all, [1, rows, columns, 1]);
}

const asPlane = (x: Tensor): Tensor => tf.expandDims(x, 1);

const twoOf = (sizes: readonly number[]): [number, number] =>
  sizes.length === 1 ? [1, sizes[0]!] : [sizes[0]!, sizes[1]!];

export const withBias = (x: Tensor, weights: Tensors): Tensor => (weights['bias'] ? tf.add(x, weights['bias']) : x);

/** Zeros from the padded border are among what the window may see. */
const padded = (node: NodeCore, range: ChannelRange): ChannelRange =>
  paddingOf(node) === 'valid' ? range : withZero(range);

/** Range of Σ w·x + b for kernels `[…, in, out]`; `source` gives the channel that row `i` of output channel `c` reads. */
export function affineRange(
  node: NodeCore,
  kernel: Weight,
  range: ChannelRange,
  channels: number,
  source: (c: number, i: number) => number,
): ChannelRange {
  const bias = optionalWeight(node, 'bias')?.values;
  const inside = kernel.shape.at(-2)!;
  const out = kernel.shape.at(-1)!;
  const taps = kernel.values.length / (inside * out);
  return rangeOf(channels, (c) => {
    const sum = new AffineSum(bias?.[c] ?? 0);
    for (let tap = 0; tap < taps; tap++) {
      for (let i = 0; i < inside; i++) {
        const from = source(c, i);
        sum.add(kernel.values[(tap * inside + i) * out + c]!, range.lower[from]!, range.upper[from]!);
      }
    }
    return sum.range;
  });
}

function depthwiseRange(kernel: Weight, bias: Weight | undefined, range: ChannelRange): ChannelRange {
  const multiplier = kernel.shape.at(-1)!;
  const channels = kernel.shape.at(-2)! * multiplier;
  const taps = kernel.values.length / channels;
  return rangeOf(channels, (c) => {
    const sum = new AffineSum(bias?.values[c] ?? 0);
    const from = Math.floor(c / multiplier);
    for (let tap = 0; tap < taps; tap++)
      sum.add(kernel.values[tap * channels + c]!, range.lower[from]!, range.upper[from]!);
    return sum.range;
  });
}

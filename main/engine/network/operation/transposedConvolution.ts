import { tf } from '../tensorflow';
import type { Shape } from '../graph';
import { stuffed } from './along';
import { affineRange, withBias } from './convolution';
import { transposedRule, type Along } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
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

interface Spreading extends Along {
  readonly outputs: number | null;
}

/** Transposed convolution, 1D to 3D: kernel `[k…, in, out]`, output sizes by Keras' rule, output padding included. */
export const transposedConvolution: Operation = {
  ops: ['convTranspose1d', 'convTranspose2d', 'convTranspose3d'],
  shape: (node, inputs) => {
    const size = integersOf(node, 'kernelSize');
    const input = imageShape(node, inputs, size.length);
    const kernel = weightOf(node, 'kernel');
    const out = kernel.shape.at(-1) ?? 0;
    wantShape(node, kernel, [...size, channelsOf(input), out]);
    wantShape(node, optionalWeight(node, 'bias'), [out]);
    return [input[0] ?? null, ...spreadingOf(node, input).map((s) => s.outputs), out];
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
    const spread =
      spreading.length === 3
        ? tf.conv3dTranspose(
            x as tf.Tensor5D,
            kernel as tf.Tensor5D,
            [x.shape[0]!, ...full, out] as [number, number, number, number, number],
            strides as [number, number, number],
            'valid',
          )
        : spreading.length === 2
          ? tf.conv2dTranspose(
              x as tf.Tensor4D,
              kernel as tf.Tensor4D,
              [x.shape[0]!, full[0]!, full[1]!, out],
              strides as [number, number],
              'valid',
            )
          : tf.squeeze(
              tf.conv2dTranspose(
                tf.expandDims(x, 1) as tf.Tensor4D,
                tf.expandDims(kernel, 0) as tf.Tensor4D,
                [x.shape[0]!, 1, full[0]!, out],
                [1, strides[0]!],
                'valid',
              ),
              [1],
            );
    return withBias(cut(spread, spreading), weights);
  },
  reads: (node, inputs) => [spreadingOf(node, onlyShape(node, inputs)).map((s, a) => transposedRule(a + 1, s))],
  // Each output is reached by some of the taps only: the others count as zero.
  bound: (node, [range]) => {
    const kernel = weightOf(node, 'kernel');
    return affineRange(node, kernel, withZero(range!), kernel.shape.at(-1)!, (_, i) => i);
  },
  cost: (node, inputs) => productOf(spatialOf(onlyShape(node, inputs))) * weightOf(node, 'kernel').values.length,
};

const reachOf = ({ kernel, dilation }: Along): number => (kernel - 1) * dilation + 1;

/** Output length as Keras' `deconv_output_length`; `same` cuts ⌊overhang / 2⌋ before. */
function spreadingOf(node: NodeCore, input: Shape): readonly Spreading[] {
  const kernel = integersOf(node, 'kernelSize');
  const strides = integersOf(node, 'strides');
  const dilation = integersOf(node, 'dilation');
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

/** Cuts the full sum to the output's place; beyond the last tap there is nothing but zero. */
function cut(full: tf.Tensor, spreading: readonly Spreading[]): tf.Tensor {
  const missing = spreading.map((s, a) => Math.max(0, s.before + s.outputs! - full.shape[a + 1]!));
  const wide = missing.some((m) => m > 0)
    ? tf.pad(full, [[0, 0], ...missing.map((m): [number, number] => [0, m]), [0, 0]])
    : full;
  const begin = [0, ...spreading.map((s) => s.before), 0];
  const size = [wide.shape[0]!, ...spreading.map((s) => s.outputs!), wide.shape.at(-1)!];
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

import { paddingOf, slidingOf, type Sliding } from '../operation/along';
import type { Activation } from '../operation/activation';
import { mustStuff } from '../operation/convolution';
import { goesByPlanes } from '../operation/planes';
import { batchNormAffine } from '../operation/normalisation';
import {
  integersOf,
  numberOf,
  optionalWeight,
  productOf,
  weightOf,
  type Derived,
  type NodeCore,
} from '../operation/operation';
import { spreadingOf } from '../operation/transposedConvolution';
import { writtenActivation } from './activations';
import type { Value, Writing } from './writing';

/** A node's value after its activation and before it. */
export interface Written {
  readonly output: Value;
  readonly pre: Value;
}

/** Writes a node; null where it has to be run by itself. */
export type Writer = (to: Writing, node: NodeCore, inputs: readonly Value[], activation: Activation) => Written | null;

/**
 * Bias and activation right behind a product, which TensorFlow melts into one kernel with it; what only changes the shape comes after.
 */
export function finished(
  to: Writing,
  raw: Value,
  bias: Value | null,
  activation: Activation,
  shaped: (x: Value) => Value = (x) => x,
): Written | null {
  const pre = bias ? to.op('BiasAdd', [raw, bias], raw.shape, { data_format: { text: 'NHWC' } }) : raw;
  const output = writtenActivation(to, pre, activation);
  return output && { output: shaped(output), pre: shaped(pre) };
}

export function heldBias(to: Writing, node: NodeCore, inputs: readonly Value[]): Value | null {
  const bias = optionalWeight(node, 'bias');
  return bias ? to.weight(bias.shape, { node, inputs: inputs.map((x) => x.shape), weight: 'bias' }) : null;
}

export const convolution: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  if (!x || numberOf(node, 'groups', 1) !== 1) return null;
  const shape = wideShape(node);
  const kernel = to.weight(shape, { node, inputs: inputs.map((input) => input.shape), weight: 'kernel' });
  return convolved(to, node, x, kernel, heldBias(to, node, inputs), activation);
};

/** A convolution without activation and the normalisation behind it at once: the kernel holds the scale. */
export function normalisedConvolution(
  to: Writing,
  node: NodeCore,
  norm: NodeCore,
  x: Value,
  activation: Activation,
): Written | null {
  const own = weightOf(node, 'kernel');
  const { scale, offset } = batchNormAffine(norm);
  const before = optionalWeight(node, 'bias')?.values;
  const out = scale.length;
  const make = (): Derived => ({ shape: own.shape, values: own.values.map((v, n) => v * scale[n % out]!) });
  const kernel = to.weight(own.shape, { key: `${norm.name}:kernel`, make });
  const bias = to.weight([out], {
    key: `${norm.name}:bias`,
    make: () => ({ shape: [out], values: Float32Array.from(scale, (s, c) => s * (before?.[c] ?? 0) + offset[c]!) }),
  });
  return convolved(to, node, x, kernel, bias, activation);
}

/** The kernel's shape with the zeros that it may be held with. */
function wideShape(node: NodeCore): readonly number[] {
  const { shape } = weightOf(node, 'kernel');
  if (!mustStuff(node)) return shape;
  const dilation = integersOf(node, 'dilation');
  return shape.map((n, a) => (n - 1) * (dilation[a] ?? 1) + 1);
}

function convolved(
  to: Writing,
  node: NodeCore,
  image: Value,
  kernel: Value,
  bias: Value | null,
  activation: Activation,
): Written | null {
  const sliding = slidingOf(node, image.shape);
  const shape = [image.shape[0]!, ...sliding.map((s) => s.outputs!), kernel.shape.at(-1)!];
  const dilation = sliding.map((s) => (mustStuff(node) ? 1 : s.dilation));
  const strides = sliding.map((s) => s.stride);
  if (goesByPlanes(sliding)) {
    const sum = summedPlanes(to, image, kernel, sliding);
    return sum && finished(to, sum, bias, activation);
  }
  if (sliding.length === 3) {
    const padding = nativePadding(node, sliding);
    const pairs = sliding.map((s): [number, number] => [s.before, s.after]);
    const x = padding === null ? to.padded(image, [[0, 0], ...pairs, [0, 0]]) : image;
    const attributes = {
      strides: [1, ...strides, 1],
      padding: { text: padding ?? 'VALID' },
      data_format: { text: 'NDHWC' },
      dilations: [1, 1, 1, 1, 1],
    };
    return finished(to, to.op('Conv3D', [x, kernel], shape, attributes), bias, activation);
  }
  const line = sliding.length === 1;
  const plane = line ? to.reshaped(image, [image.shape[0]!, 1, ...image.shape.slice(1)]) : image;
  const filter = line ? to.reshaped(kernel, [1, ...kernel.shape]) : kernel;
  const flat = line ? [shape[0]!, 1, ...shape.slice(1)] : shape;
  const attributes = {
    strides: [1, ...(line ? [1] : []), ...strides, 1],
    ...planePadding(node, sliding),
    data_format: { text: 'NHWC' },
    dilations: [1, ...(line ? [1] : []), ...dilation, 1],
    use_cudnn_on_gpu: true,
  };
  return finished(to, to.op('Conv2D', [plane, filter], flat, attributes), bias, activation, (x) =>
    to.reshaped(x, shape),
  );
}

/** As `operation/planes` computes it: each tap along the first axis by itself. Null with strides. */
function summedPlanes(to: Writing, image: Value, kernel: Value, sliding: readonly Sliding[]): Value | null {
  if (sliding.some(({ stride }) => stride > 1)) return null;
  const [along, ...across] = sliding as [Sliding, Sliding, Sliding];
  const [batch, count, rows, columns, inside] = image.shape as [number, number, number, number, number];
  const [taps, ky, kx, , out] = kernel.shape as [number, number, number, number, number];
  const [height, width] = across.map(({ outputs }) => outputs!) as [number, number];
  const attributes = {
    strides: [1, 1, 1, 1],
    padding: { text: 'EXPLICIT' },
    explicit_paddings: [0, 0, ...across.flatMap((s) => [s.before, s.after]), 0, 0],
    data_format: { text: 'NHWC' },
    dilations: [1, ...across.map(({ dilation }) => dilation), 1],
    use_cudnn_on_gpu: true,
  };
  const parts: Value[] = [];
  for (let tap = 0; tap < taps; tap++) {
    const shift = tap * along.dilation - along.before;
    const [first, last] = [Math.max(0, -shift), Math.min(along.outputs!, count - shift)];
    if (first >= last) continue;
    const planes = last - first;
    const cut = to.cut(image, [0, first + shift, 0, 0, 0], [batch, planes, rows, columns, inside]);
    const flat = to.reshaped(cut, [batch * planes, rows, columns, inside]);
    const filter = to.reshaped(to.cut(kernel, [tap, 0, 0, 0, 0], [1, ky, kx, inside, out]), [ky, kx, inside, out]);
    const made = to.op('Conv2D', [flat, filter], [batch * planes, height, width, out], attributes);
    const laid = to.reshaped(made, [batch, planes, height, width, out]);
    parts.push(to.padded(laid, [[0, 0], [first, along.outputs! - last], [0, 0], [0, 0], [0, 0]])); // prettier-ignore
  }
  const [only] = parts;
  if (!only) return null;
  return parts.length === 1 ? only : to.op('AddN', parts, only.shape, { N: parts.length });
}

/** The padding by its native word; null where only numbers say it. */
function nativePadding(node: NodeCore, sliding: readonly Sliding[]): 'SAME' | 'VALID' | null {
  if (paddingOf(node) === 'same' && sliding.every((s) => s.dilation === 1)) return 'SAME';
  return sliding.every((s) => s.before === 0 && s.after === 0) ? 'VALID' : null;
}

function planePadding(
  node: NodeCore,
  sliding: readonly Sliding[],
): { readonly padding: { readonly text: string }; readonly explicit_paddings: readonly number[] } {
  const word = nativePadding(node, sliding);
  if (word !== null) return { padding: { text: word }, explicit_paddings: [] };
  const pairs = sliding.flatMap((s) => [s.before, s.after]);
  const all = [0, 0, ...(sliding.length === 1 ? [0, 0] : []), ...pairs, 0, 0];
  return { padding: { text: 'EXPLICIT' }, explicit_paddings: all };
}

export const depthwiseConvolution: Writer = (to, node, inputs, activation) => {
  const [x] = inputs;
  if (x?.shape.length !== 4 || mustStuff(node)) return null;
  const sliding = slidingOf(node, x.shape);
  const strides = sliding.map((s) => s.stride);
  if (strides[0] !== strides[1]) return null;
  const own = weightOf(node, 'kernel');
  const kernel = to.weight(own.shape, { node, inputs: inputs.map((input) => input.shape), weight: 'kernel' });
  const shape = [x.shape[0]!, ...sliding.map((s) => s.outputs!), own.shape.at(-1)! * own.shape.at(-2)!];
  // Padding by numbers is lost where TensorFlow 2.15 melts this with what follows: its process ends.
  const padding = nativePadding(node, sliding);
  const pairs = sliding.map((s): [number, number] => [s.before, s.after]);
  const image = padding === null ? to.padded(x, [[0, 0], ...pairs, [0, 0]]) : x;
  const raw = to.op('DepthwiseConv2dNative', [image, kernel], shape, {
    strides: [1, ...strides, 1],
    padding: { text: padding ?? 'VALID' },
    data_format: { text: 'NHWC' },
    dilations: [1, ...sliding.map((s) => s.dilation), 1],
  });
  return finished(to, raw, heldBias(to, node, inputs), activation);
};

/**
 * A transposed convolution of which the windows lie side by side: each row of taps is a product of matrices, and the rows are laid
 * between each other, slice by slice and row by row.
 */
export const transposedConvolution: Writer = (to, node, [x], activation) => {
  if (!x || numberOf(node, 'groups', 1) !== 1) return null;
  const spreading = spreadingOf(node, x.shape);
  const apart = spreading.every(
    (s, a) => s.kernel === s.stride && s.dilation === 1 && s.before === 0 && s.outputs === x.shape[a + 1]! * s.stride,
  );
  if (!apart || 'axes' in activation) return null;
  const own = weightOf(node, 'kernel');
  const inside = own.shape.at(-2)!;
  const out = own.shape.at(-1)!;
  const taps = spreading.map((s) => s.kernel);
  const width = taps.at(-1)!;
  const above = productOf(taps.slice(0, -1));
  const cells = productOf(x.shape.slice(0, -1));
  const flat = to.reshaped(x, [cells, inside]);
  const given = optionalWeight(node, 'bias');
  const bias =
    given &&
    to.weight([width * out], {
      key: `${node.name}:bias`,
      make: () => ({
        shape: [width * out],
        values: Float32Array.from({ length: width * out }, (_, n) => given.values[n % out]!),
      }),
    });
  const rows: Written[] = [];
  for (let row = 0; row < above; row++) {
    const make = (): Derived => ({
      shape: [inside, width * out],
      values: rowOfTaps(own.values, row, [width, inside, out]),
    });
    const kernel = to.weight([inside, width * out], { key: `${node.name}:${row}`, make });
    const raw = to.op('MatMul', [flat, kernel], [cells, width * out], { transpose_a: false, transpose_b: false });
    const written = finished(to, raw, bias ?? null, activation);
    if (!written) return null;
    rows.push(written);
  }
  const shape = [x.shape[0]!, ...spreading.map((s) => s.outputs!), out];
  const laid = (stage: keyof Written): Value => {
    let parts = rows.map((row) => row[stage]);
    // From the last but one axis outwards: what lies side by side along it becomes one row.
    for (let axis = taps.length - 2; axis >= 0; axis--) {
      const between = productOf(x.shape.slice(0, axis + 2));
      const count = taps[axis]!;
      const lines = parts.map((part) => to.reshaped(part, [between, productOf(part.shape) / between]));
      parts = Array.from({ length: lines.length / count }, (_, n) =>
        to.joined(lines.slice(n * count, (n + 1) * count), 1),
      );
    }
    return to.reshaped(parts[0]!, shape);
  };
  return { output: laid('output'), pre: laid('pre') };
};

/** Of a kernel `[taps…, in, out]` one row of taps along the last axis, as a matrix `[in, taps · out]`. */
function rowOfTaps(
  values: Float32Array,
  row: number,
  [width, inside, out]: readonly [number, number, number],
): Float32Array {
  const matrix = new Float32Array(inside * width * out);
  for (let tap = 0; tap < width; tap++) {
    for (let i = 0; i < inside; i++) {
      const from = ((row * width + tap) * inside + i) * out;
      matrix.set(values.subarray(from, from + out), (i * width + tap) * out);
    }
  }
  return matrix;
}

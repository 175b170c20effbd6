import type { Weight } from '../../graph';
import { weight } from '../lowering/builder';
import { NotKnown, type Constant } from '../lowering/value';
import { integerAt, integersAt, perAxis, wordAt } from './fileModel';
import { constantAt, imageAt, mapAt, optionalConstant, type Lowering, type Operand } from './operand';
import { pairsOf, spatialSizes, windowOf } from './window';

/** Inputs: map, kernel `[out, in / groups, k…]`, bias. */
const convolution: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const kernel = kernelAt(operand);
  const spatial = kernel.shape.length - 2;
  const x = imageAt(operand, 0, spatial);
  const window = windowOf(node, kernel.shape.slice(2), spatialSizes(x));
  const groups = integerAt(node, 'group', 1);
  const [out, inside] = kernel.shape as [number, number];
  const bias = biasAt(operand, out);
  if (groups > 1 && inside === 1 && spatial < 3 && out % groups === 0) {
    const own = depthwiseKernel(kernel, groups);
    return builder.node(name, { op: `depthwiseConv${spatial}d`, attributes: { ...window }, weights: [own, ...bias] }, [
      x,
    ]);
  }
  const turned = turnedKernel(kernel, [inside, out], (i, o) => o * inside + i);
  return builder.node(name, { op: `conv${spatial}d`, attributes: { ...window, groups }, weights: [turned, ...bias] }, [
    x,
  ]);
};

function kernelAt(operand: Operand): Constant {
  const kernel = constantAt(operand, 1);
  const rank = kernel.shape.length;
  if (rank < 3 || rank > 5) throw new NotKnown(`its kernel has ${rank - 2} spatial axes`);
  const said = integersAt(operand.node, 'kernel_shape');
  if (said && said.join() !== kernel.shape.slice(2).join())
    throw new NotKnown(`its kernel is said to be ${said.join('×')} and is ${kernel.shape.slice(2).join('×')}`);
  return kernel;
}

function biasAt(operand: Operand, out: number): Weight[] {
  const bias = optionalConstant(operand, 2);
  return bias ? [weight('bias', bias, [out])] : [];
}

/** `[a, b, k…]` as `[k…, in, out]`; `source` tells where the taps of a pair begin, counted in taps. */
function turnedKernel(
  { shape, values }: Constant,
  [inside, out]: readonly [number, number],
  source: (i: number, o: number) => number,
): Weight {
  const size = shape.slice(2);
  const taps = size.reduce((p, n) => p * n, 1);
  const turned = new Float32Array(values.length);
  for (let i = 0; i < inside; i++) {
    for (let o = 0; o < out; o++) {
      const from = source(i, o) * taps;
      for (let t = 0; t < taps; t++) turned[(t * inside + i) * out + o] = values[from + t]!;
    }
  }
  return { name: 'kernel', shape: [...size, inside, out], values: turned };
}

/** Filters `[channels · multiplier, 1, k…]` as `[k…, channels, multiplier]`. */
function depthwiseKernel(kernel: Constant, channels: number): Weight {
  const multiplier = kernel.shape[0]! / channels;
  return turnedKernel(kernel, [channels, multiplier], (c, m) => c * multiplier + m);
}

/** Inputs: map, kernel `[in, out / groups, k…]`, bias. */
const transposedConvolution: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const kernel = kernelAt(operand);
  const kernelSize = kernel.shape.slice(2);
  const spatial = kernelSize.length;
  const x = imageAt(operand, 0, spatial);
  const groups = integerAt(node, 'group', 1);
  const [inside, perGroup] = kernel.shape as [number, number];
  const strides = perAxis(node, 'strides', spatial, 1);
  const dilation = perAxis(node, 'dilations', spatial, 1);
  if ([...strides, ...dilation].some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new NotKnown('its strides or dilations are not positive numbers');
  const reach = kernelSize.map((k, a) => (k - 1) * dilation[a]! + 1);
  const cut = cropped(operand, { strides, reach, sizes: spatialSizes(x) });
  const kernels = turnedKernel(kernel, [inside, perGroup], (i, o) => i * perGroup + o);
  const bias = biasAt(operand, perGroup * groups);
  return builder.node(
    name,
    {
      op: groups === 1 ? `convTranspose${spatial}d` : `groupedConvTranspose${spatial}d`,
      attributes: { kernelSize, strides, dilation, ...cut, groups },
      weights: [kernels, ...bias],
    },
    [mapAt({ ...operand, inputs: [x] }, 0)],
  );
};

interface Spread {
  readonly strides: readonly number[];
  readonly reach: readonly number[];
  readonly sizes: readonly (number | null)[];
}

/**
 * Cells cut off the full sum on both sides, and cells added behind: (n − 1)·s + reach − before − after + added.
 * *Source* onnx/defs/nn/defs.cc, ConvTranspose.
 */
function cropped(
  { node }: Operand,
  { strides, reach, sizes }: Spread,
): { readonly padding: readonly (readonly [number, number])[]; readonly outputPadding: readonly number[] } {
  const axes = strides.length;
  const outputPadding = perAxis(node, 'output_padding', axes, 0);
  const auto = wordAt(node, 'auto_pad', 'NOTSET');
  const wanted = integersAt(node, 'output_shape')?.slice(-axes) ?? null;
  if (wanted === null && (auto === 'NOTSET' || auto === 'VALID'))
    return { padding: auto === 'VALID' ? strides.map(() => [0, 0] as const) : pairsOf(node, axes), outputPadding };
  // Where the file asks for more than the full sum has, zeros stand behind.
  const added = [...outputPadding];
  const padding = strides.map((stride, a): readonly [number, number] => {
    const size = sizes[a] ?? null;
    if (wanted !== null && size === null) throw new NotKnown('its output size is fixed and its input size is free');
    const total =
      wanted === null
        ? reach[a]! + outputPadding[a]! - stride
        : stride * (size! - 1) + outputPadding[a]! + reach[a]! - wanted[a]!;
    if (total < 0) added[a]! -= total;
    const cells = Math.max(0, total);
    const half = Math.floor(cells / 2);
    return auto === 'SAME_UPPER' ? [half, cells - half] : [cells - half, half];
  });
  return { padding, outputPadding: added };
}

export const convolutionLowerings: readonly [string, Lowering][] = [
  ['Conv', convolution],
  ['ConvTranspose', transposedConvolution],
];

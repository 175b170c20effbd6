import type { Weight } from '../../graph';
import { plainRelu, type Activation } from '../../operation/activation';
import { batchNormWeights } from '../lowering/normalisation';
import { fileAxis, oursInFile, ourAxis, weight, type Made } from '../lowering/builder';
import {
  NotKnown,
  sizesIn,
  sizesOfMap,
  type Constant,
  type MapValue,
  type Rows,
  type Size,
  type Spread,
  type Value,
} from '../lowering/value';
import { flagAt, floatAt, integersAt, wordAt, type FileNode } from './fileGraph';
import { constantAt, each, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

type Pair = readonly [number, number];

/** Which of the file's axes are channels, by `data_format`: N H W C or N C H W, of any number of spatial axes. */
const channelAxis = (node: FileNode, rank: number): number =>
  wordAt(node, 'data_format', 'NHWC').startsWith('NC') ? 1 : rank - 1;

/** A map with the channels that the operation means as our last axis. */
function imageAt(operand: Operand, i: number, rank: number): MapValue {
  const value = mapAt(operand, i);
  if (value.sizes && value.sizes.length !== rank) throw new NotKnown(`its input has ${value.sizes.length} axes`);
  return operand.builder.withChannel(value, channelAxis(operand.node, rank), operand.name);
}

/** A list over the file's axes, of its spatial ones. */
function spatialOf<T>(list: readonly T[], channel: number): T[] {
  return oursInFile(list.length, channel)
    .slice(1, -1)
    .map((axis) => list[axis]!);
}

function sizesFrom(node: FileNode, key: string, rank: number): number[] {
  const list = node.attributes.get(key)?.list?.i ?? [];
  if (list.length === 0) return Array.from({ length: rank - 2 }, () => 1);
  if (list.length !== rank) throw new NotKnown(`its ${key} are ${list.join(', ')}`);
  const channel = channelAxis(node, rank);
  if (list[0] !== 1 || list[channel] !== 1) throw new NotKnown(`its ${key} step over batch or channels`);
  return spatialOf(list, channel);
}

function paddingOf(node: FileNode, rank: number): string | Pair[] {
  const padding = wordAt(node, 'padding', 'VALID').toLowerCase();
  if (padding === 'same' || padding === 'valid') return padding;
  const list = integersAt(node, 'explicit_paddings');
  if (padding !== 'explicit' || list.length !== 2 * rank)
    throw new NotKnown(`its padding ${padding} is not understood`);
  const pairs = Array.from({ length: rank }, (_, a): Pair => [list[2 * a]!, list[2 * a + 1]!]);
  return spatialOf(pairs, channelAxis(node, rank));
}

/** What fused operations do after the sum. */
export function fused({ node, inputs }: Operand): { readonly weights: Weight[]; readonly activation?: Activation } {
  const ops = node.attributes.get('fused_ops')?.list?.s ?? [];
  const rest = ops.filter((op) => op !== 'BiasAdd');
  const weights = ops.includes('BiasAdd') ? [biasFrom(inputs[2])] : [];
  const [word, ...more] = rest;
  if (more.length > 0) throw new NotKnown(`it fuses ${ops.join(', ')}`);
  if (word === undefined) return { weights };
  if (word === 'Prelu') {
    const alpha = inputs[3];
    if (alpha?.kind !== 'constant') throw new NotKnown('its slopes are no constant');
    return { weights: [...weights, weight('alpha', alpha)], activation: { kind: 'prelu' } };
  }
  const slope = floatAt(node, 'leakyrelu_alpha', 0.2);
  const made = fusedActivations[word] ?? (word === 'LeakyRelu' ? { ...plainRelu, negativeSlope: slope } : undefined);
  if (!made) throw new NotKnown(`it fuses ${word}`);
  return { weights, activation: made };
}

const fusedActivations: Readonly<Record<string, Activation>> = {
  Relu: plainRelu,
  Relu6: { ...plainRelu, maxValue: 6 },
  Elu: { kind: 'elu', alpha: 1 },
  Sigmoid: { kind: 'sigmoid' },
  Tanh: { kind: 'tanh' },
};

const biasFrom = (value: Value | undefined): Weight => {
  if (value?.kind !== 'constant') throw new NotKnown('its bias is no constant');
  return weight('bias', value, [value.values.length]);
};

const convolution =
  (rank: 4 | 5, kind: 'conv' | 'depthwiseConv'): Lowering =>
  (operand) => {
    const { node, name, builder } = operand;
    const kernel = constantAt(operand, 1);
    if (kernel.shape.length !== rank) throw new NotKnown(`its kernel has ${kernel.shape.length} axes`);
    const { weights, activation } = fused(operand);
    const made: Required<Made> = {
      op: `${kind}${rank - 2}d`,
      attributes: {
        kernelSize: kernel.shape.slice(0, -2),
        strides: sizesFrom(node, 'strides', rank),
        dilation: sizesFrom(node, 'dilations', rank),
        padding: paddingOf(node, rank),
        ...(activation ? { activation } : {}),
      },
      weights: [weight('kernel', kernel), ...weights],
    };
    const waiting = inBetween(operand, made);
    if (waiting) return waiting;
    const x = imageAt(operand, 0, rank);
    if (kind === 'depthwiseConv') return builder.node(name, made, [x]);
    const groups = (builder.shapeOf(x)?.at(-1) ?? NaN) / kernel.shape.at(-2)!;
    return builder.node(
      name,
      { ...made, attributes: { ...made.attributes, groups: Number.isInteger(groups) ? groups : 1 } },
      [x],
    );
  };

/** Inputs: output sizes, kernel `[k…, out, in]`, map. */
const transposedConvolution =
  (rank: 4 | 5): Lowering =>
  (operand) => {
    const { node, name, builder, inputs } = operand;
    const kernel = constantAt(operand, 1);
    if (kernel.shape.length !== rank) throw new NotKnown(`its kernel has ${kernel.shape.length} axes`);
    const x = imageAt(operand, 2, rank);
    const sizes = sizesIn(inputs[0])?.values;
    if (sizes?.length !== rank) throw new NotKnown('its output sizes are not understood');
    const padding = paddingOf(node, rank);
    if (typeof padding !== 'string') throw new NotKnown('its padding is given by numbers');
    const strides = sizesFrom(node, 'strides', rank);
    const dilation = sizesFrom(node, 'dilations', rank);
    const kernelSize = kernel.shape.slice(0, -2);
    const reach = kernelSize.map((k, a) => (k - 1) * dilation[a]! + 1);
    const wanted = spatialOf(sizes, channelAxis(node, rank));
    const own = builder.shapeOf(x)?.slice(1, -1) ?? wanted.map(() => null);
    const outputPadding = wanted.map((size, a) => extra(size, own[a] ?? null, reach[a]!, strides[a]!, padding));
    const keras = outputPadding.every((n) => n === null);
    if (!keras && outputPadding.includes(null)) throw new NotKnown('its output sizes are free on some axes only');
    return builder.node(
      name,
      {
        op: `convTranspose${rank - 2}d`,
        attributes: { kernelSize, strides, dilation, padding, outputPadding: keras ? null : outputPadding },
        weights: [weight('kernel', inOut(kernel))],
      },
      [x],
    );
  };

/** What Keras calls output padding, from the sizes that the file states; null where they are free and follow Keras' rule. */
function extra(size: Size, input: number | null, reach: number, stride: number, padding: string): number | null {
  if (typeof size !== 'number' || input === null) return null;
  const cropped = padding === 'same' ? 2 * Math.floor(reach / 2) : 0;
  const fits = padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
  if (fits !== input) throw new NotKnown(`its output of ${size} does not come from ${input}`);
  return size - (input - 1) * stride - reach + cropped;
}

/** `[k…, out, in]` to `[k…, in, out]`. */
function inOut({ shape, values, integer }: Constant): Constant {
  const [out, inside] = [shape.at(-2)!, shape.at(-1)!];
  const turned = new Float32Array(values.length);
  for (let v = 0; v < turned.length; v++) {
    const tap = Math.floor(v / (inside * out));
    turned[v] = values[(tap * out + (v % out)) * inside + (Math.floor(v / out) % inside)]!;
  }
  return { kind: 'constant', shape: [...shape.slice(0, -2), inside, out], values: turned, integer };
}

const pooling =
  (kind: 'max' | 'average', rank: 4 | 5): Lowering =>
  (operand) => {
    const { node, name, builder, inputs } = operand;
    const x = imageAt(operand, 0, rank);
    if (inputs.length > 1) throw new NotKnown('its window is given by a tensor');
    const padding = paddingOf(node, rank);
    if (typeof padding !== 'string') throw new NotKnown('its padding is given by numbers');
    const attributes = {
      kernelSize: sizesFrom(node, 'ksize', rank),
      strides: sizesFrom(node, 'strides', rank),
      padding,
    };
    return builder.node(name, { op: `${kind}Pool${rank - 2}d`, attributes }, [x]);
  };

const batchNormalisation: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [rows] = operand.inputs;
  if (rows?.kind === 'rows') return normalisedRows(operand, rows);
  if (flagAt(node, 'is_training') || (!node.attributes.has('is_training') && node.op === '_FusedBatchNormEx'))
    throw new NotKnown("it normalises by its batch's own mean and variance");
  const weights = batchNormWeights([1, 2, 3, 4].map((i) => constantAt(operand, i)));
  const value = mapAt(operand, 0);
  const rank = value.sizes?.length ?? 4;
  const x = builder.withChannel(value, channelAxis(node, rank), name);
  return builder.node(
    name,
    { op: 'batchNorm', attributes: { epsilon: floatAt(node, 'epsilon', 1e-4), axis: -1 }, weights },
    [x],
  );
};

/** Each voxel's channels by their own mean and variance, as Keras 2 writes a layer norm: the rows are taken for the channels. */
function normalisedRows(operand: Operand, rows: Rows): Rows {
  const { node } = operand;
  const plain = [1, 0].every((number, i) => constantAt(operand, i + 1).values.every((v) => v === number));
  const own = flagAt(node, 'is_training') && wordAt(node, 'data_format', 'NHWC') === 'NCHW';
  if (!rows.stood || rows.made || !plain || !own)
    throw new NotKnown('it normalises rows in a manner that is not known');
  const attributes = { axes: [-1], epsilon: floatAt(node, 'epsilon', 1e-4) };
  return { ...rows, made: { op: 'layerNorm', attributes, weights: [] } };
}

/** Inputs: map, one number for each channel. Where the channels lie says `data_format`. */
const bias: Lowering = (operand) => {
  const { node, name, builder, inputs } = operand;
  const offset = inputs[1];
  const value = mapAt(operand, 0);
  if (offset?.kind !== 'constant') throw new NotKnown('its bias depends on the input');
  const x = value.sizes ? builder.withChannel(value, channelAxis(node, value.sizes.length), name) : value;
  return builder.node(name, { op: 'affine', weights: [weight('offset', offset, [offset.values.length])] }, [x]);
};

const resize =
  (interpolation: 'nearest' | 'linear'): Lowering =>
  (operand) => {
    const { node, name, builder, inputs } = operand;
    const x = imageAt(operand, 0, 4);
    const wanted = sizesIn(inputs[1])?.values ?? [];
    if (wanted.length !== 2) throw new NotKnown('its sizes are not understood');
    const aligned = flagAt(node, 'align_corners');
    const convention = aligned ? 'aligned' : flagAt(node, 'half_pixel_centers') ? 'half-pixel' : 'corner';
    const factor = wanted.map((size, a) => factorOf(size, x, a + 1));
    const whole = factor.every((f): f is number => f !== null);
    // Keras' UpSampling2D: sizes that may be free, by whole factors.
    if (whole && !aligned && (interpolation === 'nearest' || wanted.some((size) => typeof size !== 'number'))) {
      const word =
        interpolation === 'nearest' ? 'nearest' : convention === 'half-pixel' ? 'bilinear' : 'bilinear-legacy';
      return builder.node(name, { op: 'upsample2d', attributes: { factor, interpolation: word } }, [x]);
    }
    if (!wanted.every((size): size is number => typeof size === 'number' && size > 0))
      throw new NotKnown('its sizes hang on another map of free size');
    return builder.node(name, { op: 'resize', attributes: { size: wanted, interpolation, convention } }, [x]);
  };

/** By how much an axis of ours grows, where it is a whole number. */
function factorOf(size: Size, x: MapValue, ours: number): number | null {
  const axis = oursInFile(x.sizes?.length ?? 4, x.channel)[ours]!;
  const own = x.sizes?.[axis] ?? null;
  if (typeof size === 'number' && typeof own === 'number') return size % own === 0 ? size / own : null;
  if (typeof size !== 'object' || typeof own !== 'object' || !size || !own) return null;
  const same = size.node === own.node && size.axis === own.axis && size.plus * own.times === own.plus * size.times;
  const times = size.times / own.times;
  return same && Number.isInteger(times) && times > 0 ? times : null;
}

const depthToSpace: Lowering = (operand) => {
  const x = imageAt(operand, 0, 4);
  const block = operand.node.attributes.get('block_size')?.i ?? 0;
  if (block < 1) throw new NotKnown('its block is not understood');
  if (wordAt(operand.node, 'data_format', 'NHWC') !== 'NHWC') throw new NotKnown('it keeps channels first');
  return operand.builder.node(operand.name, { op: 'depthToSpace', attributes: { block } }, [x]);
};

const softmaxAxis = (x: MapValue): number => (x.sizes ? ourAxis(x, fileAxis(x.sizes.length, -1)) : -1);

const softmax =
  (kind: 'softmax' | 'logSoftmax'): Lowering =>
  (operand) => {
    const x = mapAt(operand, 0);
    const axis = softmaxAxis(x);
    const axes = x.sizes && axis === x.sizes.length - 1 ? [-1] : [axis];
    return operand.builder.node(operand.name, { op: 'activation', attributes: { activation: { kind, axes } } }, [x]);
  };

const deal: Lowering = (operand) => {
  const from = mapAt(operand, 0);
  const block = [...constantAt(operand, 1).values];
  const list = constantAt(operand, 2).values;
  const rank = sizesOfMap(from).length;
  if (block.length !== rank - 2 || from.channel !== rank - 1)
    throw new NotKnown('it deals out other axes than the spatial ones');
  const pads = block.map((_, a): Pair => [list[2 * a]!, list[2 * a + 1]!]);
  return { kind: 'spread', from, block, pads, convolution: null };
};

/** Zeros around, a convolution of each phase, and cells cut off at the end: a dilated convolution with padding of its own. */
const layBack: Lowering = (operand) => {
  const [spread] = operand.inputs;
  if (spread?.kind !== 'spread' || !spread.convolution) throw new NotKnown('nothing was dealt out before it');
  const { from, block, pads, convolution: made } = spread;
  const own = [...constantAt(operand, 1).values];
  const crops = [...constantAt(operand, 2).values];
  const padding = pads.map(([before, after], a): Pair => [before - crops[2 * a]!, after - crops[2 * a + 1]!]);
  if (own.some((b, a) => b !== block[a]) || padding.flat().some((n) => n < 0))
    throw new NotKnown('it lays back other cells');
  const attributes = { ...made.attributes, dilation: block, padding };
  return operand.builder.node(operand.name, { ...made, attributes }, [from]);
};

/** The convolution between the two waits for its dilation. */
const inBetween = ({ inputs: [value] }: Operand, made: Required<Made>): Spread | null => {
  if (value?.kind !== 'spread') return null;
  const { padding, strides, dilation } = made.attributes as { padding: unknown; strides: number[]; dilation: number[] };
  if (value.convolution || padding !== 'valid' || [...strides, ...dilation].some((n) => n !== 1))
    throw new NotKnown('what lies between is no plain convolution');
  return { ...value, convolution: made };
};

export const windowLowerings: readonly [string, Lowering][] = [
  ...each(['Conv2D', '_FusedConv2D', 'FusedConv2D'], convolution(4, 'conv')),
  ...each(['Conv3D', '_FusedConv3D'], convolution(5, 'conv')),
  ...each(
    ['DepthwiseConv2dNative', 'DepthwiseConv2d', 'FusedDepthwiseConv2dNative', '_FusedDepthwiseConv2dNative'],
    convolution(4, 'depthwiseConv'),
  ),
  ['Conv2DBackpropInput', transposedConvolution(4)],
  ...each(['Conv3DBackpropInput', 'Conv3DBackpropInputV2'], transposedConvolution(5)),
  ['MaxPool', pooling('max', 4)],
  ['AvgPool', pooling('average', 4)],
  ['MaxPool3D', pooling('max', 5)],
  ['AvgPool3D', pooling('average', 5)],
  ...each(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'], batchNormalisation),
  ...each(['BiasAdd', 'BiasAddV1'], bias),
  ['ResizeBilinear', resize('linear')],
  ['ResizeNearestNeighbor', resize('nearest')],
  ['SpaceToBatchND', deal],
  ['BatchToSpaceND', layBack],
  ['DepthToSpace', depthToSpace],
  ['Softmax', softmax('softmax')],
  ['LogSoftmax', softmax('logSoftmax')],
];

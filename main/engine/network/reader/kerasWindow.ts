import type { Weight } from '../graph';
import { activationFrom } from './kerasActivation';
import { isList, type Json } from './json';
import {
  isWhole,
  named,
  NotKnown,
  numberAt,
  sizesAt,
  withBias,
  wordAt,
  type LayerSource,
  type Translation,
  type Translator,
} from './kerasLayer';

type Dims = 1 | 2 | 3;

/** Convolution, pooling, upsampling, padding and cropping layers. */
const convolution =
  (dims: Dims): Translator =>
  (layer) => ({
    op: `conv${dims}d`,
    attributes: {
      ...windowOf(layer, dims, 'kernel_size'),
      groups: numberAt(layer.config, 'groups', 1),
      ...activated(layer),
    },
    weights: named(layer, withBias(layer, ['kernel'])),
  });

const depthwise =
  (dims: Dims): Translator =>
  (layer) => ({
    op: `depthwiseConv${dims}d`,
    attributes: { ...windowOf(layer, dims, 'kernel_size'), ...activated(layer) },
    weights: named(layer, withBias(layer, ['kernel'])),
  });

const separable =
  (dims: Dims): Translator =>
  (layer) => ({
    op: `separableConv${dims}d`,
    attributes: { ...windowOf(layer, dims, 'kernel_size'), ...activated(layer) },
    weights: named(layer, withBias(layer, ['depthwise', 'pointwise'])),
  });

const transposed =
  (dims: Dims): Translator =>
  (layer) => {
    const { config } = layer;
    const extra = config['output_padding'];
    return {
      op: `convTranspose${dims}d`,
      attributes: {
        ...windowOf(layer, dims, 'kernel_size'),
        outputPadding: extra === undefined || extra === null ? null : sizesAt(config, 'output_padding', dims),
        ...activated(layer),
      },
      weights: named(layer, withBias(layer, ['kernel'])).map((w) => (w.name === 'kernel' ? inOut(w) : w)),
    };
  };

const pooling =
  (kind: 'max' | 'average', dims: Dims): Translator =>
  (layer) => {
    named(layer, []);
    const { config } = layer;
    const kernelSize = sizesAt(config, 'pool_size', dims, 2);
    const strides =
      config['strides'] === undefined || config['strides'] === null ? kernelSize : sizesAt(config, 'strides', dims);
    return { op: `${kind}Pool${dims}d`, attributes: { kernelSize, strides, padding: paddingFrom(layer) }, weights: [] };
  };

const globalPooling =
  (op: 'globalMaxPool' | 'globalAveragePool'): Translator =>
  (layer) => {
    named(layer, []);
    return { op, attributes: { keepDims: layer.config['keepdims'] === true }, weights: [] };
  };

const upsampling =
  (dims: Dims): Translator =>
  (layer) => {
    named(layer, []);
    const factor = sizesAt(layer.config, 'size', dims, 2);
    const word = dims === 2 ? wordAt(layer.config, 'interpolation', 'nearest') : 'nearest';
    if (word !== 'nearest' && word !== 'bilinear')
      throw new NotKnown(`its interpolation ${word} is not one that Isolens has`);
    const interpolation = word === 'bilinear' && layer.dialect === 'tfjs' ? 'bilinear-legacy' : word;
    return { op: `upsample${dims}d`, attributes: { factor, interpolation }, weights: [] };
  };

const border =
  (op: 'zeroPad' | 'crop', dims: Dims): Translator =>
  (layer) => {
    named(layer, []);
    const amounts = amountsFrom(layer.config[op === 'zeroPad' ? 'padding' : 'cropping'], dims);
    return { op: `${op}${dims}d`, attributes: { amounts }, weights: [] };
  };

function windowOf(layer: LayerSource, dims: Dims, sizeKey: string): Translation['attributes'] {
  const { config } = layer;
  return {
    kernelSize: sizesAt(config, sizeKey, dims),
    strides: sizesAt(config, 'strides', dims, 1),
    dilation: sizesAt(config, 'dilation_rate', dims, 1),
    padding: paddingFrom(layer),
  };
}

const activated = (layer: LayerSource): Translation['attributes'] => ({
  activation: activationFrom(layer.config['activation'], layer),
});

function paddingFrom({ config }: LayerSource): string {
  const padding = wordAt(config, 'padding', 'valid').toLowerCase();
  if (padding !== 'same' && padding !== 'valid' && padding !== 'causal')
    throw new NotKnown(`its padding ${padding} is not understood`);
  return padding;
}

/** A number, one number an axis, or a pair an axis. */
function amountsFrom(value: Json | undefined, dims: Dims): [number, number][] {
  if (isWhole(value)) return Array.from({ length: dims }, () => [value, value]);
  if (dims === 1 && isList(value) && value.length === 2 && value.every(isWhole)) return [[value[0]!, value[1]!]];
  const pairs = isList(value) && value.length === dims ? value.map(pairFrom) : [];
  if (pairs.length !== dims || pairs.some((p) => p === null || p[0] < 0 || p[1] < 0))
    throw new NotKnown('its amounts are not understood');
  return pairs as [number, number][];
}

function pairFrom(value: Json): [number, number] | null {
  if (isWhole(value)) return [value, value];
  return isList(value) && value.length === 2 && value.every(isWhole) ? [value[0]!, value[1]!] : null;
}

/** Keras keeps transposed kernels as `[k…, out, in]`. */
function inOut(weight: Weight): Weight {
  const [out, inside] = weight.shape.slice(-2);
  if (out === undefined || inside === undefined) return weight;
  const values = new Float32Array(weight.values.length);
  for (let v = 0; v < values.length; v++) {
    const tap = Math.floor(v / (inside * out));
    values[v] = weight.values[(tap * out + (v % out)) * inside + (Math.floor(v / out) % inside)]!;
  }
  return { ...weight, shape: [...weight.shape.slice(0, -2), inside, out], values };
}

export const windowTranslators: Readonly<Record<string, Translator>> = {
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Convolution1D: convolution(1),
  Convolution2D: convolution(2),
  Convolution3D: convolution(3),
  DepthwiseConv1D: depthwise(1),
  DepthwiseConv2D: depthwise(2),
  SeparableConv1D: separable(1),
  SeparableConv2D: separable(2),
  SeparableConvolution2D: separable(2),
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  Convolution2DTranspose: transposed(2),
  Convolution3DTranspose: transposed(3),
  MaxPooling1D: pooling('max', 1),
  MaxPooling2D: pooling('max', 2),
  MaxPooling3D: pooling('max', 3),
  MaxPool1D: pooling('max', 1),
  MaxPool2D: pooling('max', 2),
  MaxPool3D: pooling('max', 3),
  AveragePooling1D: pooling('average', 1),
  AveragePooling2D: pooling('average', 2),
  AveragePooling3D: pooling('average', 3),
  AvgPool1D: pooling('average', 1),
  AvgPool2D: pooling('average', 2),
  AvgPool3D: pooling('average', 3),
  GlobalMaxPooling1D: globalPooling('globalMaxPool'),
  GlobalMaxPooling2D: globalPooling('globalMaxPool'),
  GlobalMaxPooling3D: globalPooling('globalMaxPool'),
  GlobalMaxPool1D: globalPooling('globalMaxPool'),
  GlobalMaxPool2D: globalPooling('globalMaxPool'),
  GlobalMaxPool3D: globalPooling('globalMaxPool'),
  GlobalAveragePooling1D: globalPooling('globalAveragePool'),
  GlobalAveragePooling2D: globalPooling('globalAveragePool'),
  GlobalAveragePooling3D: globalPooling('globalAveragePool'),
  GlobalAvgPool1D: globalPooling('globalAveragePool'),
  GlobalAvgPool2D: globalPooling('globalAveragePool'),
  GlobalAvgPool3D: globalPooling('globalAveragePool'),
  UpSampling1D: upsampling(1),
  UpSampling2D: upsampling(2),
  UpSampling3D: upsampling(3),
  ZeroPadding1D: border('zeroPad', 1),
  ZeroPadding2D: border('zeroPad', 2),
  ZeroPadding3D: border('zeroPad', 3),
  Cropping1D: border('crop', 1),
  Cropping2D: border('crop', 2),
  Cropping3D: border('crop', 3),
};

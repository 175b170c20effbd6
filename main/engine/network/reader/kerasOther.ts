import { isList, type Json, type JsonObject } from './json';
import { activationFrom } from './kerasActivation';
import {
  axisFromFile,
  isOn,
  isWhole,
  named,
  NotKnown,
  numberAt,
  sizesAt,
  withBias,
  type LayerSource,
  type Translator,
} from './kerasLayer';

/** Normalisation, merge, dense and rearranging layers, and those that do nothing at inference. */
const batchNormalisation: Translator = (layer) => {
  const { config } = layer;
  return {
    op: 'batchNorm',
    attributes: { epsilon: numberAt(config, 'epsilon', 1e-3), axis: onlyAxis(layer, -1) },
    weights: named(layer, [...affineNames(config), 'mean', 'variance']),
  };
};

const layerNormalisation: Translator = (layer) => {
  const { config } = layer;
  if (config['rms_scaling'] === true) throw new NotKnown('its rms_scaling is not one that Isolens has');
  return {
    op: 'layerNorm',
    attributes: { epsilon: numberAt(config, 'epsilon', 1e-3), axes: axesOf(layer) },
    weights: named(layer, affineNames(config)),
  };
};

const groupNormalisation: Translator = (layer) => {
  const { config } = layer;
  if (onlyAxis(layer, -1) !== -1) throw new NotKnown('it normalises another axis than the channels');
  const groups = numberAt(config, 'groups', 32);
  const attributes = { epsilon: numberAt(config, 'epsilon', 1e-3) };
  return {
    // Keras: −1 makes every channel its own group.
    ...(groups === -1
      ? { op: 'instanceNorm', attributes }
      : { op: 'groupNorm', attributes: { ...attributes, groups } }),
    weights: named(layer, affineNames(config)),
  };
};

const rmsNormalisation: Translator = (layer) => ({
  op: 'rmsNorm',
  attributes: { epsilon: numberAt(layer.config, 'epsilon', 1e-6), axes: axesOf(layer) },
  weights: named(layer, ['gamma']),
});

const unitNormalisation: Translator = (layer) => ({
  op: 'unitNorm',
  attributes: { axes: axesOf(layer) },
  weights: named(layer, []),
});

const rescaling: Translator = (layer) => ({
  op: 'rescale',
  attributes: { scale: numbers(layer.config, 'scale', 1), offset: numbers(layer.config, 'offset', 0) },
  weights: named(layer, []),
});

/** Mean and variance stand in the weights, or in the config where they were given by hand. */
const normalisation: Translator = (layer) => {
  const { config } = layer;
  const axis = config['axis'];
  const channels = axis === undefined || (isList(axis) ? axis.length === 1 && axis[0] === -1 : axis === -1);
  if (!channels && axis !== null) throw new NotKnown('it normalises another axis than the channels');
  const invert = config['invert'] === true;
  if (layer.arrays.length > 0) {
    const [mean, variance, ...count] = named(layer, ['mean', 'variance', 'count'].slice(0, layer.arrays.length));
    if (!mean || !variance) throw new NotKnown('its mean and variance are missing');
    const flat = [mean, variance].map((w) => ({ ...w, shape: [w.values.length] }));
    return { op: 'normalize', attributes: { invert }, weights: [...flat, ...count] };
  }
  const mean = flatNumbers(config['mean']);
  const variance = flatNumbers(config['variance']);
  const deviation = variance.map((v) => Math.max(Math.sqrt(v), 1e-7));
  const attributes = invert
    ? { scale: deviation, offset: mean }
    : { scale: deviation.map((d) => 1 / d), offset: mean.map((m, c) => -m / (deviation[c] ?? 1)) };
  return { op: 'rescale', attributes, weights: [] };
};

const merge =
  (op: string): Translator =>
  (layer) => ({ op, attributes: {}, weights: named(layer, []) });

const concatenation: Translator = (layer) => ({
  op: 'concatenate',
  attributes: { axis: axisFromFile(numberAt(layer.config, 'axis', -1), layer.channelsFirst) },
  weights: named(layer, []),
});

const dot: Translator = (layer) => {
  const axes = layer.config['axes'];
  const list = isList(axes) ? axes : [axes];
  if (!list.every((a) => a === 1 || a === -1)) throw new NotKnown('its axes are not those of two vectors');
  return { op: 'dot', attributes: { normalize: layer.config['normalize'] === true }, weights: named(layer, []) };
};

const dense: Translator = (layer) => ({
  op: 'dense',
  attributes: { activation: activationFrom(layer.config['activation'], layer) },
  weights: named(layer, withBias(layer, ['kernel'])),
});

// Keras turns channels-first maps before it flattens them, so that the order is ours already, unless this layer says channels_last.
const flatten: Translator = (layer) => ({
  op: 'flatten',
  attributes: { channelsFirst: layer.channelsFirst && layer.config['data_format'] !== 'channels_first' },
  weights: named(layer, []),
});

const reshape: Translator = (layer) => {
  const target = layer.config['target_shape'];
  if (!isList(target) || !target.every((n) => isWhole(n) || n === null))
    throw new NotKnown('its target_shape is not understood');
  const sizes = target.map((n) => n ?? -1);
  if (sizes.filter((n) => n === -1).length > 1) throw new NotKnown('its target_shape leaves more than one size free');
  return {
    op: 'reshape',
    attributes: { target: sizes, channelsFirst: layer.channelsFirst },
    weights: named(layer, []),
  };
};

const permute: Translator = (layer) => {
  const dims = layer.config['dims'];
  if (!isList(dims) || !dims.every(isWhole)) throw new NotKnown('its dims are not understood');
  if (layer.channelsFirst) throw new NotKnown('it permutes axes of a network that keeps channels first');
  return { op: 'permute', attributes: { axes: [...dims] }, weights: named(layer, []) };
};

const repeat: Translator = (layer) => ({
  op: 'repeat',
  attributes: { times: sizesAt(layer.config, 'n', 1)[0] },
  weights: named(layer, []),
});

/** Whatever it keeps (a seed's state, a metric's), it does not change values at inference. */
const nothing: Translator = () => ({ op: 'identity', attributes: {}, weights: [] });

const affineNames = (config: JsonObject): string[] => [
  ...(isOn(config, 'scale') ? ['gamma'] : []),
  ...(isOn(config, 'center') ? ['beta'] : []),
];

function axesOf(layer: LayerSource): number[] {
  const axis = layer.config['axis'] ?? -1;
  const list = isList(axis) ? axis : [axis];
  if (list.length === 0 || !list.every(isWhole)) throw new NotKnown('its axis is not understood');
  return list.map((a) => axisFromFile(a, layer.channelsFirst));
}

function onlyAxis(layer: LayerSource, otherwise: number): number {
  const axes = layer.config['axis'] === undefined ? [otherwise] : axesOf(layer);
  if (axes.length !== 1) throw new NotKnown('it normalises several axes');
  return axes[0]!;
}

const numbers = (config: JsonObject, key: string, otherwise: number): number[] =>
  config[key] === undefined || config[key] === null ? [otherwise] : flatNumbers(config[key]);

function flatNumbers(value: Json | undefined): number[] {
  if (typeof value === 'number') return [value];
  if (isList(value)) return value.flatMap(flatNumbers);
  throw new NotKnown('its numbers are not understood');
}

const idle = [
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
  'Identity',
  'RandomFlip',
  'RandomRotation',
  'RandomTranslation',
  'RandomZoom',
  'RandomContrast',
  'RandomBrightness',
];

export const otherTranslators: Readonly<Record<string, Translator>> = {
  BatchNormalization: batchNormalisation,
  BatchNormalizationV1: batchNormalisation,
  BatchNormalizationV2: batchNormalisation,
  SyncBatchNormalization: batchNormalisation,
  LayerNormalization: layerNormalisation,
  GroupNormalization: groupNormalisation,
  RMSNormalization: rmsNormalisation,
  UnitNormalization: unitNormalisation,
  Rescaling: rescaling,
  Normalization: normalisation,
  Add: merge('add'),
  Subtract: merge('subtract'),
  Multiply: merge('multiply'),
  Average: merge('average'),
  Maximum: merge('maximum'),
  Minimum: merge('minimum'),
  Concatenate: concatenation,
  Dot: dot,
  Dense: dense,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeat,
  ...Object.fromEntries(idle.map((name) => [name, nothing])),
};

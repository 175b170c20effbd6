import { plainRelu, type Activation } from '../operation/activation';
import { isList, isObject, type Json, type JsonObject } from './json';
import {
  axisFromFile,
  isWhole,
  named,
  NotKnown,
  numberAt,
  type LayerSource,
  type Translation,
  type Translator,
} from './kerasLayer';

const softmax: Activation = { kind: 'softmax', axes: [-1] };

/** Keras' words for activations; those that take arguments have their defaults. */
const words: Readonly<Record<string, Activation>> = {
  linear: { kind: 'linear' },
  relu: plainRelu,
  relu6: { ...plainRelu, maxValue: 6 },
  leaky_relu: { ...plainRelu, negativeSlope: 0.2 },
  elu: { kind: 'elu', alpha: 1 },
  celu: { kind: 'celu', alpha: 1 },
  selu: { kind: 'selu' },
  gelu: { kind: 'gelu', approximate: false },
  gelu_new: { kind: 'gelu', approximate: true },
  sigmoid: { kind: 'sigmoid' },
  tanh: { kind: 'tanh' },
  softmax,
  log_softmax: { kind: 'logSoftmax', axes: [-1] },
  softplus: { kind: 'softplus' },
  softsign: { kind: 'softsign' },
  swish: { kind: 'silu' },
  silu: { kind: 'silu' },
  mish: { kind: 'mish' },
  exponential: { kind: 'exponential' },
  hard_silu: { kind: 'hardSilu' },
  hard_swish: { kind: 'hardSilu' },
  hard_tanh: { kind: 'hardTanh' },
  tanh_shrink: { kind: 'tanhShrink' },
  soft_shrink: { kind: 'softShrink', at: 0.5, value: 0 },
  hard_shrink: { kind: 'hardShrink', at: 0.5, value: 0 },
  squareplus: { kind: 'squareplus' },
  sparse_plus: { kind: 'sparsePlus' },
  log_sigmoid: { kind: 'logSigmoid' },
};

/** tfjs-layers names them in its own manner. */
const snake = (word: string): string => word.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** The activation that a layer's config names: a word, a serialised function, or a layer. */
export function activationFrom(value: Json | undefined, layer: LayerSource): Activation {
  if (value === undefined || value === null) return { kind: 'linear' };
  if (isObject(value)) {
    const { class_name: className, config } = value;
    if (className === 'function' && typeof config === 'string') return activationFrom(config, layer);
    if (typeof className === 'string' && isObject(config)) {
      const made = activationLayers[className]?.(config, layer);
      if (made) return made;
    }
    throw new NotKnown(`its activation ${typeof className === 'string' ? className : ''} is not one of Keras' own`);
  }
  if (typeof value !== 'string') throw new NotKnown('its activation is not understood');
  const word = snake(value);
  // Keras 3 changed the formula under the old name.
  if (word === 'hard_sigmoid') return { kind: layer.dialect === 'keras3' ? 'hardSigmoid' : 'hardSigmoidLegacy' };
  const known = words[word];
  if (!known) throw new NotKnown(`its activation ${value} is not one of Keras' own`);
  return known;
}

const softmaxAxes = (config: JsonObject, layer: LayerSource): number[] => {
  const axis = config['axis'] ?? -1;
  const list = isList(axis) ? axis : [axis];
  if (!list.every(isWhole)) throw new NotKnown('its axis is not understood');
  return list.map((a) => axisFromFile(a, layer.channelsFirst));
};

const nullable = (config: JsonObject, key: string): number | null =>
  config[key] === undefined || config[key] === null ? null : numberAt(config, key, 0);

/** Layers that are an activation and nothing else. */
const activationLayers: Readonly<Record<string, (config: JsonObject, layer: LayerSource) => Activation>> = {
  Activation: (config, layer) => activationFrom(config['activation'], layer),
  ReLU: (config) => ({
    kind: 'relu',
    negativeSlope: numberAt(config, 'negative_slope', 0),
    maxValue: nullable(config, 'max_value'),
    threshold: numberAt(config, 'threshold', 0),
  }),
  LeakyReLU: (config) => ({
    ...plainRelu,
    negativeSlope: numberAt(config, 'negative_slope', numberAt(config, 'alpha', 0.3)),
  }),
  ELU: (config) => ({ kind: 'elu', alpha: numberAt(config, 'alpha', 1) }),
  ThresholdedReLU: (config) => ({ kind: 'threshold', at: numberAt(config, 'theta', 1), value: 0 }),
  Softmax: (config, layer) => ({ kind: 'softmax', axes: softmaxAxes(config, layer) }),
};

const node = (activation: Activation): Translation => ({ op: 'activation', attributes: { activation }, weights: [] });

const prelu: Translator = (layer) => {
  const [alpha] = named(layer, ['alpha']);
  const turned = layer.channelsFirst ? channelsLast(alpha!) : alpha!;
  return { op: 'prelu', attributes: { activation: { kind: 'prelu' } satisfies Activation }, weights: [turned] };
};

/** `[channel, …]` to `[…, channel]`. */
function channelsLast<W extends { readonly shape: readonly number[]; readonly values: Float32Array }>(weight: W): W {
  const [channels = 1, ...space] = weight.shape;
  const cells = space.reduce((p, n) => p * n, 1);
  const values = Float32Array.from(
    weight.values,
    (_, v) => weight.values[(v % channels) * cells + Math.floor(v / channels)]!,
  );
  return { ...weight, shape: [...space, channels], values };
}

export const activationTranslators: Readonly<Record<string, Translator>> = {
  ...Object.fromEntries(
    Object.entries(activationLayers).map(([name, make]): [string, Translator] => [
      name,
      (layer) => {
        named(layer, []);
        return node(make(layer.config, layer));
      },
    ]),
  ),
  PReLU: prelu,
};

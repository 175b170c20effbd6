import { tf, type Tensor } from '../tensorflow';
import { guarded, rangeOf, type ChannelRange } from './range';

/** A node's own activation, or what an activation node computes, with every number that it depends on. */
export type Activation =
  | {
      readonly kind: 'relu';
      readonly negativeSlope: number;
      readonly maxValue: number | null;
      readonly threshold: number;
    }
  | { readonly kind: 'elu' | 'celu'; readonly alpha: number }
  | { readonly kind: 'softmax' | 'logSoftmax'; readonly axes: readonly number[] }
  | { readonly kind: 'gelu'; readonly approximate: boolean }
  | { readonly kind: 'prelu' }
  | { readonly kind: 'softShrink' | 'hardShrink' | 'threshold'; readonly at: number; readonly value: number }
  | { readonly kind: PlainActivation };

export const plainActivations = [
  'linear',
  'sigmoid',
  'tanh',
  'selu',
  'softplus',
  'softsign',
  'silu',
  'mish',
  'exponential',
  'hardSigmoid',
  'hardSigmoidLegacy',
  'hardSilu',
  'hardTanh',
  'tanhShrink',
  'squareplus',
  'sparsePlus',
  'logSigmoid',
] as const;
export type PlainActivation = (typeof plainActivations)[number];

const relu: Activation = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };
export const plainRelu = relu;

/** The word that `describe` uses: relu6 and leaky ReLU are named apart. */
export function activationName(activation: Activation): string | null {
  if (activation.kind === 'linear') return null;
  if (activation.kind === 'hardSigmoidLegacy') return 'hardSigmoid';
  if (activation.kind !== 'relu') return activation.kind;
  if (activation.negativeSlope !== 0) return 'leakyRelu';
  return activation.maxValue === 6 ? 'relu6' : 'relu';
}

/** The node's own activation; linear where it has none. */
export function activationOf(node: { readonly attributes: Readonly<Record<string, unknown>> }): Activation {
  return (node.attributes['activation'] as Activation | null | undefined) ?? { kind: 'linear' };
}

/** Runs inside a `tidy`; `alpha` are PReLU's slopes. */
export function activate(x: Tensor, activation: Activation, alpha?: Tensor): Tensor {
  switch (activation.kind) {
    case 'linear':
      return x;
    case 'relu':
      return generalRelu(x, activation);
    case 'prelu':
      if (!alpha) throw new Error('PReLU was run without its slopes');
      // x where positive, alpha·x where negative: in this form NaN stays NaN.
      return tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0)));
    case 'elu':
      return activation.alpha === 1 ? tf.elu(x) : below(x, tf.mul(activation.alpha, tf.expm1(tf.minimum(x, 0))));
    case 'celu':
      return below(x, tf.mul(activation.alpha, tf.expm1(tf.minimum(tf.div(x, activation.alpha), 0))));
    case 'selu':
      return tf.selu(x);
    case 'softmax':
      return softmax(x, activation.axes);
    case 'logSoftmax':
      return logSoftmax(x, activation.axes);
    case 'gelu':
      return activation.approximate
        ? geluByTanh(x)
        : tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return tf.div(x, tf.add(tf.abs(x), 1));
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'mish':
      return tf.mul(x, tf.tanh(softplus(x)));
    case 'exponential':
      return tf.exp(x);
    case 'hardSigmoid':
      return hardSigmoid(x);
    case 'hardSigmoidLegacy':
      return tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1);
    case 'hardSilu':
      return tf.mul(x, hardSigmoid(x));
    case 'hardTanh':
      return tf.clipByValue(x, -1, 1);
    case 'tanhShrink':
      return tf.sub(x, tf.tanh(x));
    case 'squareplus':
      return tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5);
    case 'sparsePlus':
      return tf.where(
        tf.lessEqual(x, -1),
        tf.zerosLike(x),
        tf.where(tf.less(x, 1), tf.mul(tf.square(tf.add(x, 1)), 0.25), x),
      );
    case 'logSigmoid':
      return tf.neg(softplus(tf.neg(x)));
    case 'softShrink':
      return tf.sub(x, tf.clipByValue(x, -activation.at, activation.at));
    case 'hardShrink':
      return tf.where(tf.greater(tf.abs(x), activation.at), x, tf.zerosLike(x));
    case 'threshold':
      return tf.where(tf.greater(x, activation.at), x, tf.fill(x.shape, activation.value));
  }
}

const below = (x: Tensor, negative: Tensor): Tensor => tf.add(tf.relu(x), negative);

const hardSigmoid = (x: Tensor): Tensor => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1);

/** log(1 + eˣ) without overflow and without the native kernel's cut-offs. */
const softplus = (x: Tensor): Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));

const geluByTanh = (x: Tensor): Tensor => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
};

function generalRelu(x: Tensor, { negativeSlope, maxValue, threshold }: Extract<Activation, { kind: 'relu' }>): Tensor {
  if (threshold === 0) {
    const positive = maxValue === null ? tf.relu(x) : tf.clipByValue(x, 0, maxValue);
    return negativeSlope === 0 ? positive : tf.add(positive, tf.mul(tf.minimum(x, 0), negativeSlope));
  }
  const kept = tf.where(tf.greaterEqual(x, threshold), x, tf.mul(tf.sub(x, threshold), negativeSlope));
  return maxValue === null ? kept : tf.minimum(kept, maxValue);
}

function softmax(x: Tensor, axes: readonly number[]): Tensor {
  const only = axes.length === 1 ? axes[0] : undefined;
  if (only === -1 || only === x.rank - 1) return tf.softmax(x);
  const shifted = tf.exp(tf.sub(x, tf.max(x, [...axes], true)));
  return tf.div(shifted, tf.sum(shifted, [...axes], true));
}

/** The largest goes out first: what is left is small where the logits are large. */
function logSoftmax(x: Tensor, axes: readonly number[]): Tensor {
  const shifted = tf.sub(x, tf.max(x, [...axes], true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), [...axes], true)));
}

/** Range after the activation; `alpha` are PReLU's slopes, one for each channel as [lowest, highest]. */
export function activationRange(
  range: ChannelRange,
  activation: Activation,
  alpha: readonly (readonly [number, number])[] = [],
): ChannelRange {
  return rangeOf(range.lower.length, (c) => {
    const lower = range.lower[c]!;
    const upper = range.upper[c]!;
    if (activation.kind === 'prelu') return preluRange(lower, upper, alpha[c] ?? [0, 0]);
    const [low, high] = guarded(...imageOf(lower, upper, activation));
    // A floor that the function cannot go under is exact: the guard must not lift a dead channel from zero.
    const [floor, ceiling] = limitsOf(activation);
    return [Math.max(low, floor), Math.min(high, ceiling)];
  });
}

function preluRange(lower: number, upper: number, [low, high]: readonly [number, number]): readonly [number, number] {
  const ends = [lower, upper].flatMap((x) => (x >= 0 ? [x] : [low * x, high * x]));
  if (lower < 0 && upper > 0) ends.push(0);
  return guarded(Math.min(...ends), Math.max(...ends));
}

const unitLimits = [0, 1 + 2 ** -20] as const;
const signedLimits = [-1 - 2 ** -20, 1 + 2 ** -20] as const;
const positiveLimits = [0, Infinity] as const;

/** Values that no rounding passes, of the functions that have such. */
const limits: Partial<Record<Activation['kind'], readonly [number, number]>> = {
  sigmoid: unitLimits,
  softmax: unitLimits,
  hardSigmoid: unitLimits,
  hardSigmoidLegacy: unitLimits,
  tanh: signedLimits,
  hardTanh: signedLimits,
  exponential: positiveLimits,
  softplus: positiveLimits,
  squareplus: positiveLimits,
  sparsePlus: positiveLimits,
};

function limitsOf(activation: Activation): readonly [number, number] {
  if (activation.kind === 'relu' && activation.negativeSlope === 0) return [0, activation.maxValue ?? Infinity];
  return limits[activation.kind] ?? [-Infinity, Infinity];
}

/** Functions with a valley: they fall down to `at`, then rise. */
const valleys: Partial<Record<Activation['kind'], readonly [at: number, lowest: number]>> = {
  gelu: [-0.7517916, -0.17005],
  silu: [-1.2784645, -0.2784646],
  mish: [-1.1924, -0.3088444],
  hardSilu: [-1.5, -0.375],
};

function imageOf(lower: number, upper: number, activation: Activation): readonly [number, number] {
  if (activation.kind === 'softmax') return [0, 1];
  if (activation.kind === 'logSoftmax') return [-Infinity, 0];
  const at = (x: number): number => scalar(x, activation);
  const valley = valleys[activation.kind];
  if (valley) {
    const [bottom, lowest] = valley;
    const ends = [at(lower), at(upper)];
    const slack = 1e-6; // of the error function and of the valley's decimals
    return [(lower <= bottom && upper >= bottom ? lowest : Math.min(...ends)) - slack, Math.max(...ends) + slack];
  }
  const points = [lower, upper, ...breaks(activation).filter((x) => x > lower && x < upper)];
  const images = points.map(at);
  return [Math.min(...images), Math.max(...images)];
}

/** Where a function may jump or turn. */
function breaks(activation: Activation): number[] {
  if (activation.kind === 'relu') return [activation.threshold - 1e-12, activation.threshold, 0];
  if (activation.kind === 'threshold') return [activation.at, activation.at + 1e-12];
  if (activation.kind === 'hardShrink') return [-activation.at, activation.at];
  return [0];
}

const selu = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

/** The activation of one number, in float64. */
export function scalar(x: number, activation: Activation): number {
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  const plus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  const hard = (v: number): number => Math.min(1, Math.max(0, v / 6 + 0.5));
  // An infinite end times a vanishing factor tends to zero, where floating point says NaN.
  const times = (a: number, b: number): number => (b === 0 ? 0 : a * b);
  switch (activation.kind) {
    case 'linear':
    case 'prelu':
    case 'softmax':
    case 'logSoftmax':
      return x;
    case 'relu': {
      const { negativeSlope, maxValue, threshold } = activation;
      const kept = x >= threshold ? x : times(x - threshold, negativeSlope);
      return maxValue === null ? kept : Math.min(kept, maxValue);
    }
    case 'elu':
      return x > 0 ? x : activation.alpha * Math.expm1(x);
    case 'celu':
      return x > 0 ? x : activation.alpha * Math.expm1(x / activation.alpha);
    case 'selu':
      return selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x));
    case 'gelu':
      return activation.approximate
        ? times(x, 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))))
        : times(x, 0.5 * (1 + erf(x * Math.SQRT1_2)));
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return Math.tanh(x);
    case 'softplus':
      return plus(x);
    case 'softsign':
      return Number.isFinite(x) ? x / (1 + Math.abs(x)) : Math.sign(x);
    case 'silu':
      return times(x, sigmoid(x));
    case 'mish':
      return times(x, Math.tanh(plus(x)));
    case 'exponential':
      return Math.exp(x);
    case 'hardSigmoid':
      return hard(x);
    case 'hardSigmoidLegacy':
      return Math.min(1, Math.max(0, 0.2 * x + 0.5));
    case 'hardSilu':
      return times(x, hard(x));
    case 'hardTanh':
      return Math.min(1, Math.max(-1, x));
    case 'tanhShrink':
      return x - Math.tanh(x);
    case 'squareplus':
      return x === -Infinity ? 0 : 0.5 * (x + Math.sqrt(x * x + 4));
    case 'sparsePlus':
      return x <= -1 ? 0 : x < 1 ? 0.25 * (x + 1) ** 2 : x;
    case 'logSigmoid':
      return -plus(-x);
    case 'softShrink':
      return x > activation.at ? x - activation.at : x < -activation.at ? x + activation.at : 0;
    case 'hardShrink':
      return Math.abs(x) > activation.at ? x : 0;
    case 'threshold':
      return x > activation.at ? x : activation.value;
  }
}

/** Error function to 1.2e-7. *Source* Press et al., Numerical Recipes, 3rd ed., §6.2.2 (Chebyshev form). */
function erf(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ].reduceRight((sum, c) => sum * t + c, 0);
  const tail = t * Math.exp(-x * x + series);
  return x >= 0 ? 1 - tail : tail - 1;
}

import { nativeAttributes, nativeOperation, tf, type Tensor } from '../tensorflow';
import type { Activation, PlainActivation } from './activation';

type Of<Kind extends Activation['kind']> = Extract<Activation, { kind: Kind }>;

export interface AroundActivation {
  /** Before the activation; looked at only where `readsBefore`. */
  readonly before: Tensor;
  readonly after: Tensor;
  /** Gradient of the scalar with respect to `after`. */
  readonly slope: Tensor;
  /** PReLU's slopes. */
  readonly alpha: Tensor | undefined;
}

/** Derivatives that the value of the function itself tells. */
const byValue = {
  sigmoid: (y) => tf.mul(y, tf.sub(1, y)),
  tanh: (y) => tf.sub(1, tf.square(y)),
  exponential: (y) => y,
  selu: (y) => tf.where(tf.greater(y, 0), tf.fill(y.shape, selu.scale), tf.add(y, selu.scale * selu.alpha)),
} as const satisfies Partial<Record<PlainActivation, (y: Tensor) => Tensor>>;

type ByValue = keyof typeof byValue;

type ByArgument = Exclude<PlainActivation, ByValue | 'linear'>;

const byArgument: Readonly<Record<ByArgument, (x: Tensor) => Tensor>> = {
  softplus: (x) => tf.sigmoid(x),
  softsign: (x) => tf.reciprocal(tf.square(tf.add(tf.abs(x), 1))),
  silu: (x) => {
    const share = tf.sigmoid(x);
    return tf.mul(share, tf.add(1, tf.mul(x, tf.sub(1, share))));
  },
  mish: (x) => {
    const bent = tf.tanh(tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))));
    return tf.add(bent, tf.mul(tf.mul(x, tf.sigmoid(x)), tf.sub(1, tf.square(bent))));
  },
  hardSigmoid: (x) => tf.mul(within(x, 3), 1 / 6),
  hardSigmoidLegacy: (x) => tf.mul(within(x, 2.5), 0.2),
  hardSilu: (x) => tf.where(tf.less(tf.abs(x), 3), tf.add(tf.div(x, 3), 0.5), one(tf.greaterEqual(x, 3))),
  hardTanh: (x) => within(x, 1),
  tanhShrink: (x) => tf.square(tf.tanh(x)),
  squareplus: (x) => tf.mul(tf.add(1, tf.div(x, tf.sqrt(tf.add(tf.square(x), 4)))), 0.5),
  sparsePlus: (x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
  logSigmoid: (x) => tf.sigmoid(tf.neg(x)),
};

/** Whether the derivative is told by the value before the activation; else that behind it is enough. */
export function readsBefore(activation: Activation): boolean {
  if (activation.kind === 'relu')
    return activation.threshold !== 0 || activation.negativeSlope < 0 || (activation.maxValue ?? 1) <= 0;
  if (activation.kind === 'elu' || activation.kind === 'celu') return activation.alpha <= 0;
  if (activation.kind === 'softmax' || activation.kind === 'logSoftmax') return false;
  return activation.kind !== 'linear' && !(activation.kind in byValue);
}

/**
 * Gradient of the scalar with respect to the value before the activation. At a kink one side's derivative is taken, as TensorFlow does:
 * that of ReLU at 0 is 0. Runs inside a `tidy` on the native library.
 */
export function gradientBefore(activation: Activation, { before, after, slope, alpha }: AroundActivation): Tensor {
  const { kind } = activation;
  if (kind === 'linear') return slope;
  if (kind === 'softmax') {
    const mean = tf.sum(tf.mul(slope, after), axesOf(activation, after), true);
    return tf.mul(after, tf.sub(slope, mean));
  }
  if (kind === 'logSoftmax')
    return tf.sub(slope, tf.mul(tf.exp(after), tf.sum(slope, axesOf(activation, after), true)));
  if (kind === 'prelu') {
    if (!alpha) throw new Error('PReLU was run without its slopes');
    return tf.where(tf.greater(before, 0), slope, tf.mul(slope, alpha));
  }
  if (kind === 'relu' && !readsBefore(activation)) return reluGradient(activation, after, slope);
  if (kind in byValue) return tf.mul(slope, byValue[kind as ByValue](after));
  if ((kind === 'elu' || kind === 'celu') && !readsBefore(activation)) {
    const negative = kind === 'elu' ? tf.add(after, activation.alpha) : tf.add(tf.div(after, activation.alpha), 1);
    return tf.where(tf.greater(after, 0), slope, tf.mul(slope, negative));
  }
  if (kind in byArgument) return tf.mul(slope, byArgument[kind as ByArgument](before));
  return tf.mul(slope, derivative(activation as WithNumbers, before));
}

const selu = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

const axesOf = ({ axes }: Of<'softmax' | 'logSoftmax'>, x: Tensor): number[] =>
  axes.map((a) => (a < 0 ? a + x.rank : a));

function reluGradient({ negativeSlope, maxValue }: Of<'relu'>, y: Tensor, slope: Tensor): Tensor {
  const rising =
    negativeSlope === 0
      ? nativeOperation('ReluGrad', nativeAttributes({ T: 'float32' }), [slope, y])
      : tf.where(tf.greater(y, 0), slope, tf.mul(slope, negativeSlope));
  return maxValue === null ? rising : tf.where(tf.less(y, maxValue), rising, tf.zerosLike(slope));
}

/** 1 where it holds, else 0. */
const one = (condition: Tensor): Tensor => tf.cast(condition, 'float32');

const within = (x: Tensor, limit: number): Tensor => one(tf.less(tf.abs(x), limit));

type WithNumbers = Of<'relu' | 'elu' | 'celu' | 'gelu' | 'softShrink' | 'hardShrink' | 'threshold'>;

/** By the value before the activation. */
function derivative(activation: WithNumbers, x: Tensor): Tensor {
  switch (activation.kind) {
    case 'relu':
      return generalRelu(activation, x);
    case 'elu':
      return tf.where(tf.greater(x, 0), tf.onesLike(x), tf.mul(activation.alpha, tf.exp(tf.minimum(x, 0))));
    case 'celu':
      return tf.where(tf.greater(x, 0), tf.onesLike(x), tf.exp(tf.div(x, activation.alpha)));
    case 'gelu':
      return activation.approximate ? geluByTanh(x) : gelu(x);
    case 'softShrink':
    case 'hardShrink':
      return one(tf.greater(tf.abs(x), activation.at));
    case 'threshold':
      return one(tf.greater(x, activation.at));
  }
}

function generalRelu({ negativeSlope, maxValue, threshold }: Of<'relu'>, x: Tensor): Tensor {
  const above = threshold === 0 ? tf.greater(x, 0) : tf.greaterEqual(x, threshold);
  const rising = tf.where(above, tf.onesLike(x), tf.fill(x.shape, negativeSlope));
  if (maxValue === null) return rising;
  const kept = tf.where(above, x, tf.mul(tf.sub(x, threshold), negativeSlope));
  return tf.mul(rising, one(tf.less(kept, maxValue)));
}

/** Φ(x) + x·φ(x). */
function gelu(x: Tensor): Tensor {
  const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(share, tf.mul(x, density));
}

function geluByTanh(x: Tensor): Tensor {
  const scale = Math.sqrt(2 / Math.PI);
  const squares = tf.square(x);
  const bent = tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(squares, 0.044715), 1)), scale));
  const inner = tf.mul(tf.add(tf.mul(squares, 3 * 0.044715), 1), scale);
  const steep = tf.mul(tf.mul(x, tf.sub(1, tf.square(bent))), inner);
  return tf.mul(tf.add(tf.add(1, bent), steep), 0.5);
}

import type { Node } from '../network/graph';
import type { Activation } from '../network/operation/activation';

/** Largest value of the exponential linear unit's lower end in SELU: scale · alpha. Source: Klambauer 2017. */
const seluEnd = 1.7580993408473766;

/**
 * What an activation counts as zero, silent and flat.
 * *Source* methods §1.1: silent input, saturation, and the paragraph on activations other than ReLU.
 */
export interface ActivationRule {
  readonly kind: 'rectifier' | 'leaky' | 'exponential' | 'smooth' | 'bounded' | 'linear';
  /** Zeros are exact (ReLU); else |A| ≤ 1e-6 of the layer's largest; null where a zero means nothing. */
  readonly zero: 'exact' | 'relative' | null;
  /** A map is silent when every value lies at or below (strictly below for `preActivation`) the limit, or is zero as a whole. */
  readonly silent:
    | { readonly of: 'output' | 'preActivation'; readonly limit: number }
    | { readonly of: 'zero' }
    | { readonly of: 'never' };
  /** The activation is flat (derivative ≤ 4 % of its maximum) at or beyond these values. */
  readonly flatBelow: number;
  readonly flatAbove: number;
  /** The unit is linear where its output is above zero and below this; null: there is no such part. */
  readonly linearBelow: number | null;
}

const open = { flatBelow: -Infinity, flatAbove: Infinity } as const;
const linear: ActivationRule = { kind: 'linear', zero: 'relative', silent: { of: 'zero' }, ...open, linearBelow: null };
const leaky: ActivationRule = {
  kind: 'leaky',
  zero: 'relative',
  silent: { of: 'never' },
  ...open,
  linearBelow: Infinity,
};

/** The activation that the node applies itself, or that it is; linear where there is none. */
export const activationOf = (node: Node): Activation =>
  (node.attributes['activation'] as Activation | null | undefined) ?? { kind: 'linear' };

export function activationRuleOf(activation: Activation): ActivationRule {
  switch (activation.kind) {
    case 'relu': {
      if (activation.negativeSlope !== 0) return leaky;
      const top = activation.maxValue ?? Infinity;
      return {
        ...open,
        kind: 'rectifier',
        zero: 'exact',
        silent: { of: 'output', limit: 0 },
        flatAbove: top,
        linearBelow: top,
      };
    }
    case 'prelu':
      return leaky;
    case 'elu':
    case 'celu':
      return exponential(activation.alpha);
    case 'selu':
      return exponential(seluEnd);
    case 'gelu':
      return { ...linear, kind: 'smooth', zero: null, silent: { of: 'preActivation', limit: -4 } };
    case 'silu':
      return { ...linear, kind: 'smooth', zero: null, silent: { of: 'preActivation', limit: -8 } };
    case 'softplus':
      return {
        ...linear,
        kind: 'smooth',
        silent: { of: 'preActivation', limit: -5 },
        // Its derivative is the sigmoid: 4 % where the value is ln(1 + 0.04/0.96).
        flatBelow: Math.log1p(0.04 / 0.96),
      };
    case 'sigmoid':
      return { ...linear, kind: 'bounded', flatBelow: 0.01, flatAbove: 0.99 };
    case 'hardSigmoid':
    case 'hardSigmoidLegacy':
      return { ...linear, kind: 'bounded', flatBelow: 0, flatAbove: 1 };
    case 'tanh':
      return { ...linear, kind: 'bounded', flatBelow: -0.98, flatAbove: 0.98 };
    case 'hardTanh':
      return { ...linear, kind: 'bounded', flatBelow: -1, flatAbove: 1 };
    case 'linear':
    case 'softmax':
    case 'logSoftmax':
    case 'softsign':
    case 'mish':
    case 'exponential':
    case 'hardSilu':
    case 'tanhShrink':
    case 'squareplus':
    case 'sparsePlus':
    case 'logSigmoid':
    case 'softShrink':
    case 'hardShrink':
    case 'threshold':
      return linear;
  }
}

function exponential(end: number): ActivationRule {
  const off = -0.96 * end;
  return {
    kind: 'exponential',
    zero: 'relative',
    silent: { of: 'output', limit: off },
    flatBelow: off,
    flatAbove: Infinity,
    linearBelow: Infinity,
  };
}

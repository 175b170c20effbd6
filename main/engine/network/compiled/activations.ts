import type { Activation } from '../operation/activation';
import type { Value, Writing } from './writing';

/** Writes an activation as `operation/activation` computes it; null where it is not written. `alpha` are PReLU's slopes. */
export function writtenActivation(to: Writing, x: Value, activation: Activation, alpha?: Value): Value | null {
  const one = (op: string, of: Value = x): Value => to.op(op, [of], x.shape);
  const two = (op: string, a: Value, b: Value | number): Value =>
    to.op(op, [a, typeof b === 'number' ? to.number(b) : b], x.shape);
  const clipped = (of: Value, low: number, high: number): Value => two('Minimum', two('Maximum', of, low), high);
  const softplus = (of: Value): Value =>
    two('AddV2', one('Relu', of), one('Log1p', one('Exp', one('Neg', one('Abs', of)))));
  const hardSigmoid = (): Value => clipped(two('AddV2', two('RealDiv', x, 6), 0.5), 0, 1);
  switch (activation.kind) {
    case 'linear':
      return x;
    case 'relu': {
      const { negativeSlope, maxValue, threshold } = activation;
      if (threshold !== 0) return null;
      if (negativeSlope === 0)
        return maxValue === null ? one('Relu') : maxValue === 6 ? one('Relu6') : clipped(x, 0, maxValue);
      return maxValue === null ? to.op('LeakyRelu', [x], x.shape, { alpha: { real: negativeSlope } }) : null;
    }
    case 'prelu':
      return alpha ? two('AddV2', one('Relu'), two('Mul', alpha, two('Minimum', x, 0))) : null;
    case 'elu':
      return activation.alpha === 1 ? one('Elu') : null;
    case 'selu':
      return one('Selu');
    case 'sigmoid':
      return one('Sigmoid');
    case 'tanh':
      return one('Tanh');
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return two('RealDiv', x, two('AddV2', one('Abs'), 1));
    case 'silu':
      return two('Mul', x, one('Sigmoid'));
    case 'mish':
      return two('Mul', x, one('Tanh', softplus(x)));
    case 'exponential':
      return one('Exp');
    case 'gelu':
      return activation.approximate
        ? null
        : two('Mul', two('Mul', x, 0.5), two('AddV2', one('Erf', two('Mul', x, Math.SQRT1_2)), 1));
    case 'hardSigmoid':
      return hardSigmoid();
    case 'hardSilu':
      return two('Mul', x, hardSigmoid());
    case 'hardTanh':
      return clipped(x, -1, 1);
    case 'softmax': {
      const only = activation.axes.length === 1 ? activation.axes[0] : undefined;
      return only === -1 || only === x.shape.length - 1 ? one('Softmax') : null;
    }
    // Rare ones: their nodes are run by themselves.
    case 'celu':
    case 'hardShrink':
    case 'hardSigmoidLegacy':
    case 'logSigmoid':
    case 'logSoftmax':
    case 'softShrink':
    case 'sparsePlus':
    case 'squareplus':
    case 'tanhShrink':
    case 'threshold':
      return null;
  }
}

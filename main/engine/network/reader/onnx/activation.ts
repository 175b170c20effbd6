import { plainRelu, type Activation } from '../../operation/activation';
import { each as eachValue } from '../lowering/arithmetic';
import { alongside, fileAxis, ourAxis, type Made } from '../lowering/builder';
import { NotKnown, sizesOfMap, type MapValue } from '../lowering/value';
import { floatAt, integerAt, wordAt } from './fileModel';
import { constantAt, isConstant, mapAt, optionalConstant, type Lowering, type Operand } from './operand';

const made = (activation: Activation): Made => ({ op: 'activation', attributes: { activation } });

const plain =
  (activation: Activation | ((operand: Operand) => Activation)): Lowering =>
  (operand) =>
    operand.builder.node(operand.name, made(typeof activation === 'function' ? activation(operand) : activation), [
      mapAt(operand, 0),
    ]);

/** Weights of an affine node that are the same for every channel. */
export const everywhere = (scale: number, offset: number): Made => ({
  op: 'affine',
  weights: [
    { name: 'scale', shape: [1], values: Float32Array.of(scale) },
    { name: 'offset', shape: [1], values: Float32Array.of(offset) },
  ],
});

const clipped = (lower: number, upper: number): Made => ({
  op: 'elementwise',
  attributes: { function: 'clip', lower, upper },
});

/** Limits were attributes up to opset 10. */
const clip: Lowering = (operand) => {
  const { node, name, builder, opset, inputs } = operand;
  const limit = (i: number, key: string, otherwise: number): number => {
    if (opset < 11) return floatAt(node, key, otherwise);
    return optionalConstant(operand, i)?.values[0] ?? otherwise;
  };
  const [lower, upper] = [limit(1, 'min', -Infinity), limit(2, 'max', Infinity)];
  if (isConstant(inputs[0])) return eachValue(inputs[0], (x) => Math.min(Math.max(x, lower), upper));
  const six = lower === 0 && upper === 6;
  return builder.node(name, six ? made({ ...plainRelu, maxValue: 6 }) : clipped(lower, upper), [mapAt(operand, 0)]);
};

/** max(0, min(1, alpha · x + beta)). */
const hardSigmoid: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [alpha, beta] = [floatAt(node, 'alpha', 0.2), floatAt(node, 'beta', 0.5)];
  const x = mapAt(operand, 0);
  if (Math.abs(alpha - 0.2) < 1e-6 && beta === 0.5) return builder.node(name, made({ kind: 'hardSigmoidLegacy' }), [x]);
  if (Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5) return builder.node(name, made({ kind: 'hardSigmoid' }), [x]);
  return builder.node(name, clipped(0, 1), [builder.node(`${name}:line`, everywhere(alpha, beta), [x])]);
};

const selu: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [alpha, gamma] = [
    floatAt(node, 'alpha', 1.67326319217681884765625),
    floatAt(node, 'gamma', 1.05070102214813232421875),
  ];
  const x = mapAt(operand, 0);
  if (Math.abs(alpha - 1.6732632) < 1e-4 && Math.abs(gamma - 1.050701) < 1e-4)
    return builder.node(name, made({ kind: 'selu' }), [x]);
  return builder.node(name, everywhere(gamma, 0), [builder.node(`${name}:elu`, made({ kind: 'elu', alpha }), [x])]);
};

/** Slopes spread over the map as any constant; up to opset 8 one for each channel also as a plain vector. */
const prelu: Lowering = (operand) => {
  const { name, builder } = operand;
  const x = mapAt(operand, 0);
  const slope = constantAt(operand, 1);
  const rank = sizesOfMap(x).length;
  const byChannel =
    slope.shape.length === 1 && rank > 2 && slope.values.length > 1 && slope.values.length !== sizesOfMap(x).at(-1);
  const shape = byChannel ? [slope.values.length, ...Array.from({ length: rank - 2 }, () => 1)] : slope.shape;
  const alpha = alongside(x, { ...slope, shape }, 'alpha');
  return builder.node(name, { op: 'prelu', attributes: { activation: { kind: 'prelu' } }, weights: [alpha] }, [x]);
};

/** x + bias below −lambd, x − bias above lambd, 0 between. */
const shrink: Lowering = (operand) => {
  const { node } = operand;
  const [at, bias] = [floatAt(node, 'lambd', 0.5), floatAt(node, 'bias', 0)];
  if (bias === 0) return plain({ kind: 'hardShrink', at, value: 0 })(operand);
  if (bias === at) return plain({ kind: 'softShrink', at, value: 0 })(operand);
  throw new NotKnown('it shrinks by another number than its limit');
};

/** Up to opset 12 over all axes from `axis` on, later over this one. */
const softmax =
  (kind: 'softmax' | 'logSoftmax'): Lowering =>
  (operand) => {
    const { node, name, builder, opset } = operand;
    const x = mapAt(operand, 0);
    const axis = integerAt(node, 'axis', opset < 13 ? 1 : -1);
    return builder.node(name, made({ kind, axes: axesOf(x, axis, opset < 13) }), [x]);
  };

function axesOf(x: MapValue, axis: number, onwards: boolean): number[] {
  const rank = sizesOfMap(x).length;
  const first = fileAxis(rank, axis);
  if (first === 0) throw new NotKnown('it takes the entries of the batch together');
  const axes = Array.from({ length: onwards ? rank - first : 1 }, (_, i) => ourAxis(x, first + i));
  return axes.length === 1 && axes[0] === rank - 1 ? [-1] : axes.sort((a, b) => a - b);
}

export const activationLowerings: readonly [string, Lowering][] = [
  [
    'Relu',
    (operand) =>
      isConstant(operand.inputs[0]) ? eachValue(operand.inputs[0], (x) => Math.max(x, 0)) : plain(plainRelu)(operand),
  ],
  ['LeakyRelu', plain(({ node }) => ({ ...plainRelu, negativeSlope: floatAt(node, 'alpha', 0.01) }))],
  ['Elu', plain(({ node }) => ({ kind: 'elu', alpha: floatAt(node, 'alpha', 1) }))],
  ['Celu', plain(({ node }) => ({ kind: 'celu', alpha: floatAt(node, 'alpha', 1) }))],
  ['Selu', selu],
  ['PRelu', prelu],
  ['Sigmoid', plain({ kind: 'sigmoid' })],
  ['Tanh', plain({ kind: 'tanh' })],
  ['Softplus', plain({ kind: 'softplus' })],
  ['Softsign', plain({ kind: 'softsign' })],
  ['Mish', plain({ kind: 'mish' })],
  ['Gelu', plain(({ node }) => ({ kind: 'gelu', approximate: wordAt(node, 'approximate', 'none') === 'tanh' }))],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', plain({ kind: 'hardSilu' })],
  ['ThresholdedRelu', plain(({ node }) => ({ kind: 'threshold', at: floatAt(node, 'alpha', 1), value: 0 }))],
  ['Shrink', shrink],
  ['Clip', clip],
  ['Softmax', softmax('softmax')],
  ['LogSoftmax', softmax('logSoftmax')],
];

import { plainRelu, type Activation } from '../../operation/activation';
import { constantPairs, each as eachValue, pairwise, reduced, type Merge } from '../lowering/arithmetic';
import { alongside, fileAxis, ourAxis, type Made } from '../lowering/builder';
import { compared, merged, ofMaps, raised, relations, type Relation } from '../lowering/merging';
import { rankedMap } from '../lowering/ranking';
import { reducedMap, type Reduction } from '../lowering/reducing';
import { NotKnown, sizesOfMap, type Constant, type MapValue } from '../lowering/value';
import { flagAt, floatAt, integerAt } from './fileGraph';
import { allConstant, constantAt, each, integersAtInput, isConstant, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

/** Two values, element by element. */
const merge =
  (op: Merge): Lowering =>
  (operand) =>
    merged(operand, op, operand.inputs[0], operand.inputs[1]);

const floorDivision: Lowering = (operand) => {
  if (operand.inputs.some((input) => input.kind === 'map')) throw new NotKnown('it divides maps and cuts the rest off');
  return merge('divide')(operand);
};

const addAll: Lowering = (operand) => {
  if (allConstant(operand)) return (operand.inputs as readonly Constant[]).reduce(constantPairs.add);
  return ofMaps(
    operand,
    { op: 'add' },
    operand.inputs.map((_, i) => mapAt(operand, i)),
  );
};

const squaredDifference: Lowering = (operand) => {
  const [a, b] = operand.inputs;
  if (isConstant(a) && isConstant(b)) return pairwise(a, b, (x, y) => (x - y) ** 2);
  const difference = merge('subtract')({ ...operand, name: `${operand.name}:difference` }) as MapValue;
  return operand.builder.node(operand.name, { op: 'elementwise', attributes: { function: 'square' } }, [difference]);
};

/** A function of one value: of a constant at once, of a map as a node. */
const unary =
  (of: (x: number) => number, made: Made | ((operand: Operand) => Made)): Lowering =>
  (operand) => {
    const [value] = operand.inputs;
    if (isConstant(value)) return eachValue(value, of);
    return operand.builder.node(operand.name, typeof made === 'function' ? made(operand) : made, [mapAt(operand, 0)]);
  };

const elementwise = (word: string): Made => ({ op: 'elementwise', attributes: { function: word } });
const activation = (made: Activation): Made => ({ op: 'activation', attributes: { activation: made } });
const negative: Made = { op: 'affine', weights: [{ name: 'scale', shape: [1], values: Float32Array.of(-1) }] };

const ranking: Lowering = (operand) => {
  const count = operand.node.op === 'TopK' ? integerAt(operand.node, 'k', 0) : (constantAt(operand, 1).values[0] ?? 0);
  return rankedMap(operand, mapAt(operand, 0), -1, { count, smallest: false });
};

/** The largest number that float32 holds. */
const largestFinite = (2 - 2 ** -23) * 2 ** 127;

const finite: Lowering = (operand) => {
  const { name, builder, inputs } = operand;
  const [value] = inputs;
  if (isConstant(value)) return eachValue(value, (x) => Number(Number.isFinite(x)));
  const size = builder.node(`${name}:size`, elementwise('abs'), [mapAt(operand, 0)]);
  return builder.node(name, { op: 'compare', attributes: { relation: 'lessEqual', than: largestFinite } }, [size]);
};

const power: Lowering = (operand) =>
  raised(operand, operand.inputs[0], constantAt(operand, 1), () => mapAt(operand, 0));

const clip: Lowering = (operand) => {
  const [lower, upper] = operand.node.op === '_FusedClip' ? [0, 0] : [1, 2].map((i) => constantAt(operand, i));
  if (typeof lower !== 'object' || typeof upper !== 'object' || lower.values.length !== 1 || upper.values.length !== 1)
    throw new NotKnown('its limits are not two numbers');
  const ends = { lower: lower.values[0], upper: upper.values[0] };
  return operand.builder.node(operand.name, { op: 'elementwise', attributes: { function: 'clip', ...ends } }, [
    mapAt(operand, 0),
  ]);
};

const comparison =
  (relation: Relation): Lowering =>
  (operand) => {
    const [, , of] = relation;
    const [a, b] = operand.inputs;
    if (isConstant(a) && isConstant(b)) return { ...pairwise(a, b, (x, y) => Number(of(x, y))), integer: true };
    return compared(operand, relation, a, b);
  };

interface Reducing extends Reduction {
  readonly start: number;
  readonly of: (a: number, b: number) => number;
  readonly end?: (x: number, count: number) => number;
}

const reduction =
  ({ op, start, of, end, whole }: Reducing): Lowering =>
  (operand) => {
    const { node, name, builder } = operand;
    const keep = flagAt(node, 'keep_dims');
    const [value] = operand.inputs;
    const list = integersAtInput(operand, 1);
    if (isConstant(value)) {
      return reduced(
        value,
        list.map((a) => fileAxis(value.shape.length, a)),
        keep,
        start,
        of,
        end,
      );
    }
    // Of sizes that only a run tells: one that nobody can tell.
    if (value?.kind === 'sizes') return { kind: 'sizes', shape: keep ? value.shape.map(() => 1) : [], values: [null] };
    const x = mapAt(operand, 0);
    const axes = [...new Set(list.map((a) => fileAxis(sizesOfMap(x).length, a)))];
    return reducedMap({ name, builder }, x, axes, { op, ...(whole === undefined ? {} : { whole }) }, keep);
  };

const reductions: readonly (readonly [string, Reducing])[] = [
  ['Mean', { op: 'reduceMean', start: 0, of: (a, b) => a + b, end: (x, n) => x / n, whole: 'globalAveragePool' }],
  ['Max', { op: 'reduceMax', start: -Infinity, of: Math.max, whole: 'globalMaxPool' }],
  ['Min', { op: 'reduceMin', start: Infinity, of: Math.min }],
  ['Sum', { op: 'reduceSum', start: 0, of: (a, b) => a + b }],
  ['Prod', { op: 'reduceProduct', start: 1, of: (a, b) => a * b }],
];

const argument =
  (op: 'argMax' | 'argMin'): Lowering =>
  (operand) => {
    const x = mapAt(operand, 0);
    const source = operand.builder.inFileOrder(x, operand.name);
    const [axis] = operand.inputs.length > 1 ? integersAtInput(operand, 1) : [0];
    const ours = ourAxis(source, axis ?? 0);
    if (ours === 0) throw new NotKnown('it compares entries of the batch');
    return operand.builder.node(operand.name, { op, attributes: { axes: [ours], keepDims: false } }, [source]);
  };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const arithmeticLowerings: readonly [string, Lowering][] = [
  ...each(['Add', 'AddV2'], merge('add')),
  ['AddN', addAll],
  ['Sub', merge('subtract')],
  ['Mul', merge('multiply')],
  ...each(['RealDiv', 'Div'], merge('divide')),
  ['FloorDiv', floorDivision],
  ['Maximum', merge('maximum')],
  ['Minimum', merge('minimum')],
  ['SquaredDifference', squaredDifference],
  ['Pow', power],
  ['ClipByValue', clip],
  ['Neg', unary((x) => -x, negative)],
  ['Sqrt', unary(Math.sqrt, elementwise('sqrt'))],
  ['Rsqrt', unary((x) => 1 / Math.sqrt(x), elementwise('rsqrt'))],
  ['Square', unary((x) => x * x, elementwise('square'))],
  ['Abs', unary(Math.abs, elementwise('abs'))],
  ['Exp', unary(Math.exp, activation({ kind: 'exponential' }))],
  ['Expm1', unary(Math.expm1, elementwise('expm1'))],
  ['Log', unary(Math.log, elementwise('log'))],
  ['Log1p', unary(Math.log1p, elementwise('log1p'))],
  ['Sign', unary(Math.sign, elementwise('sign'))],
  ['Floor', unary(Math.floor, elementwise('floor'))],
  ['Ceil', unary(Math.ceil, elementwise('ceil'))],
  [
    'Round',
    unary((x) => (x % 1 === 0.5 || x % 1 === -0.5 ? 2 * Math.round(x / 2) : Math.round(x)), elementwise('round')),
  ],
  ['Sin', unary(Math.sin, elementwise('sin'))],
  ['Cos', unary(Math.cos, elementwise('cos'))],
  ['Atan', unary(Math.atan, elementwise('atan'))],
  ...each(
    ['Reciprocal', 'Inv'],
    unary((x) => 1 / x, elementwise('reciprocal')),
  ),
  ['Relu', unary((x) => Math.max(x, 0), activation(plainRelu))],
  ['Relu6', unary((x) => Math.min(Math.max(x, 0), 6), activation({ ...plainRelu, maxValue: 6 }))],
  [
    'LeakyRelu',
    (operand) => {
      const slope = floatAt(operand.node, 'alpha', 0.2);
      return unary((x) => (x > 0 ? x : slope * x), activation({ ...plainRelu, negativeSlope: slope }))(operand);
    },
  ],
  ['Elu', unary((x) => (x > 0 ? x : Math.expm1(x)), activation({ kind: 'elu', alpha: 1 }))],
  ['Selu', (operand) => operand.builder.node(operand.name, activation({ kind: 'selu' }), [mapAt(operand, 0)])],
  ['Sigmoid', unary(sigmoid, activation({ kind: 'sigmoid' }))],
  ['Tanh', unary(Math.tanh, activation({ kind: 'tanh' }))],
  ['Softplus', unary((x) => Math.log1p(Math.exp(x)), activation({ kind: 'softplus' }))],
  ['Softsign', unary((x) => x / (1 + Math.abs(x)), activation({ kind: 'softsign' }))],
  ['Erf', (operand) => operand.builder.node(operand.name, elementwise('erf'), [mapAt(operand, 0)])],
  [
    'Prelu',
    (operand) => {
      const x = mapAt(operand, 0);
      const alpha = alongside(x, constantAt(operand, 1), 'alpha');
      return operand.builder.node(
        operand.name,
        { op: 'prelu', attributes: { activation: { kind: 'prelu' } }, weights: [alpha] },
        [x],
      );
    },
  ],
  ['Greater', comparison(relations.greater)],
  ['GreaterEqual', comparison(relations.greaterEqual)],
  ['IsFinite', finite],
  ['Less', comparison(relations.less)],
  ['LessEqual', comparison(relations.lessEqual)],
  ['Equal', comparison(relations.equal)],
  ['NotEqual', comparison(relations.notEqual)],
  ...reductions.map(([op, how]): [string, Lowering] => [op, reduction(how)]),
  ...each(['TopK', 'TopKV2'], ranking),
  ['ArgMax', argument('argMax')],
  ['ArgMin', argument('argMin')],
];

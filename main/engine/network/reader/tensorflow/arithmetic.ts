import { plainRelu, type Activation } from '../../operation/activation';
import { constantPairs, each as eachValue, pairwise, pairwiseSizes, reduced, type Merge } from '../lowering/arithmetic';
import { alongside, fileAxis, ourAxis, type Made } from '../lowering/builder';
import { NotKnown, settled, sizesIn, sizesOfMap, type Constant, type MapValue, type Value } from '../lowering/value';
import { flagAt, floatAt } from './fileGraph';
import { allConstant, constantAt, each, integersAtInput, isConstant, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

/** Two values, element by element: both constants, sizes, a map and a constant, or two maps. */
const merge =
  (op: Merge): Lowering =>
  (operand) => {
    const [a, b] = operand.inputs;
    if (isConstant(a) && isConstant(b)) return constantPairs[op](a, b);
    if (a?.kind === 'map' && b?.kind === 'map') return ofMaps(operand, op, [a, b]);
    if (a?.kind === 'map' && isConstant(b)) return withConstant(operand, op, a, b);
    if (isConstant(a) && b?.kind === 'map') return constantFirst(operand, op, a, b);
    const [x, y] = [sizesIn(a), sizesIn(b)];
    if (x && y && op !== 'maximum' && op !== 'minimum') return settled(pairwiseSizes(x, y, op));
    throw new NotKnown('what it is given is not understood');
  };

function ofMaps({ name, builder }: Operand, op: string, maps: readonly MapValue[]): Value {
  const [first] = maps as [MapValue, ...MapValue[]];
  const rank = first.sizes?.length;
  if (maps.some(({ sizes }) => sizes && rank !== undefined && sizes.length !== rank))
    throw new NotKnown('its maps have different numbers of axes');
  // The first one's channels decide; whichever has them elsewhere is turned.
  return builder.node(
    name,
    { op },
    maps.map((map) => (first.sizes ? builder.withChannel(map, first.channel, name) : map)),
  );
}

function withConstant({ name, builder }: Operand, op: Merge, map: MapValue, constant: Constant): Value {
  const only = constant.values.length === 1 ? constant.values[0]! : null;
  const made = (which: 'scale' | 'offset', of: (x: number) => number): Made => ({
    op: 'affine',
    weights: [alongside(map, eachValue(constant, of, false), which)],
  });
  switch (op) {
    case 'add':
      return builder.node(
        name,
        made('offset', (x) => x),
        [map],
      );
    case 'subtract':
      return builder.node(
        name,
        made('offset', (x) => -x),
        [map],
      );
    case 'multiply':
      return builder.node(
        name,
        made('scale', (x) => x),
        [map],
      );
    case 'divide':
      return builder.node(
        name,
        made('scale', (x) => 1 / x),
        [map],
      );
    case 'maximum':
    case 'minimum': {
      if (only === null) throw new NotKnown(`it takes the ${op} with several numbers`);
      const relu = op === 'maximum' && only === 0;
      if (relu) return builder.node(name, { op: 'activation', attributes: { activation: plainRelu } }, [map]);
      const ends = op === 'maximum' ? { lower: only, upper: Infinity } : { lower: -Infinity, upper: only };
      return builder.node(name, { op: 'elementwise', attributes: { function: 'clip', ...ends } }, [map]);
    }
  }
}

function constantFirst(operand: Operand, op: Merge, constant: Constant, map: MapValue): Value {
  const { name, builder } = operand;
  if (op === 'subtract') {
    const minus = alongside(map, { ...constant, shape: [1], values: Float32Array.of(-1), integer: false }, 'scale');
    return builder.node(name, { op: 'affine', weights: [minus, alongside(map, constant, 'offset')] }, [map]);
  }
  if (op === 'divide') {
    if (constant.values.length !== 1) throw new NotKnown('it divides several numbers by a map');
    return builder.node(
      name,
      { op: 'elementwise', attributes: { function: 'reciprocal', numerator: constant.values[0] } },
      [map],
    );
  }
  return withConstant(operand, op, map, constant);
}

const floorDivision: Lowering = (operand) => {
  if (operand.inputs.some((input) => input.kind === 'map')) throw new NotKnown('it divides maps and cuts the rest off');
  return merge('divide')(operand);
};

const addAll: Lowering = (operand) => {
  if (allConstant(operand)) return (operand.inputs as readonly Constant[]).reduce(constantPairs.add);
  return ofMaps(
    operand,
    'add',
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

const power: Lowering = (operand) => {
  const [a, b] = operand.inputs;
  if (isConstant(a) && isConstant(b)) return pairwise(a, b, Math.pow);
  const exponent = constantAt(operand, 1);
  if (exponent.values.length !== 1) throw new NotKnown('it has several exponents');
  const [n] = exponent.values;
  const made =
    n === 2
      ? elementwise('square')
      : n === 0.5
        ? elementwise('sqrt')
        : { op: 'elementwise', attributes: { function: 'power', exponent: n } };
  return operand.builder.node(operand.name, made, [mapAt(operand, 0)]);
};

const clip: Lowering = (operand) => {
  const [lower, upper] = operand.node.op === '_FusedClip' ? [0, 0] : [1, 2].map((i) => constantAt(operand, i));
  if (typeof lower !== 'object' || typeof upper !== 'object' || lower.values.length !== 1 || upper.values.length !== 1)
    throw new NotKnown('its limits are not two numbers');
  const ends = { lower: lower.values[0], upper: upper.values[0] };
  return operand.builder.node(operand.name, { op: 'elementwise', attributes: { function: 'clip', ...ends } }, [
    mapAt(operand, 0),
  ]);
};

const relations: Readonly<Record<string, readonly [string, string, (x: number, y: number) => boolean]>> = {
  Greater: ['greater', 'less', (x, y) => x > y],
  GreaterEqual: ['greaterEqual', 'lessEqual', (x, y) => x >= y],
  Less: ['less', 'greater', (x, y) => x < y],
  LessEqual: ['lessEqual', 'greaterEqual', (x, y) => x <= y],
  Equal: ['equal', 'equal', (x, y) => x === y],
  NotEqual: ['notEqual', 'notEqual', (x, y) => x !== y],
};

const comparison =
  ([relation, turned, of]: readonly [string, string, (x: number, y: number) => boolean]): Lowering =>
  (operand) => {
    const [a, b] = operand.inputs;
    if (isConstant(a) && isConstant(b)) return { ...pairwise(a, b, (x, y) => Number(of(x, y))), integer: true };
    const [map, number, word] = isConstant(b)
      ? [mapAt(operand, 0), b, relation]
      : [mapAt(operand, 1), constantAt(operand, 0), turned];
    if (number.values.length !== 1) throw new NotKnown('it compares with several numbers');
    return operand.builder.node(
      operand.name,
      { op: 'compare', attributes: { relation: word, than: number.values[0] } },
      [map],
    );
  };

interface Reducing {
  readonly op: string;
  readonly start: number;
  readonly of: (a: number, b: number) => number;
  readonly end?: (x: number, count: number) => number;
  /** What the field calls it when it takes all voxels. */
  readonly whole?: string;
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
    const rank = sizesOfMap(x).length;
    const fileAxes = [...new Set(list.map((a) => fileAxis(rank, a)))];
    if (fileAxes.includes(0)) throw new NotKnown('it reduces the batch');
    const axes = fileAxes.map((a) => ourAxis(x, a)).sort((a, b) => a - b);
    // Where the channels go and the rest stays, the file's last axis takes their place.
    const source = !keep && fileAxes.includes(x.channel) ? builder.inFileOrder(x, name) : x;
    const ours = source === x ? axes : fileAxes.map((a) => ourAxis(source, a)).sort((a, b) => a - b);
    const global = whole !== undefined && rank > 2 && ours.length === rank - 2 && !ours.includes(rank - 1);
    const channel = keep ? source.channel : source.channel - fileAxes.filter((a) => a < source.channel).length;
    const left = keep ? rank : rank - fileAxes.length;
    const made: Made = global
      ? { op: whole, attributes: { keepDims: keep } }
      : { op, attributes: { axes: ours, keepDims: keep } };
    return builder.node(name, made, [source], fileAxes.includes(source.channel) && !keep ? left - 1 : channel);
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
  ...Object.entries(relations).map(([op, relation]): [string, Lowering] => [op, comparison(relation)]),
  ...reductions.map(([op, how]): [string, Lowering] => [op, reduction(how)]),
  ['ArgMax', argument('argMax')],
  ['ArgMin', argument('argMin')],
];

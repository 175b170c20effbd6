import { constantPairs, each as eachValue, pairwise, type Merge } from '../lowering/arithmetic';
import type { Made } from '../lowering/builder';
import {
  compared,
  comparedWith,
  merged,
  ofMaps,
  raised,
  relations,
  withConstant,
  type Relation,
} from '../lowering/merging';
import { NotKnown, settled, sizesIn, sizesOfMap, type Constant, type MapValue, type Value } from '../lowering/value';
import { everywhere } from './activation';
import { integerAt } from './fileModel';
import { constantAt, isConstant, mapAt, type Lowering, type Operand } from './operand';

/** Two values, element by element: both constants, sizes, a map and a constant, or two maps. */
const merge =
  (op: Merge): Lowering =>
  (operand) => {
    const [a, second] = operand.inputs;
    if (op === 'divide' && operand.whole && operand.inputs.some((input) => input?.kind === 'map'))
      throw new NotKnown('it divides whole numbers and cuts the rest off');
    const b = alignedOldStyle(operand, a, second);
    return merged(operand, op, a, b);
  };

/** Up to opset 6 a second value stands where `axis` says, and not at the end. */
function alignedOldStyle({ node, opset }: Operand, a: Value | undefined, b: Value | undefined): Value | undefined {
  const axis = node.attributes.get('axis')?.i;
  if (opset >= 7 || axis === undefined || integerAt(node, 'broadcast', 0) === 0 || a?.kind !== 'map') return b;
  const rank = sizesOfMap(a).length;
  if (!isConstant(b)) throw new NotKnown('it spreads one map over another from an axis on');
  const from = axis < 0 ? axis + rank : axis;
  const behind = Math.max(0, rank - from - b.shape.length);
  return { ...b, shape: [...b.shape, ...Array.from({ length: behind }, () => 1)] };
}

/** Any number of values: maps first, then the constants one by one. */
const variadic =
  (op: Merge): Lowering =>
  (operand) => {
    const { name, inputs } = operand;
    if (inputs.every(isConstant)) return inputs.reduce(constantPairs[op]);
    const maps = inputs.filter((input): input is MapValue => input?.kind === 'map');
    const constants = inputs.filter(isConstant);
    if (maps.length + constants.length !== inputs.length || maps.length === 0)
      throw new NotKnown('what it is given is not understood');
    const all = constants.reduce<Constant | null>((a, b) => (a ? constantPairs[op](a, b) : b), null);
    const own = all && maps.length > 1 ? `${name}:maps` : name;
    if (!all) return ofMaps(operand, maps.length === 1 ? { op: 'identity' } : { op }, maps);
    const together = maps.length > 1 ? ofMaps({ ...operand, name: own }, { op }, maps) : maps[0]!;
    return withConstant(operand, op, together, all);
  };

const mean: Lowering = (operand) =>
  ofMaps(
    operand,
    { op: 'average' },
    operand.inputs.map((_, i) => mapAt(operand, i)),
  );

/** A function of one value: of a constant at once, of a map as a node. */
const unary =
  (of: (x: number) => number, made: Made): Lowering =>
  (operand) => {
    const [value] = operand.inputs;
    if (isConstant(value)) return eachValue(value, of);
    return operand.builder.node(operand.name, made, [mapAt(operand, 0)]);
  };

const elementwise = (word: string): Made => ({ op: 'elementwise', attributes: { function: word } });

const power: Lowering = (operand) =>
  raised(operand, operand.inputs[0], constantAt(operand, 1), () => mapAt(operand, 0));

/** Of sizes at once, as far as they are known; else of maps. */
const comparison =
  (relation: Relation): Lowering =>
  (operand) => {
    const [, , of] = relation;
    const [a, b] = operand.inputs;
    const sizes = [sizesIn(a), sizesIn(b)];
    if (sizes[0] && sizes[1]) {
      // A size that only a run tells is a positive number, whatever it is.
      const known = sizes.map((list) => list!.values.map((n) => (typeof n === 'number' ? n : NaN)));
      if (
        sizes.some((list, i) =>
          list!.values.some((n, at) => typeof n !== 'number' && known[1 - i]!.some((m) => m > 0 && at >= 0)),
        )
      )
        throw new NotKnown('it compares sizes that only a run tells');
      const [x, y] = sizes.map((list, i) => ({
        kind: 'constant' as const,
        shape: list!.shape,
        values: Float64Array.from(known[i]!),
        integer: true,
      }));
      return { ...pairwise(x!, y!, (p, q) => Number(of(p, q))), integer: true };
    }
    return compared(operand, relation, a, b);
  };

/** Of truths as 0 and 1. */
const not: Lowering = unary((x) => Number(x === 0), comparedWith('equal', 0));

/** One of two values by a condition; a condition that is known chooses at once. */
const choice: Lowering = (operand) => {
  const { name, inputs } = operand;
  const [condition, yes, no] = inputs;
  if (isConstant(condition)) {
    const [all, none] = [condition.values.every((v) => v !== 0), condition.values.every((v) => v === 0)];
    const [a, b] = [sizesIn(yes), sizesIn(no)];
    if (a && a.values.length === b?.values.length && condition.values.length === a.values.length)
      return settled({
        shape: a.shape,
        values: a.values.map((v, i) => (condition.values[i] !== 0 ? v : b.values[i]!)),
      });
    const chosen = all ? yes : none ? no : undefined;
    if (chosen?.kind === 'map') return operand.builder.node(name, { op: 'identity' }, [chosen], chosen.channel);
    throw new NotKnown('it chooses value by value by a constant');
  }
  const map = mapAt(operand, 0);
  const maps = [map, ...[yes, no].filter((value): value is MapValue => value?.kind === 'map')];
  const number = (value: Value | undefined): number | null => {
    if (value?.kind === 'map') return null;
    if (!isConstant(value) || value.values.length !== 1) throw new NotKnown('it chooses between several numbers');
    return value.values[0]!;
  };
  return ofMaps(operand, { op: 'where', attributes: { yes: number(yes), no: number(no) } }, maps);
};

const halfToEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

export const arithmeticLowerings: readonly [string, Lowering][] = [
  ['Add', merge('add')],
  ['Sub', merge('subtract')],
  ['Mul', merge('multiply')],
  ['Div', merge('divide')],
  ['Sum', variadic('add')],
  ['Max', variadic('maximum')],
  ['Min', variadic('minimum')],
  ['Mean', mean],
  ['And', merge('multiply')],
  ['Or', merge('maximum')],
  ['Not', not],
  ['Pow', power],
  ['Where', choice],
  ['Neg', unary((x) => -x, everywhere(-1, 0))],
  ['Sqrt', unary(Math.sqrt, elementwise('sqrt'))],
  ['Abs', unary(Math.abs, elementwise('abs'))],
  ['Exp', unary(Math.exp, { op: 'activation', attributes: { activation: { kind: 'exponential' } } })],
  ['Log', unary(Math.log, elementwise('log'))],
  ['Sign', unary(Math.sign, elementwise('sign'))],
  ['Floor', unary(Math.floor, elementwise('floor'))],
  ['Ceil', unary(Math.ceil, elementwise('ceil'))],
  ['Round', unary(halfToEven, elementwise('round'))],
  ['Reciprocal', unary((x) => 1 / x, elementwise('reciprocal'))],
  ['Sin', unary(Math.sin, elementwise('sin'))],
  ['Cos', unary(Math.cos, elementwise('cos'))],
  ['Tan', unary(Math.tan, elementwise('tan'))],
  ['Asin', unary(Math.asin, elementwise('asin'))],
  ['Acos', unary(Math.acos, elementwise('acos'))],
  ['Atan', unary(Math.atan, elementwise('atan'))],
  ['Sinh', unary(Math.sinh, elementwise('sinh'))],
  ['Cosh', unary(Math.cosh, elementwise('cosh'))],
  ['Asinh', unary(Math.asinh, elementwise('asinh'))],
  ['Acosh', unary(Math.acosh, elementwise('acosh'))],
  ['Atanh', unary(Math.atanh, elementwise('atanh'))],
  ['Erf', (operand) => operand.builder.node(operand.name, elementwise('erf'), [mapAt(operand, 0)])],
  ['Greater', comparison(relations.greater)],
  ['GreaterOrEqual', comparison(relations.greaterEqual)],
  ['Less', comparison(relations.less)],
  ['LessOrEqual', comparison(relations.lessEqual)],
  ['Equal', comparison(relations.equal)],
  ['Xor', comparison(relations.notEqual)],
];

import { reduced } from '../lowering/arithmetic';
import { fileAxis, type Made } from '../lowering/builder';
import { rankedMap } from '../lowering/ranking';
import { reducedMap, type Reduction } from '../lowering/reducing';
import { NotKnown, sizesOfMap } from '../lowering/value';
import { integerAt, integersAt } from './fileModel';
import { integersAtInput, isConstant, mapAt, numberAtInput, type Lowering, type Operand } from './operand';

interface Reducing extends Reduction {
  readonly start: number;
  readonly of: (a: number, b: number) => number;
  readonly end?: (x: number, count: number) => number;
  /** Functions of each value before and behind. */
  readonly before?: string;
  readonly after?: string;
}

/** Axes were an attribute up to opset 17 (of ReduceSum up to 12). None: all of them. */
function axesOf(operand: Operand): readonly number[] | null {
  const { node, inputs, opset } = operand;
  if (opset < (node.op === 'ReduceSum' ? 13 : 18)) return integersAt(node, 'axes');
  const list = inputs[1] === undefined ? [] : integersAtInput(operand, 1);
  if (list.length > 0) return list;
  return integerAt(node, 'noop_with_empty_axes', 0) === 0 ? null : [];
}

const reduction =
  (how: Reducing): Lowering =>
  (operand) => {
    const { node, name, builder } = operand;
    const { before, after } = how;
    const keep = integerAt(node, 'keepdims', 1) !== 0;
    const [value] = operand.inputs;
    const given = axesOf(operand);
    if (isConstant(value)) {
      if (before !== undefined || after !== undefined)
        throw new NotKnown('it reduces a constant in a manner that is not known');
      const axes = given?.map((a) => fileAxis(value.shape.length, a)) ?? value.shape.map((_, a) => a);
      return reduced(value, axes, keep, how.start, how.of, how.end);
    }
    const elementwise = (word: string): Made => ({ op: 'elementwise', attributes: { function: word } });
    const x = mapAt(operand, 0);
    const rank = sizesOfMap(x).length;
    const axes = [...new Set((given ?? sizesOfMap(x).map((_, a) => a)).map((a) => fileAxis(rank, a)))];
    const inner = before === undefined ? x : builder.node(`${name}:${before}`, elementwise(before), [x], x.channel);
    const own = after === undefined ? name : `${name}:sum`;
    const result = axes.length === 0 ? inner : reducedMap({ ...operand, name: own }, inner, axes, how, keep);
    if (after !== undefined) return builder.node(name, elementwise(after), [result], result.channel);
    return result === x ? builder.node(name, { op: 'identity' }, [x], x.channel) : result;
  };

const argument =
  (op: 'argMax' | 'argMin'): Lowering =>
  (operand) => {
    const { node, name, builder } = operand;
    const keep = integerAt(node, 'keepdims', 1) !== 0;
    if (integerAt(node, 'select_last_index', 0) !== 0) throw new NotKnown('it takes the last of equal values');
    const map = mapAt(operand, 0);
    const rank = sizesOfMap(map).length;
    const axis = fileAxis(rank, integerAt(node, 'axis', 0));
    if (axis === 0) throw new NotKnown('it compares the entries of the batch');
    return reducedMap({ builder, name }, map, [axis], { op }, keep);
  };

const ranking: Lowering = (operand) => {
  const { node, opset } = operand;
  const count = opset < 10 ? integerAt(node, 'k', 0) : numberAtInput(operand, 1);
  const smallest = integerAt(node, 'largest', 1) === 0;
  return rankedMap(operand, mapAt(operand, 0), integerAt(node, 'axis', -1), { count, smallest });
};

const add = (a: number, b: number): number => a + b;

const reductions: readonly (readonly [string, Reducing])[] = [
  ['ReduceMean', { op: 'reduceMean', start: 0, of: add, end: (x, n) => x / n, whole: 'globalAveragePool' }],
  ['ReduceMax', { op: 'reduceMax', start: -Infinity, of: Math.max, whole: 'globalMaxPool' }],
  ['ReduceMin', { op: 'reduceMin', start: Infinity, of: Math.min }],
  ['ReduceSum', { op: 'reduceSum', start: 0, of: add }],
  ['ReduceProd', { op: 'reduceProduct', start: 1, of: (a, b) => a * b }],
  ['ReduceL1', { op: 'reduceSum', start: 0, of: add, before: 'abs' }],
  ['ReduceL2', { op: 'reduceSum', start: 0, of: add, before: 'square', after: 'sqrt' }],
  ['ReduceSumSquare', { op: 'reduceSum', start: 0, of: add, before: 'square' }],
  ['ReduceLogSum', { op: 'reduceSum', start: 0, of: add, after: 'log' }],
  ['ReduceLogSumExp', { op: 'reduceLogSumExp', start: 0, of: add }],
];

export const reductionLowerings: readonly [string, Lowering][] = [
  ...reductions.map(([op, how]): [string, Lowering] => [op, reduction(how)]),
  ['ArgMax', argument('argMax')],
  ['ArgMin', argument('argMin')],
  ['TopK', ranking],
];

import { tf, type Tensor } from '../tensorflow';
import { wholeRule } from './interval';
import { unmixed } from './normalisation';
import { isSet, misfit, numberOf, onlyShape, onlyTensor, type NodeCore, type Operation } from './operation';
import { rangeOf } from './range';

/**
 * The `count` largest values along one axis (1 is the first after the batch), largest first, or the places where they stand, as numbers;
 * with `smallest` the other way round. Of equal values the first comes first.
 */
export const ranking: Operation = {
  ops: ['topValues', 'topPlaces'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const [axis, count] = [numberOf(node, 'axis'), numberOf(node, 'count')];
    const size = input[axis] ?? null;
    if (axis < 1 || axis >= input.length || count < 1 || (size !== null && count > size))
      throw misfit(node, inputs, `it ranks ${count} values along axis ${axis}`);
    return input.map((n, a) => (a === axis ? count : n));
  },
  run: (node, inputs) => {
    const { values, indices } = ranked(node, onlyTensor(inputs));
    return lastMoved(node.op === 'topValues' ? values : tf.cast(indices, 'float32'), numberOf(node, 'axis'));
  },
  gradient: (node, { slope, inputs }) => {
    if (node.op === 'topPlaces') return [null];
    const x = onlyTensor(inputs);
    const axis = numberOf(node, 'axis');
    const places = tf.oneHot(ranked(node, x).indices, x.shape[axis]!);
    const own = tf.sum(tf.mul(tf.expandDims(lastMoved(slope, axis), -1), places), -2);
    return [lastMoved(own, axis)];
  },
  reads: (node, inputs) =>
    unmixed(node, inputs).map((rules) => rules.map((rule, a) => (a + 1 === numberOf(node, 'axis') ? wholeRule : rule))),
  bound: (node, [range], [shape]) => {
    if (node.op === 'topPlaces') return null;
    if (numberOf(node, 'axis') !== shape!.length - 1) return range!;
    const lower = range!.lower.reduce((m, v) => Math.min(m, v), Infinity);
    const upper = range!.upper.reduce((m, v) => Math.max(m, v), -Infinity);
    return rangeOf(numberOf(node, 'count'), () => [lower, upper]);
  },
};

function ranked(node: NodeCore, x: Tensor): { readonly values: Tensor; readonly indices: Tensor } {
  const smallest = isSet(node, 'smallest');
  const along = lastMoved(x, numberOf(node, 'axis'));
  const { values, indices } = tf.topk(smallest ? tf.neg(along) : along, numberOf(node, 'count'), true);
  return { values: smallest ? tf.neg(values) : values, indices };
}

/** The axis and the last one in each other's places. */
function lastMoved(x: Tensor, axis: number): Tensor {
  const last = x.rank - 1;
  if (axis === last) return x;
  return tf.transpose(
    x,
    x.shape.map((_, a) => (a === axis ? last : a === last ? axis : a)),
  );
}

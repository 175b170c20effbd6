import { tf } from '../tensorflow';
import { wholeRule } from './interval';
import { unmixed } from './normalisation';
import { integersOf, misfit, numberOf, onlyShape, onlyTensor, type Operation } from './operation';
import { rangeOf } from './range';

/** Chosen places along one axis (1 is the first after the batch), in the order of `indices`. */
export const gathering: Operation = {
  ops: ['gather'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const axis = numberOf(node, 'axis');
    const size = input[axis] ?? null;
    const indices = integersOf(node, 'indices');
    if (axis < 1 || axis >= input.length || indices.some((i) => i < 0 || (size !== null && i >= size)))
      throw misfit(node, inputs, 'it chooses places outside the map');
    return input.map((n, a) => (a === axis ? indices.length : n));
  },
  run: (node, inputs) =>
    tf.gather(onlyTensor(inputs), tf.tensor1d([...integersOf(node, 'indices')], 'int32'), numberOf(node, 'axis')),
  reads: (node, inputs) =>
    unmixed(node, inputs).map((rules) => rules.map((rule, a) => (a + 1 === numberOf(node, 'axis') ? wholeRule : rule))),
  bound: (node, [range], [shape]) => {
    if (numberOf(node, 'axis') !== shape!.length - 1) return range!;
    const indices = integersOf(node, 'indices');
    return rangeOf(indices.length, (c) => [range!.lower[indices[c]!]!, range!.upper[indices[c]!]!]);
  },
};

import { tf } from '../tensorflow';
import { broadcastRule, sameRule, wholeRule, type AxisRule } from './interval';
import { isSet, misfit, productOf, spatialOf, type Operation } from './operation';

/** Product of two maps as matrices over their last two axes, either one turned first: what attention is made of. */
export const matrixProduct: Operation = {
  ops: ['matMul'],
  shape: (node, inputs) => {
    const [a, b] = inputs;
    if (!a || !b || inputs.length !== 2 || a.length !== b.length || a.length < 3)
      throw misfit(node, inputs, 'it takes two stacks of matrices');
    const [rows, inside] = isSet(node, 'transposeA') ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
    const [same, columns] = isSet(node, 'transposeB') ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
    if (inside !== null && same !== null && inside !== same)
      throw misfit(node, inputs, `rows of ${inside} meet columns of ${same}`);
    return [...a.slice(0, -2), rows ?? null, columns ?? null];
  },
  run: (node, [a, b]) => tf.matMul(a!, b!, isSet(node, 'transposeA'), isSet(node, 'transposeB')),
  reads: (node, inputs) =>
    inputs.map((shape, i) =>
      spatialOf(shape).map((n, a): AxisRule => {
        if (a + 1 < shape.length - 2) return sameRule(a + 1);
        if (i === 0 && !isSet(node, 'transposeA')) return sameRule(a + 1);
        return n === 1 ? broadcastRule : wholeRule;
      }),
    ),
  bound: () => null,
  cost: (_, [a], output) => productOf(output.slice(1)) * (a?.at(-1) ?? 1),
};

import { tf, type Tensor } from '../tensorflow';
import { unmixed } from './normalisation';
import { numberOf, onlyShape, onlyTensor, productOf, type Operation } from './operation';
import { rangeOf } from './range';

/**
 * x / (bias + alpha/size · Σ x²)^beta, the sum over `size` neighbouring channels, ⌊(size − 1)/2⌋ before and the rest behind.
 * *Source* Krizhevsky, Sutskever & Hinton 2012, §3.3; onnx/defs/nn/defs.cc, LRN.
 */
export const localResponse: Operation = {
  ops: ['localResponseNorm'],
  shape: onlyShape,
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const size = numberOf(node, 'size');
    const before = Math.floor((size - 1) / 2);
    const borders = x.shape.map((_, a): [number, number] => (a === x.rank - 1 ? [before, size - 1 - before] : [0, 0]));
    const squares = tf.pad(tf.square(x), borders);
    const run = (shift: number): Tensor =>
      tf.slice(
        squares,
        x.shape.map((_, a) => (a === x.rank - 1 ? shift : 0)),
        x.shape,
      );
    let sum = run(0);
    for (let shift = 1; shift < size; shift++) sum = tf.add(sum, run(shift));
    const scale = tf.add(tf.mul(sum, numberOf(node, 'alpha') / size), numberOf(node, 'bias'));
    return tf.div(x, tf.pow(scale, numberOf(node, 'beta')));
  },
  reads: unmixed,
  // With nothing beside it a value is divided by the least.
  bound: (node, [range]) => {
    const [alpha, beta, bias] = [numberOf(node, 'alpha'), numberOf(node, 'beta'), numberOf(node, 'bias')];
    if (alpha < 0 || beta < 0 || bias <= 0) return null;
    const factor = (1 + 2 ** -18) / bias ** beta;
    return rangeOf(range!.lower.length, (c) => [
      Math.min(0, range!.lower[c]! * factor),
      Math.max(0, range!.upper[c]! * factor),
    ]);
  },
  cost: (node, inputs) => (numberOf(node, 'size') + 4) * productOf(onlyShape(node, inputs).slice(1)),
};

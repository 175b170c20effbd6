import { tf, type Tensor } from '../tensorflow';
import { mirrorRule, sameRule } from './interval';
import {
  channelsOf,
  imageShape,
  misfit,
  onlyShape,
  onlyTensor,
  spatialOf,
  type NodeCore,
  type Operation,
} from './operation';
import { withZero } from './range';

type Pairs = readonly (readonly [number, number])[];

/** Cells before and after each spatial axis. */
const amounts = (node: NodeCore): Pairs => node.attributes['amounts'] as Pairs;

const around = (pairs: Pairs): [number, number][] => [
  [0, 0],
  ...pairs.map(([b, a]): [number, number] => [b, a]),
  [0, 0],
];

/** A border of zeros. */
export const zeroPadding: Operation = {
  ops: ['zeroPad1d', 'zeroPad2d', 'zeroPad3d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, amounts(node).length);
    return [input[0] ?? null, ...grown(node, input, 1), channelsOf(input)];
  },
  run: (node, inputs) => tf.pad(onlyTensor(inputs), around(amounts(node))),
  reads: (node) => [amounts(node).map(([before], a) => sameRule(a + 1, -before))],
  bound: (_, [range]) => withZero(range!),
};

/** A border that mirrors the map, without repeating its edge (`reflect`). */
export const reflectPadding: Operation = {
  ops: ['reflectPad1d', 'reflectPad2d', 'reflectPad3d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, amounts(node).length);
    spatialOf(input).forEach((n, a) => {
      if (n !== null && Math.max(...amounts(node)[a]!) >= n)
        throw misfit(node, inputs, 'the border is wider than the map');
    });
    return [input[0] ?? null, ...grown(node, input, 1), channelsOf(input)];
  },
  run: (node, inputs) => tf.mirrorPad(onlyTensor(inputs), around(amounts(node)), 'reflect'),
  gradient: (node, { slope, inputs }) => {
    const { shape } = onlyTensor(inputs);
    return [amounts(node).reduce((map, pair, a) => folded(map, a + 1, pair, shape[a + 1]!), slope)];
  },
  reads: (node, inputs) => [
    amounts(node).map(([before, after], a) => mirrorRule(a + 1, before, after, onlyShape(node, inputs)[a + 1] ?? 1)),
  ],
  bound: (_, [range]) => range!,
};

/** Cuts cells off the border. */
export const cropping: Operation = {
  ops: ['crop1d', 'crop2d', 'crop3d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, amounts(node).length);
    const sizes = grown(node, input, -1);
    if (sizes.some((n) => n !== null && n < 1)) throw misfit(node, inputs, 'nothing is left of the map');
    return [input[0] ?? null, ...sizes, channelsOf(input)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const pairs = around(amounts(node));
    return tf.slice(
      x,
      pairs.map(([before]) => before),
      x.shape.map((n, a) => n - pairs[a]![0] - pairs[a]![1]),
    );
  },
  reads: (node) => [amounts(node).map(([before], a) => sameRule(a + 1, before))],
  bound: (_, [range]) => range!,
};

/** The border laid back upon the `n` cells that it mirrors: what tfjs gives as the gradient forgets the border. */
function folded(slope: Tensor, axis: number, [before, after]: readonly [number, number], n: number): Tensor {
  const part = (from: number, count: number): Tensor =>
    tf.slice(
      slope,
      slope.shape.map((_, a) => (a === axis ? from : 0)),
      slope.shape.map((size, a) => (a === axis ? count : size)),
    );
  const placed = (border: Tensor, ahead: number): Tensor =>
    tf.pad(
      tf.reverse(border, axis),
      border.shape.map((size, a): [number, number] => (a === axis ? [ahead, n - ahead - size] : [0, 0])),
    );
  const inside = part(before, n);
  const withFirst = before === 0 ? inside : tf.add(inside, placed(part(0, before), 1));
  return after === 0 ? withFirst : tf.add(withFirst, placed(part(before + n, after), n - 1 - after));
}

const grown = (node: NodeCore, input: readonly (number | null)[], sign: 1 | -1): (number | null)[] =>
  spatialOf(input).map((n, a) => (n === null ? null : n + sign * (amounts(node)[a]![0] + amounts(node)[a]![1])));

import type { Shape } from '../graph';
import { tf } from '../tensorflow';
import { broadcastRule, sameRule, wholeRule, type AxisRule } from './interval';
import { integersOf, misfit, onlyShape, onlyTensor, spatialOf, type NodeCore, type Operation } from './operation';
import { rangeOf, type ChannelRange } from './range';

/** Takes axes of size 1 away (`squeeze`, `axes` of the input) or puts them in (`expandDims`, `axes` of the output); 1 is the first after the batch. */
export const unitAxes: Operation = {
  ops: ['squeeze', 'expandDims'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const axes = integersOf(node, 'axes');
    if (node.op === 'squeeze') {
      if (axes.some((a) => a < 1 || (input[a] ?? 1) !== 1))
        throw misfit(node, inputs, 'it takes axes away that are not of size 1');
      return input.filter((_, a) => !axes.includes(a));
    }
    return placesOf(node, input).map((from) => (from === null ? 1 : (input[from] ?? null)));
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const shape = placesOf(node, x.shape).map((from) => (from === null ? 1 : x.shape[from]!));
    return tf.reshape(x, shape);
  },
  reads: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const places = placesOf(node, input);
    return [
      spatialOf(input).map((_, a): AxisRule => {
        const to = places.indexOf(a + 1);
        return to === -1 ? broadcastRule : to === places.length - 1 ? wholeRule : sameRule(to);
      }),
    ];
  },
  bound: (node, [range], [shape]) => {
    const from = placesOf(node, shape!).at(-1);
    if (from === shape!.length - 1) return range!;
    const channels = from === null || from === undefined ? 1 : (shape![from] ?? null);
    return channels === null ? null : rangeOf(channels, () => endsOf(range!));
  },
};

/** For each output axis the input's, or null where it is new. */
function placesOf(node: NodeCore, input: Shape): readonly (number | null)[] {
  const axes = integersOf(node, 'axes');
  const own = input.map((_, a) => a);
  if (node.op === 'squeeze') return own.filter((a) => !axes.includes(a));
  return Array.from({ length: input.length + axes.length }, (_, a) => (axes.includes(a) ? null : own.shift()!));
}

const endsOf = ({ lower, upper }: ChannelRange): readonly [number, number] => [
  lower.reduce((m, v) => Math.min(m, v), Infinity),
  upper.reduce((m, v) => Math.max(m, v), -Infinity),
];

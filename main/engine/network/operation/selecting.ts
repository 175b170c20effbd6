import { tf, type Tensor } from '../tensorflow';
import { broadcastRule, sameRule, type AxisRule } from './interval';
import { merging, summedTo } from './merge';
import { spatialOf, type NodeCore, type Operation } from './operation';
import { rangeOf, type ChannelRange } from './range';

/** Where the first input is not 0 one value, else the other: maps in turn, or the numbers `yes` and `no` where these are given. */
export const selecting: Operation = {
  ops: ['where'],
  shape: (node, inputs) => merging.shape({ ...node, op: 'add' }, inputs),
  run: (node, inputs) => {
    const [condition, ...rest] = inputs;
    const yes = numberAt(node, 'yes') ?? rest.shift()!;
    const no = numberAt(node, 'no') ?? rest.shift()!;
    const shape = inputs.reduce((wide, x) => wide.map((n, a) => Math.max(n, x.shape[a]!)), condition!.shape);
    const filled = (x: Tensor | number): Tensor =>
      typeof x === 'number' ? tf.fill(shape, x) : tf.broadcastTo(x, shape);
    return tf.where(tf.broadcastTo(tf.notEqual(condition!, 0), shape), filled(yes), filled(no));
  },
  gradient: (node, { slope, inputs }) => {
    const met = tf.broadcastTo(tf.notEqual(inputs[0]!, 0), slope.shape);
    const none = tf.zerosLike(slope);
    const [yes, no] = [tf.where(met, slope, none), tf.where(met, none, slope)];
    const slopes = [...(numberAt(node, 'yes') === null ? [yes] : []), ...(numberAt(node, 'no') === null ? [no] : [])];
    return [null, ...slopes.map((own, i) => summedTo(own, inputs[i + 1]!.shape))];
  },
  reads: (_, inputs, output) =>
    inputs.map((shape) =>
      spatialOf(shape).map((n, a): AxisRule => (n === 1 && output[a + 1] !== 1 ? broadcastRule : sameRule(a + 1))),
    ),
  bound: (node, ranges) => {
    const numbers = [numberAt(node, 'yes'), numberAt(node, 'no')].filter((value) => value !== null);
    const maps = ranges.slice(1);
    const channels = Math.max(...ranges.map((range) => range.lower.length));
    const at = (range: ChannelRange, c: number): number => (range.lower.length === 1 ? 0 : c);
    return rangeOf(channels, (c) => [
      Math.min(...numbers, ...maps.map((range) => range.lower[at(range, c)]!)),
      Math.max(...numbers, ...maps.map((range) => range.upper[at(range, c)]!)),
    ]);
  },
};

function numberAt(node: NodeCore, key: 'yes' | 'no'): number | null {
  const value = node.attributes[key];
  return typeof value === 'number' ? value : null;
}

import type { Shape } from '../graph';
import { tf, type Tensor } from '../tensorflow';
import { sameRule, wholeRule, broadcastRule, type AxisRule } from './interval';
import {
  integersOf,
  isSet,
  misfit,
  numberOf,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  type NodeCore,
  type Operation,
} from './operation';
import { rangeOf, type ChannelRange } from './range';

/** All of a map as one row of channels. `channelsFirst`: in the order of a file that keeps channels before space. */
export const flattening: Operation = {
  ops: ['flatten'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const sizes = input.slice(1);
    return [input[0] ?? null, sizes.some((n) => n === null) ? null : productOf(sizes)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const ordered = isSet(node, 'channelsFirst') ? toChannelsFirst(x) : x;
    return tf.reshape(ordered, [x.shape[0], productOf(x.shape.slice(1))]);
  },
  reads: (node, inputs) => [spatialOf(onlyShape(node, inputs)).map(() => wholeRule)],
  bound: (node, [range], [shape]) => {
    const cells = spatialOf(shape!);
    if (cells.some((n) => n === null)) return null;
    const channels = range!.lower.length;
    const count = productOf(cells);
    const source = isSet(node, 'channelsFirst') ? (i: number) => Math.floor(i / count) : (i: number) => i % channels;
    return rangeOf(count * channels, (i) => [range!.lower[source(i)]!, range!.upper[source(i)]!]);
  },
};

/**
 * The same elements in the file's order under another shape (`target`, without batch; −1 takes what is left). `before`: the order of our
 * axes that is the file's, `after`: the order of the file's that is ours, both as `permute` counts them.
 */
export const reshaping: Operation = {
  ops: ['reshape'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const target = targetOf(node, input);
    const [before, after] = [input.slice(1), target];
    const known = before.every((n) => n !== null) && after.every((n) => n !== null);
    if (known && productOf(before) !== productOf(after)) throw misfit(node, inputs, 'the number of elements changes');
    return [input[0] ?? null, ...(turns(node, target.length) ? lastFrom(target) : placed(node, target))];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const ordered = turns(node, x.rank - 1) ? toChannelsFirst(x) : turned(x, orderOf(node, 'before'));
    const target = targetOf(node, x.shape) as number[];
    const shaped = tf.reshape(ordered, [x.shape[0], ...target]);
    return turns(node, target.length) ? toChannelsLast(shaped) : turned(shaped, orderOf(node, 'after'));
  },
  reads: (node, inputs, output) => {
    const input = onlyShape(node, inputs);
    if (orderOf(node, 'after')) return [keptRules(node, input, output)];
    const same = sameSpace(input, output) && !isSet(node, 'channelsFirst');
    return [spatialOf(input).map((n, a): AxisRule => (same ? sameRule(a + 1) : n === 1 ? broadcastRule : wholeRule))];
  },
  bound: (node, [range], [shape]) => reshapedRange(node, range!, shape!),
};

/** Axes in another order: output axis a is input axis `axes[a]`, batch left out, counted from 1. */
export const permutation: Operation = {
  ops: ['permute'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const axes = integersOf(node, 'axes');
    const wanted = input.slice(1).map((_, a) => a + 1);
    if ([...axes].sort((a, b) => a - b).join() !== wanted.join())
      throw misfit(node, inputs, `its axes are ${axes.join(', ')}`);
    return [input[0] ?? null, ...axes.map((a) => input[a] ?? null)];
  },
  run: (node, inputs) => tf.transpose(onlyTensor(inputs), [0, ...integersOf(node, 'axes')]),
  reads: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const axes = integersOf(node, 'axes');
    return [
      spatialOf(input).map((_, a): AxisRule => {
        const to = axes.indexOf(a + 1) + 1;
        return to === input.length - 1 ? wholeRule : sameRule(to);
      }),
    ];
  },
  bound: (node, [range], [shape]) => {
    const axes = integersOf(node, 'axes');
    if (axes.at(-1) === shape!.length - 1) return range!;
    const channels = shape![axes.at(-1)!];
    return channels === null || channels === undefined ? null : spreadRange(range!, channels);
  },
};

/** A vector `times` times, as a sequence. */
export const repetition: Operation = {
  ops: ['repeat'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    if (input.length !== 2) throw misfit(node, inputs, 'it takes a vector');
    return [input[0] ?? null, numberOf(node, 'times'), input[1] ?? null];
  },
  run: (node, inputs) => tf.tile(tf.expandDims(onlyTensor(inputs), 1), [1, numberOf(node, 'times'), 1]),
  reads: () => [[]],
  bound: (_, [range]) => range!,
};

const turns = (node: NodeCore, axes: number): boolean => isSet(node, 'channelsFirst') && axes >= 3;

const lastFrom = <T>(sizes: readonly T[]): T[] => [...sizes.slice(1), sizes[0]!];

const toChannelsFirst = (x: Tensor): Tensor =>
  tf.transpose(x, [0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, a) => a + 1)]);

const toChannelsLast = (x: Tensor): Tensor =>
  tf.transpose(x, [0, ...Array.from({ length: x.rank - 2 }, (_, a) => a + 2), 1]);

const orderOf = (node: NodeCore, key: 'before' | 'after'): readonly number[] | null =>
  node.attributes[key] === undefined ? null : integersOf(node, key);

const turned = (x: Tensor, order: readonly number[] | null): Tensor => (order ? tf.transpose(x, [0, ...order]) : x);

const placed = (node: NodeCore, target: readonly (number | null)[]): (number | null)[] =>
  orderOf(node, 'after')?.map((a) => target[a - 1] ?? null) ?? [...target];

/** An axis that has the same size, and the same number of elements before it in the file's order, is the same axis. */
function keptRules(node: NodeCore, input: Shape, output: Shape): readonly AxisRule[] {
  const [before, after] = [orderOf(node, 'before')!, orderOf(node, 'after')!];
  const file = before.map((a) => input[a] ?? null);
  const target = targetOf(node, input);
  const ahead = (sizes: readonly (number | null)[], a: number): number =>
    sizes.slice(0, a).reduce<number>((p, n) => p * (n ?? NaN), 1);
  return spatialOf(input).map((n, a): AxisRule => {
    const own = before.indexOf(a + 1);
    const same = target.findIndex((m, t) => m !== null && m === n && ahead(target, t) === ahead(file, own));
    const to = same === -1 ? -1 : after.indexOf(same + 1) + 1;
    if (n === 1) return broadcastRule;
    return to < 1 || to === output.length - 1 ? wholeRule : sameRule(to);
  });
}

function targetOf(node: NodeCore, input: Shape): (number | null)[] {
  const target = integersOf(node, 'target');
  const sizes = input.slice(1);
  const known = sizes.every((n) => n !== null);
  const fixed = target.filter((n) => n !== -1).reduce((p, n) => p * n, 1);
  if (!target.includes(-1)) return [...target];
  const left = known ? productOf(sizes) / fixed : null;
  if (left !== null && !Number.isInteger(left)) throw misfit(node, [input], 'the elements do not fill the shape');
  return target.map((n) => (n === -1 ? left : n));
}

const sameSpace = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, axis) => n === b[axis]);

/** Channel by channel where they stay together at the end, else what any channel can hold. */
function reshapedRange(node: NodeCore, range: ChannelRange, shape: Shape): ChannelRange | null {
  const target = targetOf(node, shape);
  const channels = turns(node, target.length) ? target[0] : placed(node, target).at(-1);
  if (channels === null || channels === undefined) return null;
  const plain = !isSet(node, 'channelsFirst') && !orderOf(node, 'before');
  if (plain && channels === range.lower.length) return range;
  return spreadRange(range, channels);
}

const spreadRange = (range: ChannelRange, channels: number): ChannelRange => {
  const lower = range.lower.reduce((m, v) => Math.min(m, v), Infinity);
  const upper = range.upper.reduce((m, v) => Math.max(m, v), -Infinity);
  return rangeOf(channels, () => [lower, upper]);
};

import { tf, type Tensor } from '../tensorflow';
import { mirrorRule, sameRule, wholeRule, type AxisRule } from './interval';
import { misfit, numberOf, onlyShape, onlyTensor, spatialOf, wordOf, type NodeCore, type Operation } from './operation';
import { rangeOf, type ChannelRange } from './range';

type Pairs = readonly (readonly [number, number])[];

/** Cells before and after each axis but the batch. */
const amounts = (node: NodeCore): Pairs => node.attributes['amounts'] as Pairs;

/**
 * A border around any axes but the batch, the channels included: of a number (`constant`), of the edge itself (`edge`), of the map mirrored at
 * its edge (`reflect`), or of its other end (`wrap`).
 */
export const bordering: Operation = {
  ops: ['pad'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    if (amounts(node).length !== input.length - 1) throw misfit(node, inputs, 'it pads other axes');
    return input.map((n, a) => {
      const [before, after] = a === 0 ? [0, 0] : amounts(node)[a - 1]!;
      const widest = Math.max(before, after);
      if (n !== null && a > 0 && wordOf(node, 'mode') === 'reflect' && widest >= n)
        throw misfit(node, inputs, 'the border is wider than the map');
      return n === null ? null : n + before + after;
    });
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    if (wordOf(node, 'mode') === 'constant') {
      const pairs = amounts(node).map(([before, after]): [number, number] => [before, after]);
      return tf.pad(x, [[0, 0], ...pairs], numberOf(node, 'value', 0));
    }
    return amounts(node).reduce((map, pair, a) => around(map, a + 1, pair, wordOf(node, 'mode')), x);
  },
  reads: (node, inputs) => {
    const input = onlyShape(node, inputs);
    return [
      spatialOf(input).map((n, a): AxisRule => {
        const [before, after] = amounts(node)[a]!;
        if (before === 0 && after === 0) return sameRule(a + 1);
        switch (wordOf(node, 'mode')) {
          case 'constant':
            return sameRule(a + 1, -before);
          case 'reflect':
            return mirrorRule(a + 1, before, after, n ?? 1);
          case 'edge':
            return edgeRule(a + 1, before, n ?? Infinity);
          default:
            return wholeRule;
        }
      }),
    ];
  },
  bound: (node, [range]) => {
    const [before, after] = amounts(node).at(-1)!;
    const constant = wordOf(node, 'mode') === 'constant';
    const value = numberOf(node, 'value', 0);
    const own =
      constant &&
      amounts(node)
        .slice(0, -1)
        .some(([b, a]) => b + a > 0)
        ? withValue(range!, value)
        : range!;
    if (before + after === 0) return own;
    if (!constant) return null;
    const channels = own.lower.length;
    return rangeOf(channels + before + after, (c) => {
      const inside = c - before;
      return inside >= 0 && inside < channels ? [own.lower[inside]!, own.upper[inside]!] : [value, value];
    });
  },
};

const withValue = ({ lower, upper }: ChannelRange, value: number): ChannelRange => ({
  lower: lower.map((v) => Math.min(v, value)),
  upper: upper.map((v) => Math.max(v, value)),
});

function around(x: Tensor, axis: number, [before, after]: readonly [number, number], mode: string): Tensor {
  if (before === 0 && after === 0) return x;
  const n = x.shape[axis]!;
  const from = (i: number): number => {
    if (mode === 'wrap') return ((i % n) + n) % n;
    if (mode === 'edge') return Math.min(Math.max(i, 0), n - 1);
    return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
  };
  const indices = Int32Array.from({ length: before + n + after }, (_, o) => from(o - before));
  return tf.gather(x, tf.tensor1d(indices, 'int32'), axis);
}

function edgeRule(from: number, before: number, size: number): AxisRule {
  const inside = (i: number): number => Math.min(Math.max(i, 0), size - 1);
  const at = (o: number): number => inside(o - before);
  return {
    from,
    step: 1,
    first: at,
    last: at,
    forward: (changed, outputs) => {
      const start = changed.start <= 0 ? 0 : changed.start + before;
      const end = changed.end >= size ? outputs : changed.end + before;
      return { start: Math.min(start, outputs), end: Math.max(Math.min(start, outputs), Math.min(end, outputs)) };
    },
  };
}

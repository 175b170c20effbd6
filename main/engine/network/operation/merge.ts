import type { Shape } from '../graph';
import { tf, type Tensor } from '../tensorflow';
import { broadcastRule, sameRule, type AxisRule } from './interval';
import { misfit, numberOf, sizesOf, spatialOf, type NodeCore, type Operation } from './operation';
import { guarded, rangeOf, type ChannelRange } from './range';

type Pair = (a: Tensor, b: Tensor) => Tensor;

const pairs: Readonly<Record<string, Pair>> = {
  add: tf.add,
  subtract: tf.sub,
  multiply: tf.mul,
  divide: tf.div,
  average: tf.add,
  maximum: tf.maximum,
  minimum: tf.minimum,
};

/** Element by element over several inputs; sizes of 1 are spread over the others. */
export const merging: Operation = {
  ops: Object.keys(pairs),
  shape: (node, inputs) => {
    if (inputs.length < 1) throw misfit(node, inputs, 'it takes inputs');
    return inputs.reduce((a, b) => spreadShape(node, inputs, a, b));
  },
  run: (node, inputs) => {
    const rank = Math.max(...inputs.map((x) => x.rank));
    const merged = inputs.map((x) => atRank(x, rank)).reduce(pairs[node.op]!);
    return node.op === 'average' ? tf.div(merged, inputs.length) : merged;
  },
  gradient: (node, { slope, inputs }) =>
    node.op === 'maximum' || node.op === 'minimum' ? ofChosen(slope, inputs, pairs[node.op]!) : null,
  reads: (_, inputs, output) =>
    inputs.map((shape) =>
      spatialOf(shape).map((n, a): AxisRule => {
        const axis = shape.length === output.length ? a + 1 : a + 1 + output.length - shape.length;
        return n === 1 && output[axis] !== 1 ? broadcastRule : sameRule(axis);
      }),
    ),
  bound: (node, ranges) => {
    const channels = Math.max(...ranges.map((r) => r.lower.length));
    return rangeOf(channels, (c) =>
      mergedRange(
        node.op,
        ranges.map((r) => endsAt(r, c)),
      ),
    );
  },
};

/** One after the other along an axis: channels as a rule. */
export const concatenation: Operation = {
  ops: ['concatenate'],
  shape: (node, inputs) => {
    const [first] = inputs;
    if (!first) throw misfit(node, inputs, 'it takes inputs');
    const axis = axisOf(node, first.length);
    for (const shape of inputs) {
      const fits =
        shape.length === first.length &&
        shape.every((n, a) => a === axis || n === null || first[a] === null || n === first[a]);
      if (!fits) throw misfit(node, inputs, `sizes differ beside axis ${axis}`);
    }
    const sizes = inputs.map((s) => s[axis] ?? null);
    const total = sizes.some((n) => n === null) ? null : sizes.reduce<number>((sum, n) => sum + n!, 0);
    return first.map((n, a) => (a === axis ? total : (n ?? inputs.find((s) => s[a] !== null)?.[a] ?? null)));
  },
  run: (node, inputs) => (inputs.length === 1 ? inputs[0]! : tf.concat([...inputs], axisOf(node, inputs[0]!.rank))),
  reads: (node, inputs) => {
    let before = 0;
    return inputs.map((shape) => {
      const axis = axisOf(node, shape.length);
      const shift = before;
      before += shape[axis] ?? 0;
      return spatialOf(shape).map((_, a) => sameRule(a + 1, a + 1 === axis ? -shift : 0));
    });
  },
  bound: (node, ranges, shapes) => {
    const rank = shapes[0]!.length;
    if (axisOf(node, rank) !== rank - 1) {
      return rangeOf(ranges[0]!.lower.length, (c) => [
        Math.min(...ranges.map((r) => r.lower[c]!)),
        Math.max(...ranges.map((r) => r.upper[c]!)),
      ]);
    }
    const lower = ranges.flatMap((r) => [...r.lower]);
    const upper = ranges.flatMap((r) => [...r.upper]);
    return rangeOf(lower.length, (c) => [lower[c]!, upper[c]!]);
  },
};

/** Sum of products along one axis of each of two inputs (Keras' Dot), vectors only. */
export const dot: Operation = {
  ops: ['dot'],
  shape: (node, inputs) => {
    const [a, b] = inputs;
    if (inputs.length !== 2 || a?.length !== 2 || b?.length !== 2 || a[1] !== b[1]) {
      throw misfit(node, inputs, 'it takes two vectors of one length');
    }
    return [a[0] ?? null, 1];
  },
  run: (node, [a, b]) => {
    const [x, y] = node.attributes['normalize'] === true ? [unit(a!), unit(b!)] : [a!, b!];
    return tf.sum(tf.mul(x, y), -1, true);
  },
  reads: (_, inputs) => inputs.map(() => []),
  bound: (node, [a, b]) => {
    if (node.attributes['normalize'] === true) return rangeOf(1, () => guarded(-1, 1, 8));
    let [lower, upper, size] = [0, 0, 0];
    for (let c = 0; c < a!.lower.length; c++) {
      const [low, high] = product(endsAt(a!, c), endsAt(b!, c));
      lower += low;
      upper += high;
      size += Math.max(Math.abs(low), Math.abs(high));
    }
    const guard = a!.lower.length * 2 ** -23 * size;
    return rangeOf(1, () => [lower - guard, upper + guard]);
  },
};

const unit = (x: Tensor): Tensor => tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12)));

const axisOf = (node: NodeCore, rank: number): number => {
  const axis = numberOf(node, 'axis');
  return axis < 0 ? axis + rank : axis;
};

/** Keras puts the missing axes behind the batch. */
const atRank = (x: Tensor, rank: number): Tensor =>
  x.rank === rank
    ? x
    : tf.reshape(x, [x.shape[0], ...Array.from({ length: rank - x.rank }, () => 1), ...x.shape.slice(1)]);

/** The first that is chosen takes the slope. tfjs forgets here that sizes of 1 are spread. */
function ofChosen(slope: Tensor, inputs: readonly Tensor[], choose: Pair): Tensor[] {
  const wide = inputs.map((x) => atRank(x, slope.rank));
  const chosen = wide.reduce(choose);
  let left = slope;
  return wide.map((x, i) => {
    const own = tf.where(tf.equal(x, chosen), left, tf.zerosLike(left));
    left = tf.sub(left, own);
    return tf.reshape(summedTo(own, x.shape), inputs[i]!.shape);
  });
}

/** What was spread over an axis comes back added up. */
export function summedTo(slope: Tensor, shape: readonly number[]): Tensor {
  const axes = shape.flatMap((n, a) => (n === 1 && slope.shape[a] !== 1 ? [a] : []));
  return axes.length === 0 ? slope : tf.sum(slope, axes, true);
}

function spreadShape(node: NodeCore, inputs: readonly Shape[], a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const [x, y] = [a, b].map((s) => [s[0] ?? null, ...Array.from({ length: rank - s.length }, () => 1), ...s.slice(1)]);
  return x!.map((n, axis) => {
    const m = y![axis] ?? null;
    if (n === 1) return m;
    if (m === 1 || n === m) return n;
    if (n === null || m === null) return n ?? m;
    throw misfit(node, inputs, `${sizesOf(a)} and ${sizesOf(b)} differ on axis ${axis}`);
  });
}

type Ends = readonly [number, number];

const endsAt = (range: ChannelRange, c: number): Ends => {
  const at = range.lower.length === 1 ? 0 : c;
  return [range.lower[at]!, range.upper[at]!];
};

function product([a, b]: Ends, [c, d]: Ends): Ends {
  const ends = [a * c, a * d, b * c, b * d].map((v) => (Number.isNaN(v) ? 0 : v));
  return [Math.min(...ends), Math.max(...ends)];
}

function mergedRange(op: string, ends: readonly Ends[]): Ends {
  const lows = ends.map((e) => e[0]);
  const highs = ends.map((e) => e[1]);
  const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
  switch (op) {
    case 'add':
      return guarded(sum(lows), sum(highs));
    case 'average':
      return guarded(sum(lows) / ends.length, sum(highs) / ends.length, ends.length + 2);
    case 'subtract':
      return guarded(lows[0]! - sum(highs.slice(1)), highs[0]! - sum(lows.slice(1)));
    case 'multiply':
      return guarded(...ends.reduce(product));
    case 'divide': {
      const [low, high] = ends[1]!;
      if (low <= 0 && high >= 0) return [-Infinity, Infinity];
      return guarded(...product(ends[0]!, [1 / high, 1 / low]));
    }
    case 'maximum':
      return [Math.max(...lows), Math.max(...highs)];
    default:
      return [Math.min(...lows), Math.min(...highs)];
  }
}

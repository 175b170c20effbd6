import type { Shape } from '../graph';
import { tf, type Tensor } from '../tensorflow';
import { broadcastRule, sameRule, wholeRule, type AxisRule } from './interval';
import {
  integersOf,
  isSet,
  misfit,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf, type ChannelRange } from './range';

const reductions: Readonly<Record<string, (x: Tensor, axes: number[], keep: boolean) => Tensor>> = {
  reduceMean: (x, axes, keep) => tf.mean(x, axes, keep),
  reduceSum: (x, axes, keep) => tf.sum(x, axes, keep),
  reduceMax: (x, axes, keep) => tf.max(x, axes, keep),
  reduceMin: (x, axes, keep) => tf.min(x, axes, keep),
  reduceProduct: (x, axes, keep) => tf.prod(x, axes, keep),
  reduceLogSumExp: (x, axes, keep) => tf.logSumExp(x, axes, keep),
};

/** Mean, sum, largest, smallest or product over `axes` (1 is the first after the batch). */
export const reduction: Operation = {
  ops: Object.keys(reductions),
  shape: (node, inputs) => reducedShape(node, inputs),
  run: (node, inputs) =>
    reductions[node.op]!(onlyTensor(inputs), [...integersOf(node, 'axes')], isSet(node, 'keepDims')),
  gradient: (node, { slope, inputs }) => {
    const x = onlyTensor(inputs);
    const axes = [...integersOf(node, 'axes')];
    const run = reductions[node.op]!;
    const kept = tf.reshape(
      slope,
      x.shape.map((n, a) => (axes.includes(a) ? 1 : n)),
    );
    if (node.op === 'reduceMax' || node.op === 'reduceMin') return [sharedByEqual(x, run(x, axes, true), kept, axes)];
    return [tf.grad((image: Tensor) => run(image, axes, true))(x, kept)];
  },
  reads: (node, inputs) => reducedRules(node, onlyShape(node, inputs)),
  bound: (node, [range], [shape]) => {
    const axes = integersOf(node, 'axes');
    const counted = axes.map((a) => shape![a] ?? null);
    const channels = axes.includes(shape!.length - 1);
    const sums = node.op === 'reduceSum' || node.op === 'reduceProduct';
    if (node.op === 'reduceProduct' || node.op === 'reduceLogSumExp' || (sums && counted.includes(null))) return null;
    const count = sums ? productOf(counted) : 1;
    const own = channels ? mixed(range!) : range!;
    if (channels && !isSet(node, 'keepDims')) return spread(own, shape!, axes, count);
    return rangeOf(own.lower.length, (c) =>
      guarded(own.lower[c]! * count, own.upper[c]! * count, productOf(counted) + 1),
    );
  },
  cost: (node, inputs) => productOf(onlyShape(node, inputs).slice(1)),
};

/** The index of the largest value along `axes`' only axis, as a number. */
export const argument: Operation = {
  ops: ['argMax', 'argMin'],
  shape: (node, inputs) => reducedShape(node, inputs),
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const [axis] = integersOf(node, 'axes');
    const found = tf.cast(node.op === 'argMax' ? tf.argMax(x, axis) : tf.argMin(x, axis), 'float32');
    return isSet(node, 'keepDims') ? tf.expandDims(found, axis) : found;
  },
  gradient: () => [null],
  reads: (node, inputs) => reducedRules(node, onlyShape(node, inputs)),
  bound: () => null,
};

/** Several that are largest, or smallest, share the slope equally, as in TensorFlow. `extreme` and `slope` keep the axes. */
export function sharedByEqual(x: Tensor, extreme: Tensor, slope: Tensor, axes: number[]): Tensor {
  const equal = tf.cast(tf.equal(x, extreme), 'float32');
  return tf.mul(equal, tf.div(slope, tf.sum(equal, axes, true)));
}

function reducedShape(node: NodeCore, inputs: readonly Shape[]): Shape {
  const input = onlyShape(node, inputs);
  const axes = integersOf(node, 'axes');
  if (axes.some((a) => a < 1 || a >= input.length)) throw misfit(node, inputs, `it has no axis ${Math.max(...axes)}`);
  return isSet(node, 'keepDims')
    ? input.map((n, a) => (axes.includes(a) ? 1 : n))
    : input.filter((_, a) => !axes.includes(a));
}

/** What is not reduced keeps its voxels, unless it comes to stand where channels are. */
function reducedRules(node: NodeCore, input: Shape): readonly (readonly AxisRule[])[] {
  const axes = integersOf(node, 'axes');
  const kept = input.map((_, a) => a).filter((a) => isSet(node, 'keepDims') || !axes.includes(a));
  return [
    spatialOf(input).map((n, a): AxisRule => {
      if (axes.includes(a + 1)) return n === 1 ? broadcastRule : wholeRule;
      const to = kept.indexOf(a + 1);
      return to === kept.length - 1 ? wholeRule : sameRule(to);
    }),
  ];
}

const mixed = ({ lower, upper }: ChannelRange): ChannelRange =>
  rangeOf(1, () => [
    lower.reduce((m, v) => Math.min(m, v), Infinity),
    upper.reduce((m, v) => Math.max(m, v), -Infinity),
  ]);

/** Without channels the last axis that is left takes their place. */
function spread(range: ChannelRange, shape: Shape, axes: readonly number[], count: number): ChannelRange | null {
  const last = shape
    .map((_, a) => a)
    .filter((a) => a > 0 && !axes.includes(a))
    .at(-1);
  const channels = last === undefined ? null : (shape[last] ?? null);
  if (channels === null) return null;
  return rangeOf(channels, () => guarded(range.lower[0]! * count, range.upper[0]! * count, 64));
}

import { tf, type Tensor } from '../tensorflow';
import { unmixed } from './normalisation';
import { numberOf, onlyShape, onlyTensor, wordOf, type NodeCore, type Operation } from './operation';
import { guarded, rangeOf } from './range';

interface Function {
  readonly run: (x: Tensor, node: NodeCore) => Tensor;
  readonly at: (x: number, node: NodeCore) => number;
  /** Where it turns or jumps; between such points it rises or falls throughout. */
  readonly turns?: readonly number[];
}

/** Functions of one number that are no activations. */
const functions: Readonly<Record<string, Function>> = {
  sqrt: { run: (x) => tf.sqrt(x), at: (x) => Math.sqrt(Math.max(x, 0)) },
  rsqrt: { run: (x) => tf.rsqrt(x), at: (x) => 1 / Math.sqrt(Math.max(x, 0)) },
  square: { run: (x) => tf.square(x), at: (x) => x * x, turns: [0] },
  abs: { run: (x) => tf.abs(x), at: Math.abs, turns: [0] },
  log: { run: (x) => tf.log(x), at: (x) => Math.log(Math.max(x, 0)) },
  log1p: { run: (x) => tf.log1p(x), at: (x) => Math.log1p(Math.max(x, -1)) },
  expm1: { run: (x) => tf.expm1(x), at: Math.expm1 },
  sign: { run: (x) => tf.sign(x), at: Math.sign },
  floor: { run: (x) => tf.floor(x), at: Math.floor },
  ceil: { run: (x) => tf.ceil(x), at: Math.ceil },
  round: { run: (x) => tf.round(x), at: Math.round },
  truncate: { run: (x) => tf.where(tf.less(x, 0), tf.ceil(x), tf.floor(x)), at: Math.trunc },
  atan: { run: (x) => tf.atan(x), at: Math.atan },
  clip: {
    run: (x, node) => tf.minimum(tf.maximum(x, numberOf(node, 'lower')), numberOf(node, 'upper')),
    at: (x, node) => Math.min(Math.max(x, numberOf(node, 'lower')), numberOf(node, 'upper')),
  },
};

/** Functions whose range between two points is not told by its ends. */
const unbounded: Readonly<Record<string, Function['run']>> = {
  power: (x, node) => tf.pow(x, numberOf(node, 'exponent')),
  reciprocal: (x, node) => tf.div(numberOf(node, 'numerator', 1), x),
  sin: (x) => tf.sin(x),
  cos: (x) => tf.cos(x),
  tan: (x) => tf.tan(x),
  asin: (x) => tf.asin(x),
  acos: (x) => tf.acos(x),
  sinh: (x) => tf.sinh(x),
  cosh: (x) => tf.cosh(x),
  asinh: (x) => tf.asinh(x),
  acosh: (x) => tf.acosh(x),
  atanh: (x) => tf.atanh(x),
  erf: (x) => tf.erf(x),
};

/** Flat but where they jump. */
const jumping: ReadonlySet<string> = new Set(['sign', 'floor', 'ceil', 'round', 'truncate']);

/** `function` of each value by itself. */
export const elementwise: Operation = {
  ops: ['elementwise'],
  shape: onlyShape,
  run: (node, inputs) => {
    const word = wordOf(node, 'function');
    const run = functions[word]?.run ?? unbounded[word];
    if (!run) throw new Error(`no function is called ${word}`);
    return run(onlyTensor(inputs), node);
  },
  gradient: (node, { slope, inputs }) => {
    const word = wordOf(node, 'function');
    if (jumping.has(word)) return [null];
    const x = onlyTensor(inputs);
    // At 0 neither side is taken, as in TensorFlow; tfjs takes the left one.
    if (word === 'abs') return [tf.mul(slope, tf.sign(x))];
    return [tf.grad((values: Tensor) => (functions[word]?.run ?? unbounded[word]!)(values, node))(x, slope)];
  },
  reads: unmixed,
  bound: (node, [range]) => {
    const known = functions[wordOf(node, 'function')];
    if (!known) return null;
    const { at, turns = [] } = known;
    return rangeOf(range!.lower.length, (c) => {
      const [low, high] = [range!.lower[c]!, range!.upper[c]!];
      const images = [low, high, ...turns.filter((x) => x > low && x < high)].map((x) => at(x, node));
      return guarded(Math.min(...images), Math.max(...images));
    });
  },
};

const relations: Readonly<Record<string, (x: Tensor, y: number) => Tensor>> = {
  greater: (x, y) => tf.greater(x, y),
  greaterEqual: (x, y) => tf.greaterEqual(x, y),
  less: (x, y) => tf.less(x, y),
  lessEqual: (x, y) => tf.lessEqual(x, y),
  equal: (x, y) => tf.equal(x, y),
  notEqual: (x, y) => tf.notEqual(x, y),
};

/** 1 where the value stands in `relation` to the number `than`, else 0. */
export const comparison: Operation = {
  ops: ['compare'],
  shape: onlyShape,
  run: (node, inputs) => {
    const relation = relations[wordOf(node, 'relation')];
    if (!relation) throw new Error(`no relation is called ${wordOf(node, 'relation')}`);
    return tf.cast(relation(onlyTensor(inputs), numberOf(node, 'than')), 'float32');
  },
  gradient: () => [null],
  reads: unmixed,
  bound: (_, [range]) => rangeOf(range!.lower.length, () => [0, 1]),
};

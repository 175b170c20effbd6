import { countOf, stridesOf } from './array';
import { constantOf, type Constant, type Size, type Sizes } from './value';

type Pair = (a: number, b: number) => number;

/** Whole numbers divide as TensorFlow's and ONNX's do where both are not negative: cut off. */
const divide = (a: Constant, b: Constant): Constant =>
  pairwise(a, b, a.integer && b.integer ? (x, y) => Math.trunc(x / y) : (x, y) => x / y);

/** Element by element, sizes of 1 spread. */
export function pairwise(a: Constant, b: Constant, of: Pair): Constant {
  const shape = spreadShape(a.shape, b.shape);
  const integer = a.integer && b.integer;
  const [x, y] = [spreadIndex(a.shape, shape), spreadIndex(b.shape, shape)];
  const count = countOf(shape);
  const values = integer ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = of(a.values[x(i)]!, b.values[y(i)]!);
  return constantOf(shape, values, integer);
}

export function spreadShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const [x, y] = [a, b].map((s) => [...Array.from({ length: rank - s.length }, () => 1), ...s]);
  return x!.map((n, i) => {
    const m = y![i]!;
    if (n !== m && n !== 1 && m !== 1)
      throw new RangeError(`constants of sizes ${a.join('×')} and ${b.join('×')} meet`);
    return n === 1 ? m : n;
  });
}

function spreadIndex(from: readonly number[], to: readonly number[]): (i: number) => number {
  if (countOf(from) === countOf(to)) return (i) => i;
  const strides = stridesOf(from);
  const wide = stridesOf(to);
  const shift = to.length - from.length;
  return (i) =>
    from.reduce((sum, n, a) => sum + (n === 1 ? 0 : (Math.floor(i / wide[a + shift]!) % n) * strides[a]!), 0);
}

export function each(a: Constant, of: (x: number) => number, integer = a.integer): Constant {
  const count = a.values.length;
  const values = integer ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = of(a.values[i]!);
  return constantOf(a.shape, values, integer);
}

/** Sum, product, … over axes. */
export function reduced(
  a: Constant,
  axes: readonly number[],
  keep: boolean,
  start: number,
  of: Pair,
  end: (x: number, count: number) => number = (x) => x,
): Constant {
  const shape = a.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const strides = stridesOf(shape);
  const own = stridesOf(a.shape);
  const sums = new Float64Array(countOf(shape)).fill(start);
  for (let i = 0; i < a.values.length; i++) {
    const at = shape.reduce((sum, n, x) => sum + (n === 1 ? 0 : (Math.floor(i / own[x]!) % n) * strides[x]!), 0);
    sums[at] = of(sums[at]!, a.values[i]!);
  }
  const count = a.values.length / Math.max(1, sums.length);
  const values = sums.map((x) => end(x, count));
  const kept = keep ? shape : a.shape.filter((_, i) => !axes.includes(i));
  return constantOf(kept, a.integer ? values : Float32Array.from(values), a.integer);
}

/** Sizes among numbers: what stays linear in one free size is kept, the rest cannot be told. */
export function pairwiseSizes(a: Sizes, b: Sizes, op: 'add' | 'subtract' | 'multiply' | 'divide'): Sizes {
  const shape = spreadShape(a.shape, b.shape);
  const [x, y] = [spreadIndex(a.shape, shape), spreadIndex(b.shape, shape)];
  const values = Array.from({ length: countOf(shape) }, (_, i) => sizePair(a.values[x(i)]!, b.values[y(i)]!, op));
  return { kind: 'sizes', shape, values };
}

function sizePair(a: Size, b: Size, op: 'add' | 'subtract' | 'multiply' | 'divide'): Size {
  if (a === null || b === null) return null;
  if (typeof a === 'number' && typeof b === 'number') {
    if (op === 'add') return a + b;
    if (op === 'subtract') return a - b;
    return op === 'multiply' ? a * b : Math.trunc(a / b);
  }
  if (typeof b === 'object')
    return typeof a === 'number' && (op === 'add' || op === 'multiply') ? sizePair(b, a, op) : null;
  if (typeof a === 'number') return null;
  switch (op) {
    case 'add':
      return { ...a, plus: a.plus + b };
    case 'subtract':
      return { ...a, plus: a.plus - b };
    case 'multiply':
      return { ...a, times: a.times * b, plus: a.plus * b };
    case 'divide':
      return (a.times * 1) % b === 0 && a.plus % b === 0 ? { ...a, times: a.times / b, plus: a.plus / b } : null;
  }
}

/** What two values, element by element, can become. */
export type Merge = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';

/** The same of numbers that are known without a run. */
export const constantPairs: Readonly<Record<Merge, (a: Constant, b: Constant) => Constant>> = {
  add: (a, b) => pairwise(a, b, (x, y) => x + y),
  subtract: (a, b) => pairwise(a, b, (x, y) => x - y),
  multiply: (a, b) => pairwise(a, b, (x, y) => x * y),
  divide,
  maximum: (a, b) => pairwise(a, b, Math.max),
  minimum: (a, b) => pairwise(a, b, Math.min),
};

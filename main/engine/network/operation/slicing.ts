import type { Shape } from '../graph';
import { tf } from '../tensorflow';
import { sameRule, windowRule } from './interval';
import { integersOf, misfit, onlyShape, onlyTensor, spatialOf, type NodeCore, type Operation } from './operation';
import { rangeOf } from './range';
import { everyNth } from './striding';

/** A part of a map along any axes but the batch: from `begin` to before `end` (null: the end; negative: from there) by `step`. */
export const slicing: Operation = {
  ops: ['slice'],
  shape: (node, inputs) => {
    const input = onlyShape(node, inputs);
    const parts = partsOf(node, input);
    if (parts.some(({ size }) => size !== null && size < 1)) throw misfit(node, inputs, 'nothing is left of the map');
    return [input[0] ?? null, ...parts.map(({ size }) => size)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    const parts = partsOf(node, x.shape);
    const begin = [0, ...parts.map((p) => p.begin)];
    const wide = parts.map((p) => (p.size! - 1) * p.step + 1);
    const cut = tf.slice(x, begin, [x.shape[0], ...wide]);
    return everyNth(cut, [1, ...parts.map((p) => p.step)]);
  },
  reads: (node, inputs) => {
    const input = onlyShape(node, inputs);
    return [
      partsOf(node, input)
        .slice(0, spatialOf(input).length)
        .map(({ begin, step }, a) =>
          step === 1
            ? sameRule(a + 1, begin)
            : windowRule(a + 1, { kernel: 1, stride: step, dilation: 1, before: -begin }),
        ),
    ];
  },
  bound: (node, [range], [shape]) => {
    const { begin, step, size } = partsOf(node, shape!).at(-1)!;
    return size === null
      ? null
      : rangeOf(size, (c) => [range!.lower[begin + c * step]!, range!.upper[begin + c * step]!]);
  },
};

interface Part {
  readonly begin: number;
  readonly step: number;
  readonly size: number | null;
}

function partsOf(node: NodeCore, input: Shape): readonly Part[] {
  const begin = integersOf(node, 'begin');
  const step = integersOf(node, 'step');
  const end = node.attributes['end'] as readonly (number | null)[];
  if (begin.length !== input.length - 1) throw misfit(node, [input], `it cuts ${begin.length} axes`);
  return begin.map((b, a): Part => {
    const n = input[a + 1] ?? null;
    const start = n === null ? Math.max(0, b) : Math.min(n, Math.max(0, b < 0 ? b + n : b));
    const stop = end[a] ?? null;
    const known =
      n !== null
        ? Math.min(n, stop === null ? n : stop < 0 ? stop + n : stop)
        : stop !== null && stop >= 0
          ? stop
          : null;
    return { begin: start, step: step[a]!, size: known === null ? null : Math.ceil((known - start) / step[a]!) };
  });
}

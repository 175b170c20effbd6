import { tf, type Tensor } from '../tensorflow';
import type { AxisRule } from './interval';
import {
  channelsOf,
  imageShape,
  integersOf,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  wordOf,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf } from './range';

/** For each output along one axis, the inputs that it is made of and how much of each. */
export interface Taps {
  readonly indices: readonly Int32Array[];
  readonly shares: readonly Float32Array[];
  /** Inputs per output; without it, as the ends of the axis tell. */
  readonly step?: number;
}

/**
 * A map sampled to `size`, axis by axis. `interpolation` `nearest` or `linear`; `convention`, with n inputs and m outputs:
 * `half-pixel` source = (o + ½)·n/m − ½, `corner` source = o·n/m, `aligned` source = o·(n − 1)/(m − 1). Nearest takes the floor of the source (of o·n/m
 * + ½·n/m under `half-pixel`), under `aligned` the nearest one, halves up. Beyond the border its value goes on.
 * *Source* tensorflow/core/kernels/image/resize_{nearest_neighbor,bilinear}_op.cc.
 */
export const resizing: Operation = {
  ops: ['resize'],
  shape: (node, inputs) => {
    const size = integersOf(node, 'size');
    const input = imageShape(node, inputs, size.length);
    return [input[0] ?? null, ...size, channelsOf(input)];
  },
  run: (node, inputs) => {
    const x = onlyTensor(inputs);
    return integersOf(node, 'size').reduce(
      (map, size, a) => resampled(map, a + 1, tapsOf(node, map.shape[a + 1]!, size)),
      x,
    );
  },
  reads: (node, inputs) => [
    integersOf(node, 'size').map((size, a) =>
      tapRule(a + 1, tapsOf(node, onlyShape(node, inputs)[a + 1] ?? size, size), size),
    ),
  ],
  bound: (_, [range]) => rangeOf(range!.lower.length, (c) => guarded(range!.lower[c]!, range!.upper[c]!, 8)),
  cost: (node, _, output) => 2 ** spatialOf(output).length * productOf(output.slice(1)),
};

function tapsOf(node: NodeCore, inputs: number, outputs: number): Taps {
  const convention = wordOf(node, 'convention');
  const scale = convention === 'aligned' && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  const inside = (i: number): number => Math.min(Math.max(i, 0), inputs - 1);
  // float32 as the kernels have it: at exact halves a finer number would fall to the other side.
  const stride = Math.fround(scale);
  const source = (o: number): number =>
    Math.fround(
      convention === 'half-pixel' ? Math.fround(Math.fround(o + 0.5) * stride) - 0.5 : Math.fround(o * stride),
    );
  if (wordOf(node, 'interpolation') === 'nearest') {
    const nearest = (o: number): number => {
      if (convention === 'aligned') return Math.floor(Math.fround(o * stride) + 0.5);
      return Math.floor(Math.fround(convention === 'half-pixel' ? Math.fround(o + 0.5) * stride : o * stride));
    };
    return { indices: [Int32Array.from({ length: outputs }, (_, o) => inside(nearest(o)))], shares: [], step: scale };
  }
  const lower = Int32Array.from({ length: outputs }, (_, o) => inside(Math.floor(source(o))));
  const upper = Int32Array.from({ length: outputs }, (_, o) => inside(Math.ceil(source(o))));
  const share = Float32Array.from({ length: outputs }, (_, o) => source(o) - Math.floor(source(o)));
  return { indices: [lower, upper], shares: [share.map((s) => 1 - s), share], step: scale };
}

export function resampled(x: Tensor, axis: number, { indices, shares }: Taps): Tensor {
  const parts = indices.map((index, i) => {
    const taken = tf.gather(x, tf.tensor1d(index, 'int32'), axis);
    const share = shares[i];
    return share ? tf.mul(taken, tf.tensor(share, [share.length, ...x.shape.slice(axis + 1).map(() => 1)])) : taken;
  });
  return parts.reduce((sum, part) => tf.add(sum, part));
}

/** Indices never fall along the outputs, so that the ends of a run tell all. */
export function tapRule(from: number, { indices, shares, step }: Taps, size: number): AxisRule {
  const [low, high] = [indices[0]!, indices.at(-1)!];
  const at = (list: Int32Array, o: number): number => list[Math.min(Math.max(o, 0), size - 1)]!;
  const ends = size > 1 ? (at(high, size - 1) - at(low, 0)) / (size - 1) : 0;
  return {
    from,
    step: step ?? ends,
    first: (o) => at(low, o),
    last: (o) => at(high, o),
    taps: (o) => indices.filter((_, i) => shares[i]?.[o] !== 0).map((index) => at(index, o)),
    forward: ({ start, end }) => {
      let [first, last] = [0, size];
      while (first < last && high[first]! < start) first++;
      while (last > first && low[last - 1]! >= end) last--;
      return { start: first, end: last };
    },
  };
}

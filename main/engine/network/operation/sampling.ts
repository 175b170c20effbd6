import type { Shape } from '../graph';
import {
  channelsOf,
  imageShape,
  isSet,
  misfit,
  numberOf,
  onlyShape,
  onlyTensor,
  productOf,
  spatialOf,
  wordOf,
  type NodeCore,
  type Operation,
} from './operation';
import { tf, type Tensor } from '../tensorflow';
import { guarded, rangeOf } from './range';
import { resampled, tapRule, type Taps } from './resizing';

/** How one axis is sampled: to a size, or by a factor where the size is free. */
interface Along {
  readonly size: number | null;
  readonly scale: number | null;
  /** Ends of the part that is sampled, as shares of the map (`tf_crop_and_resize` alone). */
  readonly part: readonly [number, number];
}

/**
 * A map sampled anew, axis by axis, by ONNX' rules: `interpolation` nearest, linear or cubic, `convention` and `rounding` by ONNX' own words,
 * `along` by axis. Linear and cubic may look at more inputs where the map shrinks (`antialias`).
 * *Source* onnx/defs/tensor/defs.cc, Resize; cubic: Keys, IEEE Trans. ASSP 29 (1981).
 */
export const sampling: Operation = {
  ops: ['resample1d', 'resample2d', 'resample3d'],
  shape: (node, inputs) => {
    const input = imageShape(node, inputs, alongOf(node).length);
    const outputs = alongOf(node).map((along, a) => outputsOf(along, input[a + 1] ?? null));
    if (outputs.some((n) => n !== null && n < 1)) throw misfit(node, inputs, 'nothing is left of the map');
    return [input[0] ?? null, ...outputs, channelsOf(input)];
  },
  run: (node, inputs) =>
    alongOf(node).reduce((map, along, a) => {
      const n = map.shape[a + 1]!;
      const taps = tapsOf(node, along, n, outputsOf(along, n)!);
      const sampled = isIdentity(taps, n) ? map : resampled(map, a + 1, taps);
      return node.attributes['outside'] === undefined ? sampled : filled(node, along, sampled, { axis: a + 1, n });
    }, onlyTensor(inputs)),
  reads: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    return [
      alongOf(node).map((along, a) => {
        const n = shape[a + 1] ?? 1;
        const outputs = outputsOf(along, n)!;
        return tapRule(a + 1, tapsOf(node, along, n, outputs), outputs);
      }),
    ];
  },
  bound: (node, [range]) => {
    if (node.attributes['outside'] === undefined && wordOf(node, 'interpolation') !== 'cubic')
      return rangeOf(range!.lower.length, (c) => guarded(range!.lower[c]!, range!.upper[c]!, 8));
    return null;
  },
  cost: (node, inputs, output) => tapCount(node, onlyShape(node, inputs)) * productOf(output.slice(1)),
};

const alongOf = (node: NodeCore): readonly Along[] => node.attributes['along'] as readonly Along[];

function outputsOf({ size, scale }: Along, n: number | null): number | null {
  if (size !== null) return size;
  return n === null || scale === null ? null : Math.floor(n * scale + 1e-6);
}

function tapCount(node: NodeCore, input: Shape): number {
  return spatialOf(input).reduce<number>((count, n, a) => {
    const along = alongOf(node)[a]!;
    return count + tapsOf(node, along, n ?? 1, outputsOf(along, n ?? 1) ?? 1).indices.length;
  }, 0);
}

const isIdentity = ({ indices, shares }: Taps, n: number): boolean =>
  indices.length === 1 && shares.length === 0 && indices[0]!.length === n && indices[0]!.every((i, o) => i === o);

/** What lies outside the map is the number `outside`. */
function filled(
  node: NodeCore,
  along: Along,
  x: Tensor,
  { axis, n }: { readonly axis: number; readonly n: number },
): Tensor {
  const m = x.shape[axis]!;
  const source = sourceOf(node, along, n, m);
  const inside = Float32Array.from({ length: m }, (_, o) => (source(o) >= 0 && source(o) <= n - 1 ? 1 : 0));
  if (inside.every((one) => one === 1)) return x;
  const mask = tf.tensor(inside, [m, ...x.shape.slice(axis + 1).map(() => 1)]);
  return tf.add(tf.mul(x, mask), tf.mul(tf.sub(1, mask), numberOf(node, 'outside')));
}

/** Where output `o` lies among the inputs. */
function sourceOf(node: NodeCore, { scale, part }: Along, n: number, m: number): (o: number) => number {
  const s = scale ?? m / n;
  const half = (o: number): number => (o + 0.5) / s - 0.5;
  switch (wordOf(node, 'convention')) {
    case 'pytorch_half_pixel':
      return (o) => (m > 1 ? half(o) : 0);
    case 'half_pixel_symmetric': {
      const shift = (n / 2) * (1 - m / (s * n));
      return (o) => shift + half(o);
    }
    case 'align_corners':
      return (o) => (m > 1 ? (o * (n - 1)) / (m - 1) : 0);
    case 'asymmetric':
      return (o) => o / s;
    case 'tf_crop_and_resize': {
      const [start, end] = part;
      const step = m > 1 ? ((end - start) * (n - 1)) / (m - 1) : 0;
      return (o) => (m > 1 ? start * (n - 1) + o * step : 0.5 * (start + end) * (n - 1));
    }
    default:
      return half;
  }
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Inputs and their shares for every output; beyond the border its value goes on, or counts for nothing (`excludeOutside`). */
function tapsOf(node: NodeCore, along: Along, n: number, m: number): Taps {
  const exact = sourceOf(node, along, n, m);
  // Files state scales in float32: what lies within its rounding of a half or a whole number is meant to be one.
  const source = (o: number): number => Math.fround(exact(o));
  const inside = (i: number): number => Math.min(Math.max(i, 0), n - 1);
  const kind = wordOf(node, 'interpolation');
  if (kind === 'nearest') {
    const round = roundings[wordOf(node, 'rounding')] ?? Math.round;
    return { indices: [Int32Array.from({ length: m }, (_, o) => inside(round(source(o))))], shares: [] };
  }
  const shrink = isSet(node, 'antialias') ? Math.min(along.scale ?? m / n, 1) : 1;
  const weight = kind === 'cubic' ? cubicWeight(numberOf(node, 'coefficient', -0.75)) : linearWeight;
  const reach = (kind === 'cubic' ? 2 : 1) / shrink;
  const first = (o: number): number => Math.floor(source(o) - reach) + 1;
  const count = Math.ceil(2 * reach);
  const shares = Array.from({ length: count }, () => new Float32Array(m));
  const indices = Array.from({ length: count }, () => new Int32Array(m));
  const exclude = isSet(node, 'excludeOutside');
  for (let o = 0; o < m; o++) {
    const own = Array.from({ length: count }, (_, t) => {
      const i = first(o) + t;
      return exclude && (i < 0 || i >= n) ? 0 : weight((i - source(o)) * shrink);
    });
    const sum = own.reduce((total, w) => total + w, 0);
    own.forEach((w, t) => {
      shares[t]![o] = w / sum;
      indices[t]![o] = inside(first(o) + t);
    });
  }
  return { indices, shares };
}

const linearWeight = (x: number): number => Math.max(0, 1 - Math.abs(x));

/** Keys' kernel. */
const cubicWeight =
  (a: number) =>
  (offset: number): number => {
    const x = Math.abs(offset);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };

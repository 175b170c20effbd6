import type { Shape } from '../graph';
import type { Along } from './interval';
import { integersOf, spatialOf, type NodeCore } from './operation';

/** How a window slides along one axis, with the padding that the input's size gives. */
export interface Sliding extends Along {
  readonly after: number;
  /** null where the input's size is free. */
  readonly outputs: number | null;
}

type Padding = 'same' | 'valid' | 'causal' | readonly (readonly [number, number])[];

export const paddingOf = (node: NodeCore): Padding => node.attributes['padding'] as Padding;

/**
 * The windows along each spatial axis. `same` is TensorFlow's: P = max((⌈n/s⌉ − 1)s + reach − n, 0), the odd cell behind.
 * A free size counts as a multiple of the stride.
 */
export function slidingOf(node: NodeCore, input: Shape): readonly Sliding[] {
  const kernel = integersOf(node, 'kernelSize');
  const strides = integersOf(node, 'strides');
  const dilations = node.attributes['dilation'] === undefined ? kernel.map(() => 1) : integersOf(node, 'dilation');
  const padding = paddingOf(node);
  return spatialOf(input).map((size, a) => {
    const along = { kernel: kernel[a] ?? 1, stride: strides[a] ?? 1, dilation: dilations[a] ?? 1 };
    return { ...along, ...paddedAlong(along, size, padding, a) };
  });
}

function paddedAlong(
  { kernel, stride, dilation }: Omit<Along, 'before'>,
  size: number | null,
  padding: Padding,
  axis: number,
): { before: number; after: number; outputs: number | null } {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === 'same') {
    const outputs = size === null ? null : Math.ceil(size / stride);
    const overhang = outputs === null || size === null ? reach - stride : (outputs - 1) * stride + reach - size;
    const total = Math.max(overhang, 0);
    const before = Math.floor(total / 2);
    return { before, after: total - before, outputs };
  }
  const [before, after] =
    padding === 'valid' ? [0, 0] : padding === 'causal' ? [reach - 1, 0] : (padding[axis] ?? [0, 0]);
  const outputs = size === null ? null : Math.floor((size + before + after - reach) / stride) + 1;
  return { before, after, outputs };
}

/** Numbers of a kernel with its zeros: 2 GiB. */
const mostStuffed = 2 ** 29;

/** The kernel with zeros between its taps, so that a plain kernel of reach (k − 1)·d + 1 computes the dilated one exactly. */
export function stuffed(
  values: Float32Array,
  shape: readonly number[],
  dilation: readonly number[],
): { readonly values: Float32Array; readonly shape: readonly number[] } {
  if (dilation.every((d) => d === 1)) return { values, shape };
  const wide = shape.map((n, a) => (a < dilation.length ? (n - 1) * dilation[a]! + 1 : n));
  const count = wide.reduce((p, n) => p * n, 1);
  if (count > mostStuffed) throw new Error(`with zeros between its taps the kernel needs ${count * 4} bytes of memory`);
  const result = new Float32Array(count);
  const block = shape.slice(dilation.length).reduce((p, n) => p * n, 1);
  const taps = shape.slice(0, dilation.length);
  const tapCount = taps.reduce((p, n) => p * n, 1);
  for (let tap = 0; tap < tapCount; tap++) {
    let rest = tap;
    let target = 0;
    let scale = 1;
    for (let a = taps.length - 1; a >= 0; a--) {
      target += (rest % taps[a]!) * dilation[a]! * scale;
      rest = Math.floor(rest / taps[a]!);
      scale *= wide[a]!;
    }
    result.set(values.subarray(tap * block, (tap + 1) * block), target * block);
  }
  return { values: result, shape: wide };
}

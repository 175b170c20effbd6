import { tf, type Tensor } from '../tensorflow';
import type { Sliding } from './along';
import { everyNth } from './striding';

/** A volume's planes across its first spatial axis, as many as are asked for at a time. */
export interface Planes {
  readonly count: number;
  /** Planes [from, to). *Shape* batch, planes, rows, columns, channels. */
  readonly read: (from: number, to: number) => Tensor;
}

/** No kernel takes dilation in space, and with zeros between its taps one would be up to a thousand times dearer. */
export const goesByPlanes = (sliding: readonly Sliding[]): boolean =>
  sliding.length === 3 && sliding.some(({ kernel, dilation }) => kernel > 1 && dilation > 1);

export const planesOf = (x: Tensor): Planes => ({
  count: x.shape[1]!,
  read: (from, to) => cutAlong(x, from, to),
});

/**
 * A convolution in space, plane by plane: each tap along the first axis is a 2D convolution, and these are added up. Kernel
 * `[kz, ky, kx, in, out]`. `outputs`: which planes of the result; all of them by default.
 */
export function convolvedByPlanes(
  { count, read }: Planes,
  kernel: Tensor,
  sliding: readonly Sliding[],
  outputs: { readonly from: number; readonly to: number } = { from: 0, to: outputsAlong(sliding[0]!, count) },
): Tensor {
  const [along, ...across] = sliding as [Sliding, Sliding, Sliding];
  const planes = outputs.to - outputs.from;
  let sum: Tensor | null = null;
  for (let tap = 0; tap < along.kernel; tap++) {
    const shift = tap * along.dilation - along.before;
    // The outputs whose plane of this tap is inside.
    const first = Math.max(outputs.from, Math.ceil(-shift / along.stride));
    const last = Math.min(outputs.to, Math.floor((count - 1 - shift) / along.stride) + 1);
    if (first >= last) continue;
    const x = read(first * along.stride + shift, (last - 1) * along.stride + shift + 1);
    const part = padded(convolvedAcross(everyNth(x, [1, along.stride, 1, 1, 1]), tapOf(kernel, tap), across), [
      [0, 0],
      [first - outputs.from, outputs.to - last],
    ]);
    const before: Tensor | null = sum;
    sum = before ? tf.add(before, part) : part;
    if (before) tf.dispose([before, part]);
  }
  if (sum) return sum;
  const { shape } = convolvedAcross(read(0, 1), tapOf(kernel, 0), across);
  return tf.zeros([shape[0], planes, ...shape.slice(2)]);
}

const outputsAlong = ({ kernel, stride, dilation, before, after }: Sliding, size: number): number =>
  Math.floor((size + before + after - (kernel - 1) * dilation - 1) / stride) + 1;

/** Every plane by itself. */
function convolvedAcross(x: Tensor, kernel: Tensor, across: readonly Sliding[]): Tensor {
  const [batch, planes, rows, columns, inside] = x.shape as [number, number, number, number, number];
  const flat = tf.reshape(x, [batch * planes, rows, columns, inside]);
  const reach = across.map(({ kernel: taps, dilation }) => (taps - 1) * dilation);
  const same = across.every(({ before, after }, a) => {
    return before + after === reach[a] && before === Math.floor(reach[a] / 2);
  });
  const image = same ? flat : padded(flat, [[0, 0], ...across.map(({ before, after }) => [before, after] as const)]);
  const dilations = across.map(({ dilation }) => dilation) as [number, number];
  // Kernels take either strides or dilation: every position is computed, and those of the stride are kept.
  const all = tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, 1, same ? 'same' : 'valid', 'NHWC', dilations);
  const [sy, sx] = across.map(({ stride }) => stride) as [number, number];
  const kept = everyNth(all, [1, sy, sx, 1]);
  return tf.reshape(kept, [batch, planes, ...kept.shape.slice(1)]);
}

function padded(x: Tensor, pairs: readonly (readonly [number, number])[]): Tensor {
  if (pairs.every(([before, after]) => before + after === 0)) return x;
  return tf.pad(
    x,
    x.shape.map((_, axis): [number, number] => [pairs[axis]?.[0] ?? 0, pairs[axis]?.[1] ?? 0]),
  );
}

const tapOf = (kernel: Tensor, tap: number): Tensor => {
  const [, ...shape] = kernel.shape;
  return tf.reshape(cutAt(kernel, 0, tap, tap + 1), shape);
};

const cutAlong = (x: Tensor, from: number, to: number): Tensor => cutAt(x, 1, from, to);

const cutAt = (x: Tensor, axis: number, from: number, to: number): Tensor => {
  if (from === 0 && to === x.shape[axis]) return x;
  return tf.slice(
    x,
    x.shape.map((_, a) => (a === axis ? from : 0)),
    x.shape.map((n, a) => (a === axis ? to - from : n)),
  );
};

import { tf, type Tensor } from '../tensorflow';
import { productOf } from './operation';

/** Every `steps`-th cell along each axis, from the first on; in a form that gradients pass through. */
export function everyNth(x: Tensor, steps: readonly number[]): Tensor {
  if (steps.every((step) => step === 1)) return x;
  const picked = tf.customGrad((image) => ({
    value: tf.stridedSlice(
      image as Tensor,
      x.shape.map(() => 0),
      x.shape,
      [...steps],
    ),
    gradFunc: (slope: Tensor) => filledBetween(slope, steps, x.shape),
  }));
  return picked(x);
}

/** The cells `steps` apart in a map of this shape, zero between and behind them. */
function filledBetween(x: Tensor, steps: readonly number[], shape: readonly number[]): Tensor {
  const apart = steps.reduce((stretched, step, axis) => zerosBetween(stretched, axis, step), x);
  return tf.pad(
    apart,
    shape.map((n, a): [number, number] => [0, n - apart.shape[a]!]),
  );
}

/** `stride` − 1 zeros between each two cells of an axis. */
export function zerosBetween(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const shape = x.shape;
  const n = shape[axis]!;
  const rows = productOf(shape.slice(0, axis + 1));
  const apart = tf.pad(tf.reshape(x, [rows, 1, productOf(shape.slice(axis + 1))]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ]);
  const long = shape.map((size, a) => (a === axis ? n * stride : size));
  const kept = shape.map((size, a) => (a === axis ? (n - 1) * stride + 1 : size));
  return tf.slice(
    tf.reshape(apart, long),
    long.map(() => 0),
    kept,
  );
}

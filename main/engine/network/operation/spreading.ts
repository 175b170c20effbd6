import { tf, type Tensor } from '../tensorflow';
import { zerosBetween } from './striding';

/**
 * Every value of `x` times every tap, added up where the taps fall: a map of `shape`. Kernel `[k…, out, in]`, 1D to 3D; on WASM only
 * `valid`.
 */
export function spreadOut(
  x: Tensor,
  kernel: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  pad: 'same' | 'valid' = 'valid',
): Tensor {
  if (strides.length === 3) {
    if (tf.getBackend() === 'wasm') return spreadByConvolution(x, kernel, strides);
    const full = shape as [number, number, number, number, number];
    return tf.conv3dTranspose(x as tf.Tensor5D, kernel as tf.Tensor5D, full, strides as [number, number, number], pad);
  }
  if (strides.length === 2) {
    const full = shape as [number, number, number, number];
    return tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, full, strides as [number, number], pad);
  }
  const [batch, length, out] = shape as [number, number, number];
  const plane = tf.expandDims<tf.Tensor4D>(x, 1);
  const filter = tf.expandDims<tf.Tensor4D>(kernel, 0);
  return tf.squeeze(tf.conv2dTranspose(plane, filter, [batch, 1, length, out], [1, strides[0]!], pad), [1]);
}

/** The WASM kernel of the 3D one gives wrong sums: zeros between the inputs and the kernel turned round give the same. */
function spreadByConvolution(x: Tensor, kernel: Tensor, strides: readonly number[]): Tensor {
  const apart = strides.reduce((stretched, stride, a) => zerosBetween(stretched, a + 1, stride), x);
  const reach = kernel.shape.slice(0, 3).map((k): [number, number] => [k - 1, k - 1]);
  const padded = tf.pad(apart, [[0, 0], ...reach, [0, 0]]) as tf.Tensor5D;
  const turned = tf.transpose(tf.reverse(kernel, [0, 1, 2]), [0, 1, 2, 4, 3]) as tf.Tensor5D;
  return tf.conv3d(padded, turned, 1, 'valid');
}

import type { Sliding } from '../operation/along';
import { convolvedByPlanes, goesByPlanes, planesOf } from '../operation/planes';
import { nativeAttributes, nativeOperation, tf, type NativeAttribute, type Tensor } from '../tensorflow';

/*
 * The native operations that a batch of boxes is computed with. Called by their own names they cost about 5 µs each, a tenth of what
 * the public functions do. All run inside a `tidy`.
 */

const known = new Map<string, readonly NativeAttribute[]>();

/** Attributes that are always the same, made once. */
function fixed(key: string, values: Parameters<typeof nativeAttributes>[0]): readonly NativeAttribute[] {
  const found = known.get(key);
  if (found) return found;
  const made = nativeAttributes(values);
  known.set(key, made);
  return made;
}

const integers = (values: readonly number[]): Tensor => tf.tensor1d(Int32Array.from(values), 'int32');

/** Numbers of rows; in the shape of the boxes that they are to fill no value needs to be laid into another shape. */
export const indices = (values: Int32Array, shape: readonly number[] = [values.length]): Tensor =>
  tf.tensor(values, [...shape], 'int32');

const layout = (spatial: number): { readonly text: string } => ({ text: spatial === 2 ? 'NHWC' : 'NDHWC' });

const around = (sizes: readonly number[]): readonly number[] => [1, ...sizes, 1];

export const reshaped = (x: Tensor, shape: readonly number[]): Tensor =>
  nativeOperation('Reshape', fixed('Reshape', { T: 'float32', Tshape: 'int32' }), [x, integers(shape)]);

/** Rows of a table `[rows, channels]`: the shape of the index, then channels. */
export const gathered = (table: Tensor, index: Tensor): Tensor =>
  nativeOperation('Gather', fixed('Gather', { validate_indices: true, Tparams: 'float32', Tindices: 'int32' }), [
    table,
    index,
  ]);

/** One table from the rows of several: row i of part p goes to index p, i. Every row must be given. */
export const stitched = (index: readonly Tensor[], parts: readonly Tensor[]): Tensor =>
  nativeOperation('ParallelDynamicStitch', nativeAttributes({ N: parts.length, T: 'float32' }), [...index, ...parts]);

export const joinedAlong = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1
    ? parts[0]!
    : nativeOperation('ConcatV2', nativeAttributes({ N: parts.length, T: 'float32', Tidx: 'int32' }), [
        ...parts,
        tf.scalar(axis, 'int32'),
      ]);

const pairs = { sum: 'AddV2', difference: 'Sub', product: 'Mul' } as const;

export const paired = (kind: keyof typeof pairs, a: Tensor, b: Tensor): Tensor =>
  nativeOperation(pairs[kind], fixed('T', { T: 'float32' }), [a, b]);

export const rectified = (x: Tensor): Tensor => nativeOperation('Relu', fixed('T', { T: 'float32' }), [x]);

export const withBias = (x: Tensor, bias: Tensor): Tensor =>
  nativeOperation('BiasAdd', fixed('BiasAdd', { T: 'float32', data_format: { text: 'NHWC' } }), [x, bias]);

/** Without padding of its own. */
export function convolved(x: Tensor, kernel: Tensor, sliding: readonly Sliding[]): Tensor {
  if (goesByPlanes(sliding)) {
    const within = sliding.map((along) => ({ ...along, before: 0, after: 0 }));
    return convolvedByPlanes(planesOf(x), kernel, within);
  }
  const attributes = nativeAttributes({
    T: 'float32',
    strides: around(sliding.map(({ stride }) => stride)),
    padding: { text: 'VALID' },
    data_format: layout(sliding.length),
    dilations: around(sliding.map(({ dilation }) => dilation)),
  });
  return nativeOperation(sliding.length === 2 ? 'Conv2D' : 'Conv3D', attributes, [x, kernel]);
}

/** 2D convolution, stride 1, with zeros of its own around each axis. */
export function convolvedPadded2d(
  x: Tensor,
  kernel: Tensor,
  dilations: readonly number[],
  padding: readonly (readonly [number, number])[],
): Tensor {
  const attributes = nativeAttributes({
    T: 'float32',
    strides: [1, 1, 1, 1],
    padding: { text: 'EXPLICIT' },
    explicit_paddings: [0, 0, ...padding.flat(), 0, 0],
    data_format: layout(2),
    dilations: around(dilations),
  });
  return nativeOperation('Conv2D', attributes, [x, kernel]);
}

/** Product of two matrices. */
export const multiplied = (a: Tensor, b: Tensor): Tensor =>
  nativeOperation('MatMul', fixed('MatMul', { transpose_a: false, transpose_b: false, T: 'float32' }), [a, b]);

/** Transposed convolution, kernel `[k…, out, in]`, the full sum of size (n − 1)·stride + k. */
export function spread(x: Tensor, kernel: Tensor, strides: readonly number[]): Tensor {
  const spatial = strides.length;
  const full = strides.map((s, a) => (x.shape[a + 1]! - 1) * s + kernel.shape[a]!);
  const shape = integers([x.shape[0], ...full, kernel.shape[spatial]!]);
  const common = {
    T: 'float32',
    strides: around(strides),
    padding: { text: 'VALID' },
    data_format: layout(spatial),
  } as const;
  if (spatial === 2) return nativeOperation('Conv2DBackpropInput', nativeAttributes(common), [shape, kernel, x]);
  const attributes = nativeAttributes({ ...common, Tshape: 'int32', dilations: [1, 1, 1, 1, 1] });
  return nativeOperation('Conv3DBackpropInputV2', attributes, [shape, kernel, x]);
}

/** Without padding. In space by planes first, then across them: the native 3D kernel takes up to three times as long. */
export function pooled(x: Tensor, average: boolean, kernel: readonly number[], strides: readonly number[]): Tensor {
  if (kernel.length === 2) return pooledPlanes(x, average, kernel, strides);
  const [batch, slices, rows, columns, channels] = x.shape as [number, number, number, number, number];
  const planes = reshaped(x, [batch * slices, rows, columns, channels]);
  const across = pooledPlanes(planes, average, kernel.slice(1), strides.slice(1));
  const [, height, width] = across.shape as [number, number, number];
  const lines = reshaped(across, [batch, slices, height * width, channels]);
  const all = pooledPlanes(lines, average, [kernel[0]!, 1], [strides[0]!, 1]);
  return reshaped(all, [batch, all.shape[1]!, height, width, channels]);
}

function pooledPlanes(x: Tensor, average: boolean, kernel: readonly number[], strides: readonly number[]): Tensor {
  const attributes = nativeAttributes({
    T: 'float32',
    ksize: around(kernel),
    strides: around(strides),
    padding: { text: 'VALID' },
    data_format: layout(2),
  });
  return nativeOperation(average ? 'AvgPool' : 'MaxPool', attributes, [x]);
}

export const cut = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  nativeOperation('Slice', fixed('Slice', { T: 'float32', Index: 'int32' }), [x, integers(begin), integers(size)]);

/**
 * Sum over the spatial axes, one at a time: over all at once the native kernel adds one after the other and loses up to 1e-4.
 * *Shape* batch and channels.
 */
export function summedOverSpace(x: Tensor): Tensor {
  let sum = x;
  for (let axis = x.rank - 2; axis >= 1; axis--) sum = tf.sum(sum, axis);
  return sum;
}

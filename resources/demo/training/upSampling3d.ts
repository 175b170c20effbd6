import type * as Tensorflow from '@tensorflow/tfjs-node';

/** Every voxel twice along one axis; `before` and `after` are the products of the sizes beside it. */
function doubled(tf: typeof Tensorflow, x: Tensorflow.Tensor, axis: number): Tensorflow.Tensor {
  const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
  const [before, after] = [product(x.shape.slice(0, axis + 1)), product(x.shape.slice(axis + 1))];
  const shape = x.shape.map((size, n) => (n === axis ? 2 * size : size));
  return tf.tile(x.reshape([before, 1, after]), [1, 2, 1]).reshape(shape);
}

/** Keras' `UpSampling3D` by two, nearest: TF.js has none that can be trained. It is saved under Keras' name. */
export function upSampling3d(tf: typeof Tensorflow, name: string): Tensorflow.layers.Layer {
  class UpSampling3D extends tf.layers.Layer {
    static readonly className = 'UpSampling3D';
    override call(inputs: Tensorflow.Tensor | Tensorflow.Tensor[]): Tensorflow.Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      if (!x) throw new Error('upsampling has an input');
      return tf.tidy(() => [1, 2, 3].reduce((all, axis) => doubled(tf, all, axis), x));
    }
    override computeOutputShape(inputShape: Tensorflow.Shape | Tensorflow.Shape[]): Tensorflow.Shape {
      const shape = inputShape as Tensorflow.Shape;
      return shape.map((size, n) => (size === null || n === 0 || n === 4 ? size : 2 * size));
    }
    override getConfig(): Tensorflow.serialization.ConfigDict {
      return { ...super.getConfig(), size: [2, 2, 2], data_format: 'channels_last' };
    }
  }
  return new UpSampling3D({ name });
}

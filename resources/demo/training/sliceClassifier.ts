import type * as Tensorflow from '@tensorflow/tfjs-node';

export interface SliceClassifier {
  /** What is saved: it ends in a softmax over the classes. */
  readonly model: Tensorflow.LayersModel;
  /** The same layers up to the softmax, for training. */
  readonly logits: Tensorflow.LayersModel;
}

/** Rows and columns of a plane. */
export const planeSide = 64;

/**
 * Four 3×3 convolutions with ReLU (8, 16, 32, 32 channels), each with a pooling behind it, and one dense layer over what is left.
 * *Shape* [batch, 64, 64, 1] → [batch, classes].
 */
export function sliceClassifier(tf: typeof Tensorflow, name: string, classes: number, seed: number): SliceClassifier {
  const input = tf.input({ shape: [planeSide, planeSide, 1], name: 'ct' });
  let x = input;
  for (const [n, filters] of [8, 16, 32, 32].entries()) {
    const level = String(n + 1);
    x = tf.layers
      .conv2d({
        name: `conv${level}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + n }),
      })
      .apply(x) as Tensorflow.SymbolicTensor;
    x = tf.layers.maxPooling2d({ poolSize: 2, name: `pool${level}` }).apply(x) as Tensorflow.SymbolicTensor;
  }
  x = tf.layers.flatten({ name: 'flat' }).apply(x) as Tensorflow.SymbolicTensor;
  const logits = tf.layers
    .dense({ name: 'classes', units: classes, kernelInitializer: tf.initializers.glorotNormal({ seed: seed + 4 }) })
    .apply(x) as Tensorflow.SymbolicTensor;
  const output = tf.layers
    .activation({ name: 'probabilities', activation: 'softmax' })
    .apply(logits) as Tensorflow.SymbolicTensor;
  return {
    model: tf.model({ name, inputs: input, outputs: output }),
    logits: tf.model({ name: `${name}-logits`, inputs: input, outputs: logits }),
  };
}

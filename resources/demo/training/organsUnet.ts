import type * as Tensorflow from '@tensorflow/tfjs-node';

export interface OrgansUnet {
  /** What is saved: it ends in a softmax over the labels. */
  readonly model: Tensorflow.LayersModel;
  /** The same layers up to the softmax, for training: a saturated softmax has no gradient left. */
  readonly logits: Tensorflow.LayersModel;
}

/**
 * `organs-unet`: three poolings, two 3×3 convolutions with ReLU a level, nearest upsampling, skips, softmax over the labels.
 * *Shape* [batch, 128, 128, 1] → [batch, 128, 128, labels]. No normalisation: a filter that a high rate kills stays visibly dead.
 */
export function organsUnet(tf: typeof Tensorflow, labels: number, seed: number, base = 8): OrgansUnet {
  let drawn = 0;
  const conv = (
    x: Tensorflow.SymbolicTensor,
    filters: number,
    name: string,
    kernelSize = 3,
  ): Tensorflow.SymbolicTensor =>
    tf.layers
      .conv2d({
        name,
        filters,
        kernelSize,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + drawn++ }),
      })
      .apply(x) as Tensorflow.SymbolicTensor;
  const twice = (x: Tensorflow.SymbolicTensor, filters: number, name: string): Tensorflow.SymbolicTensor =>
    conv(conv(x, filters, `${name}a`), filters, `${name}b`);

  const input = tf.input({ shape: [128, 128, 1], name: 'ct' });
  const skips: Tensorflow.SymbolicTensor[] = [];
  let x = input;
  for (let level = 1; level <= 3; level++) {
    x = twice(x, base * 2 ** (level - 1), `enc${String(level)}`);
    skips.push(x);
    x = tf.layers.maxPooling2d({ poolSize: 2, name: `pool${String(level)}` }).apply(x) as Tensorflow.SymbolicTensor;
  }
  x = twice(x, base * 8, 'bottom');
  for (let level = 3; level >= 1; level--) {
    const up = tf.layers
      .upSampling2d({ size: [2, 2], name: `up${String(level)}` })
      .apply(x) as Tensorflow.SymbolicTensor;
    const skip = skips[level - 1];
    if (!skip) throw new Error('a level has its skip');
    x = tf.layers.concatenate({ name: `skip${String(level)}` }).apply([skip, up]) as Tensorflow.SymbolicTensor;
    x = twice(x, base * 2 ** (level - 1), `dec${String(level)}`);
  }
  const logits = tf.layers
    .conv2d({
      name: 'organs',
      filters: labels,
      kernelSize: 1,
      kernelInitializer: tf.initializers.glorotNormal({ seed: seed + drawn }),
    })
    .apply(x) as Tensorflow.SymbolicTensor;
  const output = tf.layers
    .activation({ name: 'probabilities', activation: 'softmax' })
    .apply(logits) as Tensorflow.SymbolicTensor;
  return {
    model: tf.model({ name: 'organs-unet', inputs: input, outputs: output }),
    logits: tf.model({ name: 'organs-unet-logits', inputs: input, outputs: logits }),
  };
}

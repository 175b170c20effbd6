import type * as Tensorflow from '@tensorflow/tfjs-node';

/** How much more a voxel of an organ weighs than one of the background, of which there are some hundred times as many. */
const organWeight = 5;
/** Taken from the logits of a label that nobody drew, so that nothing of it is left beside the others. */
const never = 1e4;

/**
 * Weighted cross-entropy plus one minus the soft Dice of the organs. An organ that nobody drew in a patient may lie anywhere in
 * its background there: it takes no part in that patient's softmax, so that the patient neither teaches nor unteaches it.
 * *Shape* logits and truth (one-hot) [batch, rows, columns, labels]; drawn [batch, 1, 1, labels], 0 where nobody drew the label.
 */
export function organLoss(
  tf: typeof Tensorflow,
  logits: Tensorflow.Tensor4D,
  truth: Tensorflow.Tensor4D,
  drawn: Tensorflow.Tensor4D,
): Tensorflow.Scalar {
  const labels = logits.shape[3];
  const known = logits.sub(tf.sub(1, drawn).mul(never));
  const logProbabilities = tf.logSoftmax(known, 3);
  const weights = tf
    .oneHot(tf.tensor1d([0], 'int32'), labels)
    .mul(1 - organWeight)
    .add(organWeight)
    .reshape([1, 1, 1, labels]);
  const crossEntropy = truth.mul(weights).mul(logProbabilities).sum(3).mean().neg();
  const axes = [0, 1, 2];
  const probabilities = logProbabilities.exp();
  const overlap = probabilities.mul(truth).sum(axes);
  const dice = overlap
    .mul(2)
    .add(1)
    .div(probabilities.sum(axes).add(truth.sum(axes)).add(1));
  const organs = dice.slice([1], [labels - 1]);
  return crossEntropy.mul(4).add<Tensorflow.Scalar>(tf.sub(1, organs.mean()));
}

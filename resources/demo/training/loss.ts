import type * as Tensorflow from '@tensorflow/tfjs-node';

/**
 * Cross-entropy plus one minus the soft Dice of the organs. An organ that nobody drew in a patient may lie anywhere in its
 * background there: its probability is counted with the background's, so that the patient neither teaches nor unteaches it.
 * *Shape* probabilities and truth (one-hot) [batch, rows, columns, labels]; drawn [batch, 1, 1, labels].
 */
export function organLoss(
  tf: typeof Tensorflow,
  probabilities: Tensorflow.Tensor4D,
  truth: Tensorflow.Tensor4D,
  drawn: Tensorflow.Tensor4D,
): Tensorflow.Scalar {
  const known = probabilities.mul(drawn);
  const undrawn = probabilities.sub(known).sum(3, true);
  const labels = probabilities.shape[3];
  const toBackground = tf.oneHot(tf.tensor1d([0], 'int32'), labels).reshape([1, 1, 1, labels]);
  const effective = known.add(undrawn.mul(toBackground)) as Tensorflow.Tensor4D;
  const crossEntropy = truth.mul(effective.add(1e-7).log()).sum(3).mean().neg();
  const axes = [0, 1, 2];
  const overlap = effective.mul(truth).sum(axes);
  const dice = overlap
    .mul(2)
    .add(1)
    .div(effective.sum(axes).add(truth.sum(axes)).add(1));
  const organs = dice.slice([1], [labels - 1]);
  return crossEntropy.mul(4).add(tf.sub(1, organs.mean())) as Tensorflow.Scalar;
}

import type * as Tensorflow from '@tensorflow/tfjs-node';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { planeSide as side } from './sliceClassifier';
import { falling, say } from './wish';

/** One plane as the network sees it, and the class that it is of. */
export interface ClassedPlane {
  readonly image: Float32Array;
  readonly of: number;
}

export interface ClassifierFit {
  readonly steps: number;
  readonly seed: number;
  readonly rate: number;
}

export const classifierBatch = 32;
/** Voxels that a plane is moved by at most. */
const furthest = 3;

/** Adam over planes that are slightly moved and brightened, every class drawn as often. The same seed draws the same planes. */
export function fitClassifier(
  tf: typeof Tensorflow,
  logits: Tensorflow.LayersModel,
  planes: readonly ClassedPlane[],
  { steps, seed, rate }: ClassifierFit,
): void {
  const random = xoroshiro128plus(seed);
  const whole = (least: number, most: number): number => uniformInt(random, least, most);
  const classes = logits.outputs[0]?.shape[1] ?? 0;
  const byClass = Array.from({ length: classes }, (_, of) => planes.filter((plane) => plane.of === of));
  const optimizer = tf.train.adam(rate);
  const rateAt = falling(rate, steps, 20);
  for (let step = 0; step < steps; step++) {
    (optimizer as unknown as { learningRate: number }).learningRate = rateAt(step);
    const images = new Float32Array(classifierBatch * side * side);
    const truth = new Int32Array(classifierBatch);
    for (let n = 0; n < classifierBatch; n++) {
      const of = whole(0, classes - 1);
      const some = byClass[of] ?? [];
      const plane = some[whole(0, some.length - 1)];
      if (!plane) continue;
      truth[n] = of;
      const [dx, dy] = [whole(-furthest, furthest), whole(-furthest, furthest)];
      const [gain, offset] = [1 + whole(-100, 100) / 2000, whole(-100, 100) / 4000];
      for (let j = Math.max(0, dy); j < side + Math.min(0, dy); j++)
        for (let i = Math.max(0, dx); i < side + Math.min(0, dx); i++) {
          const value = plane.image[(j - dy) * side + i - dx] ?? 0;
          images[(n * side + j) * side + i] = Math.min(1, Math.max(0, value * gain + offset));
        }
    }
    const loss = tf.tidy(() => {
      const x = tf.tensor4d(images, [classifierBatch, side, side, 1]);
      const y = tf.oneHot(tf.tensor1d(truth, 'int32'), classes);
      const cost = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(y, logits.apply(x, { training: true }) as Tensorflow.Tensor2D),
        true,
      );
      return cost?.dataSync()[0] ?? NaN;
    });
    if (step % 50 === 0) say(`step ${String(step)} loss ${loss.toFixed(4)}`);
  }
  optimizer.dispose();
}

/** Share of planes whose most probable class is theirs. */
export function accuracyOf(
  tf: typeof Tensorflow,
  model: Tensorflow.LayersModel,
  planes: readonly ClassedPlane[],
): number {
  const images = new Float32Array(planes.length * side * side);
  planes.forEach(({ image }, n) => {
    images.set(image, n * side * side);
  });
  const found = tf.tidy(() =>
    (model.predict(tf.tensor4d(images, [planes.length, side, side, 1])) as Tensorflow.Tensor2D).argMax(1).dataSync(),
  );
  return planes.filter(({ of }, n) => found[n] === of).length / planes.length;
}

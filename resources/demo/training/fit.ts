import type * as Tensorflow from '@tensorflow/tfjs-node';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { forget, keepState, takeUp } from './kept';
import { organLoss } from './loss';
import type { Slice } from './slices';

const side = 128;

export interface Fit {
  readonly batch: number;
  readonly steps: number;
  /** Learning rate at a step, 0 … steps − 1. */
  rate(step: number): number;
  readonly seed: number;
  /** File in which the training keeps every 25 steps what it needs to go on where it was cut off. */
  readonly keep: string | undefined;
  /** Called after each step; what it returns true for ends the training. */
  after(step: number, loss: number): Promise<void>;
}

/** A plane moved by whole voxels: what comes in from outside is air and background. */
function shifted<A extends Float32Array | Uint8Array>(from: A, to: A, at: number, dx: number, dy: number): void {
  for (let j = 0; j < side; j++) {
    const row = j - dy;
    if (row < 0 || row >= side) continue;
    for (let i = Math.max(0, dx); i < side + Math.min(0, dx); i++)
      to[at + j * side + i] = from[row * side + i - dx] ?? 0;
  }
}

/** Steps from one keeping to the next. */
const keptEvery = 25;

/** Adam over randomly drawn, slightly moved and brightened planes. The same seed draws the same planes. */
export async function fit(
  tf: typeof Tensorflow,
  model: Tensorflow.LayersModel,
  slices: readonly Slice[],
  how: Fit,
): Promise<void> {
  const random = xoroshiro128plus(how.seed);
  const whole = (least: number, most: number): number => uniformInt(random, least, most);
  const optimizer = tf.train.adam(how.rate(0));
  const labels = model.outputs[0]?.shape[3] ?? 0;
  const weights = model.trainableWeights.map((weight) => (weight as unknown as { val: Tensorflow.Variable }).val);
  const done = how.keep === undefined ? 0 : await takeUp(tf, how.keep, model, optimizer);
  for (let step = 0; step < how.steps; step++) {
    (optimizer as unknown as { learningRate: number }).learningRate = how.rate(step);
    const images = new Float32Array(how.batch * side * side);
    const truth = new Uint8Array(how.batch * side * side);
    const drawn: number[] = [];
    for (let n = 0; n < how.batch; n++) {
      const slice = slices[whole(0, slices.length - 1)];
      if (!slice) continue;
      const [dx, dy] = [whole(-8, 8), whole(-8, 8)];
      shifted(slice.image, images, n * side * side, dx, dy);
      shifted(slice.truth, truth, n * side * side, dx, dy);
      const [gain, offset] = [1 + whole(-100, 100) / 2000, whole(-100, 100) / 4000];
      for (let v = n * side * side; v < (n + 1) * side * side; v++)
        images[v] = Math.min(1, Math.max(0, (images[v] ?? 0) * gain + offset));
      drawn.push(...slice.drawn);
    }
    // What was drawn before it was cut off is drawn again, so that what follows is the same.
    if (step < done) continue;
    const loss = tf.tidy(() => {
      const x = tf.tensor4d(images, [how.batch, side, side, 1]);
      const y = tf
        .oneHot(tf.tensor3d(Int32Array.from(truth), [how.batch, side, side], 'int32'), labels)
        .toFloat() as Tensorflow.Tensor4D;
      const has = tf.tensor4d(drawn, [how.batch, 1, 1, labels]);
      const { value, grads } = tf.variableGrads(
        () => organLoss(tf, model.apply(x, { training: true }) as Tensorflow.Tensor4D, y, has),
        weights,
      );
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value.dataSync()[0] ?? NaN;
    });
    await how.after(step, loss);
    if (how.keep !== undefined && (step + 1) % keptEvery === 0) await keepState(how.keep, step + 1, model, optimizer);
  }
  if (how.keep !== undefined) forget(how.keep);
  optimizer.dispose();
}

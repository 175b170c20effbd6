import type * as Tensorflow from '@tensorflow/tfjs-node';
import type { Slice } from './slices';

const side = 128;

/** Dice of each organ (label 1 on) over one patient's volume; null where nobody drew it. */
export function diceOf(
  tf: typeof Tensorflow,
  model: Tensorflow.LayersModel,
  slices: readonly Slice[],
): (number | null)[] {
  const labels = model.outputs[0]?.shape[3] ?? 0;
  const both = new Array<number>(labels).fill(0);
  const either = new Array<number>(labels).fill(0);
  for (let from = 0; from < slices.length; from += 8) {
    const some = slices.slice(from, from + 8);
    const images = new Float32Array(some.length * side * side);
    some.forEach(({ image }, n) => {
      images.set(image, n * side * side);
    });
    const found = tf.tidy(() =>
      (model.predict(tf.tensor4d(images, [some.length, side, side, 1])) as Tensorflow.Tensor4D).argMax(3).dataSync(),
    );
    some.forEach(({ truth }, n) => {
      for (let v = 0; v < side * side; v++) {
        const [p, t] = [found[n * side * side + v] ?? 0, truth[v] ?? 0];
        either[p] = (either[p] ?? 0) + 1;
        either[t] = (either[t] ?? 0) + 1;
        if (p === t) both[p] = (both[p] ?? 0) + 1;
      }
    });
  }
  const drawn = slices[0]?.drawn ?? [];
  return both.slice(1).map((n, k) => (drawn[k + 1] === 1 ? (2 * n) / (either[k + 1] ?? 1) : null));
}

/** Mean over patients of each organ's Dice, and how many patients it was drawn in. */
export function meanDice(
  rows: readonly (readonly (number | null)[])[],
): { readonly mean: number | null; readonly n: number }[] {
  return (rows[0] ?? []).map((_, organ) => {
    const known = rows.map((row) => row[organ]).filter((d): d is number => typeof d === 'number');
    return { mean: known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : null, n: known.length };
  });
}

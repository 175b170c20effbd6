import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { GraphDraft } from '../../main/engine/network/assemble';
import * as tf from '@tensorflow/tfjs-node';
import { phantomPatient } from '../../main/engine/phantom/phantomPatient';
import { vector } from '../engine/analysis/assembledNetwork';
import { convolution, draftOf, node, relu } from './written';

export const side = 32;

/** A plane of a synthetic patient, −1 … 1 for −1000 … 1000 HU, and the level of the body that it lies at. */
export interface LevelPlane {
  readonly values: Float32Array;
  readonly level: 0 | 1 | 2;
}

/** Planes of one synthetic patient, every fourth voxel: level with the brain, with the mandible, or below both. */
export async function levelPlanes(seed: number): Promise<LevelPlane[]> {
  const { ct, masks } = await phantomPatient(seed, { matrix: 128 });
  const [columns, rows, slices] = ct.grid.size;
  const step = columns / side;
  const plane = columns * rows;
  const has = (name: string, k: number): boolean =>
    masks[name]?.subarray(k * plane, (k + 1) * plane).includes(1) ?? false;
  return Array.from({ length: slices }, (_, k) => ({
    level: has('Brain', k) ? 0 : has('Bone_Mandible', k) ? 1 : 2,
    values: Float32Array.from({ length: side * side }, (_, v) => {
      const [j, i] = [Math.floor(v / side) * step, (v % side) * step];
      return Math.max(-1, Math.min(1, (ct.values[k * plane + j * columns + i] ?? -1000) / 1000));
    }),
  }));
}

const layers = [
  { name: 'conv1', size: 5, from: 1, to: 16 },
  { name: 'conv2', size: 3, from: 16, to: 32 },
] as const;
const levels = 3;
const batch = 32;

export interface Training {
  readonly rate: number;
  readonly steps: number;
  readonly seed: number;
}

/**
 * Trains 5×5-16, pool, 3×3-32, mean, dense by SGD with momentum 0.9 from He's normal law; gives the network as it then is.
 * The same seed draws the same start and the same planes, whatever the rate.
 */
export function trainedDraft(planes: readonly LevelPlane[], { rate, steps, seed }: Training): GraphDraft {
  const random = xoroshiro128plus(seed);
  const start = (shape: number[], fan: number, n: number) =>
    tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fan), 'float32', seed * 10 + n));
  const kernels = layers.map(({ size, from, to }, n) => start([size, size, from, to], size * size * from, n));
  const biases = layers.map(({ to }) => tf.variable(tf.zeros([to])));
  const dense = start([32, levels], 32, 2);
  const optimizer = tf.train.momentum(rate, 0.9);
  const answer = (x: ReturnType<typeof tf.tensor4d>) => {
    const [k1, k2] = kernels as [(typeof kernels)[0], (typeof kernels)[0]];
    const first = tf.relu(tf.add(tf.conv2d(x, k1 as never, 1, 'same'), biases[0]!));
    const second = tf.relu(
      tf.add(tf.conv2d(tf.maxPool(first as never, 2, 2, 'valid'), k2 as never, 1, 'same'), biases[1]!),
    );
    return tf.matMul(tf.mean(second, [1, 2]), dense);
  };
  for (let step = 0; step < steps; step++)
    tf.tidy(() => {
      const drawn = Array.from({ length: batch }, () => planes[uniformInt(random, 0, planes.length - 1)]!);
      const values = new Float32Array(batch * side * side);
      drawn.forEach((plane, n) => {
        values.set(plane.values, n * side * side);
      });
      const x = tf.tensor4d(values, [batch, side, side, 1]);
      const y = tf.oneHot(
        tf.tensor1d(
          drawn.map(({ level }) => level),
          'int32',
        ),
        levels,
      );
      optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, answer(x)).asScalar());
    });
  const drafts = layers.map(({ name, size, from, to }, n) => {
    const held = kernels[n]!.dataSync();
    const filters = Array.from({ length: to }, (_, c) =>
      Array.from({ length: held.length / to }, (_, t) => held[t * to + c] ?? NaN),
    );
    const bias = [...biases[n]!.dataSync()];
    return convolution(name, n === 0 ? 'x' : 'pool', 2, {
      kernel: size,
      filters,
      inputs: from,
      bias,
      activation: relu,
    });
  });
  const weights = Float32Array.from(dense.dataSync());
  optimizer.dispose();
  for (const held of [...kernels, ...biases, dense]) held.dispose();
  return draftOf(
    [side, side, 1],
    [
      drafts[0]!,
      node('pool', 'maxPool2d', 'conv1', { attributes: { kernelSize: [2, 2], strides: [2, 2], padding: 'valid' } }),
      drafts[1]!,
      node('mean', 'globalAveragePool', 'conv2'),
      node('y', 'dense', 'mean', {
        attributes: { activation: { kind: 'softmax', axes: [-1] } },
        weights: [
          { name: 'kernel', shape: [32, levels], values: weights },
          vector(
            'bias',
            Array.from({ length: levels }, () => 0),
          ),
        ],
      }),
    ],
  );
}

import type * as Tensorflow from '@tensorflow/tfjs-node';
import { upSampling3d } from './upSampling3d';

/** Voxels along each axis. */
export const cubeSide = 64;
/** What the last layer's numbers are worth while the network is trained, Gy; it is saved giving Gy. */
export const trainingGy = 10;

/**
 * `dose-unet3d`: two poolings, 3³ convolutions with ReLU (8, 16, 32 channels), nearest upsampling, skips, one number a voxel.
 * *Shape* [batch, 64, 64, 64, channels] → [batch, 64, 64, 64, 1]; any number of slices that is a multiple of 4.
 */
export function doseUnet3d(tf: typeof Tensorflow, channels: number, seed: number): Tensorflow.LayersModel {
  let drawn = 0;
  const conv = (
    x: Tensorflow.SymbolicTensor,
    filters: number,
    name: string,
    kernelSize = 3,
  ): Tensorflow.SymbolicTensor =>
    tf.layers
      .conv3d({
        name,
        filters,
        kernelSize,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + drawn++ }),
      })
      .apply(x) as Tensorflow.SymbolicTensor;
  const half = (x: Tensorflow.SymbolicTensor, name: string): Tensorflow.SymbolicTensor =>
    tf.layers.maxPooling3d({ poolSize: [2, 2, 2], strides: [2, 2, 2], name }).apply(x) as Tensorflow.SymbolicTensor;
  const twice = (x: Tensorflow.SymbolicTensor, name: string): Tensorflow.SymbolicTensor =>
    upSampling3d(tf, name).apply(x) as Tensorflow.SymbolicTensor;
  const beside = (
    a: Tensorflow.SymbolicTensor,
    b: Tensorflow.SymbolicTensor,
    name: string,
  ): Tensorflow.SymbolicTensor => tf.layers.concatenate({ name }).apply([a, b]) as Tensorflow.SymbolicTensor;

  const input = tf.input({ shape: [null, cubeSide, cubeSide, channels], name: 'patient' });
  const first = conv(input, 8, 'enc1');
  const second = conv(conv(half(first, 'pool1'), 16, 'enc2a'), 16, 'enc2b');
  const bottom = conv(conv(half(second, 'pool2'), 32, 'bottoma'), 32, 'bottomb');
  const middle = conv(beside(second, twice(conv(bottom, 16, 'narrow2', 1), 'up2'), 'skip2'), 16, 'dec2');
  const last = conv(beside(first, twice(conv(middle, 8, 'narrow1', 1), 'up1'), 'skip1'), 8, 'dec1');
  const dose = tf.layers
    .conv3d({
      name: 'dose',
      filters: 1,
      kernelSize: 1,
      kernelInitializer: tf.initializers.glorotNormal({ seed: seed + drawn }),
    })
    .apply(last) as Tensorflow.SymbolicTensor;
  return tf.model({ name: 'dose-unet3d', inputs: input, outputs: dose });
}

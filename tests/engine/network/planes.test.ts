import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slidingOf, stuffed } from '../../../main/engine/network/operation/along';
import { convolvedByPlanes, goesByPlanes, planesOf } from '../../../main/engine/network/operation/planes';
import type { NodeCore } from '../../../main/engine/network/operation/operation';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { Draws } from './incremental/randomNetworks';

await startBackend({ rung: 'native' });

const three = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: 3, maxLength: 3 });

const drawn = fc.record({
  sizes: three(fc.integer({ min: 3, max: 9 })),
  kernel: three(fc.integer({ min: 1, max: 3 })),
  dilation: three(fc.integer({ min: 1, max: 5 })),
  strides: three(fc.constantFrom(1, 1, 2)),
  padding: fc.constantFrom('same', 'by numbers'),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

describe('a dilated convolution in space, plane by plane', () => {
  it('equals one by the kernel with zeros between its taps', () => {
    const before = tf.memory().numTensors;
    let outside = 0;
    fc.assert(
      fc.property(drawn, ({ sizes, kernel, dilation, strides, padding, seed }) => {
        const draws = new Draws(seed);
        const around = sizes.map((n, a) => {
          const least = Math.max(0, (kernel[a]! - 1) * dilation[a]! + 1 - n);
          return [draws.integer(Math.ceil(least / 2), least + 2), draws.integer(Math.ceil(least / 2), least + 2)];
        });
        const node: NodeCore = {
          name: 'conv',
          op: 'conv3d',
          inputs: ['x'],
          attributes: { kernelSize: kernel, strides, dilation, padding: padding === 'same' ? 'same' : around },
          weights: [],
        };
        const sliding = slidingOf(node, [2, ...sizes, 2]);
        fc.pre(goesByPlanes(sliding));
        // Taps that meet padding only, along the first axis.
        const [first] = sliding;
        if (first!.before >= sizes[0]! || first!.after >= sizes[0]!) outside += 1;
        const count = (shape: readonly number[]): number => shape.reduce((p, n) => p * n, 1);
        const shape = [...kernel, 2, 3];
        const values = draws.normal(count(shape));
        const wide = stuffed(values, shape, dilation);
        tf.tidy(() => {
          const x = tf.tensor5d(draws.normal(2 * count(sizes) * 2), [2, ...sizes, 2] as [2, number, number, number, 2]);
          const pads = sliding.map((s): [number, number] => [s.before, s.after]);
          const padded = tf.pad<tf.Tensor5D>(x, [[0, 0], ...pads, [0, 0]]);
          const wanted = tf.conv3d(
            padded,
            tf.tensor<tf.Rank.R5>(wide.values, [...wide.shape] as [number, number, number, number, number]),
            strides as [number, number, number],
            'valid',
          );
          const found = convolvedByPlanes(planesOf(x), tf.tensor(values, shape), sliding);
          expect(found.shape).toEqual(wanted.shape);
          const [a, b] = [found, wanted].map((one) => one.dataSync<'float32'>()) as [Float32Array, Float32Array];
          expect(a.reduce((worst, v, n) => Math.max(worst, Math.abs(v - b[n]!)), 0)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(outside).toBeGreaterThan(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives some planes of the result as it gives all', () => {
    tf.tidy(() => {
      const node: NodeCore = {
        name: 'conv',
        op: 'conv3d',
        inputs: ['x'],
        attributes: { kernelSize: [3, 3, 3], strides: [1, 1, 1], dilation: [4, 2, 1], padding: 'same' },
        weights: [],
      };
      const draws = new Draws(3);
      const x = tf.tensor(draws.normal(11 * 6 * 5), [1, 11, 6, 5, 1]);
      const kernel = tf.tensor(draws.normal(27 * 2), [3, 3, 3, 1, 2]);
      const sliding = slidingOf(node, x.shape);
      const all = convolvedByPlanes(planesOf(x), kernel, sliding);
      const some = convolvedByPlanes(planesOf(x), kernel, sliding, { from: 2, to: 9 });
      expect(some.shape).toEqual([1, 7, 6, 5, 2]);
      const wanted = tf.slice(all, [0, 2, 0, 0, 0], [1, 7, 6, 5, 2]).dataSync();
      some.dataSync().forEach((v, n) => {
        expect(v).toBeCloseTo(wanted[n]!, 5);
      });
    });
  });
});

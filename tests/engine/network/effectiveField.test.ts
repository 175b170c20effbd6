import { describe, expect, it } from 'vitest';
import { effectiveField } from '../../../main/engine/network/effectiveField';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import type { LoadedNetwork } from '../../../main/engine/network/network';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { gradientOn } from './gradientOn';
import { chain, noise, weight } from './handmade';
import { relu } from './incremental/randomNetworks';

await startBackend({ rung: 'native' });

type Layer = Parameters<typeof chain>[1][number];

const gradientIn =
  (graph: NetworkGraph): NonNullable<LoadedNetwork['gradient']> =>
  (question, signal) =>
    gradientOn(graph, { ...question, ...(signal ? { signal } : {}) });

const uniform = (name: string, rank: number, k: number, more: object = {}, bias = 0): Layer => ({
  name,
  op: `conv${rank}d`,
  attributes: {
    kernelSize: Array.from({ length: rank }, () => k),
    strides: Array.from({ length: rank }, () => 1),
    dilation: Array.from({ length: rank }, () => 1),
    padding: 'same',
    groups: 1,
    ...more,
  },
  weights: [
    weight('kernel', [...Array.from({ length: rank }, () => k), 1, 1], new Float32Array(k ** rank).fill(1 / k ** rank)),
    weight('bias', [1], [bias]),
  ],
});

const blurs = (rank: number, k: number, count: number): readonly Layer[] =>
  Array.from({ length: count }, (_, at) => uniform(`c${at}`, rank, k));

describe('effective receptive fields', () => {
  it.each([
    [1, 3, 5],
    [2, 3, 5],
    [2, 5, 2],
    [3, 3, 3],
  ] as const)(
    'in %iD of %i-tap uniform convolutions, %i of them, have the variance n(k² − 1)/12 along each axis',
    async (rank, k, n) => {
      const size = n * (k - 1) + 7;
      const sizes = Array.from({ length: rank }, () => size);
      const graph = chain([null, ...sizes, 1], blurs(rank, k, n));
      const middle = Math.floor(size / 2);
      const field = await effectiveField(gradientIn(graph), {
        inputs: [{ input: { shape: [1, ...sizes, 1], values: noise(size ** rank, 3) } }],
        wrt: 'input',
        neuron: { node: `c${n - 1}`, stage: 'output', channel: 0, voxel: sizes.map(() => middle) },
        spacingMm: sizes.map((_, axis) => axis + 1),
      });
      const deviation = Math.sqrt((n * (k ** 2 - 1)) / 12);
      field!.centre.forEach((at) => expect(at).toBeCloseTo(middle, 4));
      field!.deviationMm.forEach((mm, axis) => expect(mm).toBeCloseTo(deviation * (axis + 1), 4));
      expect(field!.radiusMm).toBeCloseTo(deviation * Math.hypot(...sizes.map((_, axis) => axis + 1)), 4);
    },
  );

  it('of five 3-tap convolutions is 1.82574 voxels wide in a field of 11, of which 9 are above 4.55 % of the peak', async () => {
    const field = await effectiveField(gradientIn(chain([null, 31, 1], blurs(1, 3, 5))), {
      inputs: [{ input: { shape: [1, 31, 1], values: noise(31, 3) } }],
      wrt: 'input',
      neuron: { node: 'c4', stage: 'output', channel: 0, voxel: [15] },
      spacingMm: [2.5],
    });
    expect(field!.deviationMm[0]! / 2.5).toBeCloseTo(1.82574, 5);
    expect(field!.strength.values.filter((g) => g > 0)).toHaveLength(11);
    // Trinomial coefficients 1, 5, 15, 30, 45, 51, …: 15/51 and 5/51 lie above, 1/51 = 1.96 % below.
    expect(field!.extent).toBeCloseTo(9 * 2.5, 9);
  });

  it('are means over all entries of all batches, of sizes and not of signs', async () => {
    // A ReLU at 0 on an input of its own sign: of two entries one lets through.
    const graph = chain(
      [null, 9, 1],
      [
        uniform('c', 1, 3),
        { name: 'r', op: 'activation', attributes: { activation: relu } },
        { name: 'minus', op: 'rescale', attributes: { scale: [-2], offset: [0] } },
      ],
    );
    const values = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? 1 : -1));
    const before = tf.memory().numTensors;
    const field = await effectiveField(gradientIn(graph), {
      inputs: [{ input: { shape: [2, 9, 1], values } }, { input: { shape: [1, 9, 1], values: values.slice(0, 9) } }],
      wrt: 'input',
      neuron: { node: 'minus', stage: 'output', channel: 0, voxel: [4] },
      spacingMm: [1],
    });
    expect(field!.inputs).toBe(3);
    expect(Array.from(field!.strength.values)).toEqual([
      0,
      0,
      0,
      ...Array.from({ length: 3 }, () => expect.closeTo(4 / 9, 6) as number),
      0,
      0,
      0,
    ]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of a dead neuron are none', async () => {
    const graph = chain([null, 9, 1], [uniform('c', 1, 3, { activation: relu }, -5)]);
    const asked = {
      wrt: 'input',
      neuron: { node: 'c', stage: 'output', channel: 0, voxel: [4] },
      spacingMm: [1],
    } as const;
    const inputs = [{ input: { shape: [1, 9, 1], values: noise(9, 1) } }];
    expect(await effectiveField(gradientIn(graph), { ...asked, inputs })).toBeNull();
    expect(await effectiveField(gradientIn(graph), { ...asked, inputs: [] })).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { equivarianceOf, shiftsOf } from '../../../../main/engine/analysis/robustness/equivariance';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import { Recipe } from '../../../../shared/recipe';
import { convolution, draftOf, node, relu } from '../../../planted/written';
import { assembledNetwork } from '../assembledNetwork';
import { arrayInput, contextOf } from '../writtenNetwork';

/** Seeded noise that repeats nowhere. */
const grain = (v: number): number => Math.sin(12.9898 * v * v + 78.233 * v);

async function errorOf(layers: readonly NodeCore[], output: unknown = null, sizes: readonly number[] = [16, 24, 1]) {
  const network = await assembledNetwork(draftOf(sizes, layers));
  const recipe =
    output === null
      ? null
      : Recipe.parse({
          schema: 'isolens/recipe@1',
          dims: 2,
          grid: {},
          channels: [{ image: 'CT', clip: [0, 1], scale: [0, 1] }],
          output,
        });
  try {
    const count = sizes.reduce((product, n) => product * n, 1);
    const input = arrayInput(
      Float32Array.from({ length: count }, (_, v) => grain(v)),
      sizes,
    );
    const found = await equivarianceOf(input, contextOf(network, { recipe }), new AbortController().signal);
    if (!found) throw new Error('nothing was measured');
    return { ...found, of: (voxels: number) => found.shifts.find((shift) => shift.voxels === voxels) };
  } finally {
    network.close();
  }
}

const kernels = [1, 2, 3].map((f) => Array.from({ length: 9 }, (_, n) => Math.cos(f * n + 1)));
const pool = { kernelSize: [2, 2], strides: [2, 2], padding: 'valid' } as const;
const dose = { kind: 'regression', quantity: 'dose', unitGy: 70 };

describe('the equivariance error', () => {
  it('of convolutions of stride 1 is exactly 0 away from the border', async () => {
    const found = await errorOf([
      convolution('a', 'x', 2, { kernel: 3, filters: kernels, activation: relu }),
      convolution('b', 'a', 2, { kernel: 3, inputs: 3, filters: [Array.from({ length: 27 }, (_, n) => Math.sin(n))] }),
    ]);
    expect(found).toMatchObject({ period: 1, border: 'kept-off' });
    expect(found.shifts).toEqual([
      { voxels: 1, wholePeriods: true, largest: 0, relative: 0, dice: null, meanGy: null },
    ]);
  });

  it('of max pooling with stride 2 is 0 at even shifts and not at odd ones', async () => {
    const found = await errorOf(
      [
        node('half', 'maxPool2d', 'x', { attributes: pool }),
        node('whole', 'upsample2d', 'half', { attributes: { factor: [2, 2], interpolation: 'nearest' } }),
      ],
      dose,
    );
    expect(found.period).toBe(2);
    expect(found.of(2)).toMatchObject({ wholePeriods: true, largest: 0, meanGy: 0 });
    const odd = found.of(1);
    expect(odd?.wholePeriods).toBe(false);
    expect(odd?.largest).toBeGreaterThan(0.1);
    expect(odd?.meanGy).toBeGreaterThan(1);
  });

  it('of a segmenter is told in Dice of the labels, the background left out', async () => {
    const labels = { kind: 'segmentation', labels: ['background', 'organ'], activation: 'softmax' };
    const same = await errorOf([convolution('y', 'x', 2, { kernel: 1, filters: [[0], [1]] })], labels);
    expect(same.of(1)).toMatchObject({ dice: 1, meanGy: null });
    const aliased = await errorOf(
      [
        node('half', 'maxPool2d', 'x', { attributes: pool }),
        node('whole', 'upsample2d', 'half', { attributes: { factor: [2, 2], interpolation: 'nearest' } }),
        convolution('y', 'whole', 2, { kernel: 1, filters: [[0], [1]], bias: [0.6, 0] }),
      ],
      labels,
    );
    expect(aliased.of(2)?.dice).toBe(1);
    expect(aliased.of(1)?.dice).toBeLessThan(0.95);
  });

  it('of a coarser answer is asked by whole places alone, of a vector by its change', async () => {
    const coarse = await errorOf([node('half', 'maxPool2d', 'x', { attributes: pool })]);
    expect(coarse.shifts.map(({ voxels, largest }) => [voxels, largest])).toEqual([[2, 0]]);
    const vector = await errorOf([node('mean', 'globalAveragePool', 'x')]);
    expect(vector.border).toBe('reached');
    expect(vector.of(1)?.largest).toBeGreaterThan(0);
  });

  it('takes the middle where every place sees the border, and says so', async () => {
    const wide = convolution('wide', 'x', 2, {
      kernel: 25,
      filters: [Array.from({ length: 625 }, (_, n) => Math.sin(n) / 100)],
    });
    const found = await errorOf([wide]);
    expect(found.border).toBe('reached');
    expect(found.of(1)?.largest).toBeGreaterThan(0);
  });

  it('is asked by one voxel, half of the period, and all of it', () => {
    expect([1, 2, 4, 8].map((period) => [...shiftsOf(period)])).toEqual([[1], [1, 2], [1, 2, 4], [1, 4, 8]]);
  });
});

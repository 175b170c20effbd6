import { afterEach, describe, expect, it } from 'vitest';
import { meanOf } from '../../../../main/engine/analysis/search/meanCrop';
import { cropTensor, cropVolume } from '../../../../main/engine/analysis/search/place';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { layoutOf } from '../../../../main/engine/recipe/layout';
import { assembledNetwork } from '../assembledNetwork';
import { draftOf, evenConvolution, neuronOf, obliqueAffine, placedInput, recipeOf, searched } from './planted';

const crop = (size: readonly number[], middle: readonly number[], values: readonly number[]) => ({
  size,
  middle,
  values: Float32Array.from(values),
});

describe('the mean of crops', () => {
  it('lies by their places, and counts only what reaches there', () => {
    // Places at 1 of three and at 0 of two: the second reaches the place and what is behind it.
    const { size, middle, mean, sd, counts } = meanOf([crop([3], [1], [1, 2, 3]), crop([2], [0], [6, 9])], 1);
    expect([size, middle]).toEqual([[3], [1]]);
    expect([...mean]).toEqual([1, 4, 6]);
    expect([...counts]).toEqual([1, 2, 2]);
    // n − 1: √((2 − 4)² + (6 − 4)²), √(3² + 3²).
    expect([...sd]).toEqual([NaN, expect.closeTo(Math.sqrt(8), 5), expect.closeTo(Math.sqrt(18), 5)]);
  });

  it('keeps planes, rows and channels apart, and leaves NaN where no crop reaches', () => {
    const two = [crop([1, 2, 2], [0, 0, 0], [1, 10, 2, 20, 3, 30, 4, 40]), crop([1, 1, 1], [0, 0, 0], [3, 30])];
    const { size, mean } = meanOf([...two, crop([1, 1, 2], [0, 0, 1], [7, 70, 5, 50])], 2);
    expect(size).toEqual([1, 2, 3]);
    expect([...mean]).toEqual([7, 70, 3, 30, 2, 20, NaN, NaN, 3, 30, 4, 40]);
  });

  it.each(['axial', 'coronal'] as const)('is read back from the patient as it was cut (%s planes)', (plane) => {
    const recipe = recipeOf(2, plane);
    const layout = layoutOf(recipe);
    const grid = { size: [4, 5, 6] as const, affine: obliqueAffine(0, [1, 1, 2], [0, 0, 0]) };
    const box = { start: [1, 0, 1], size: [1, 3, 2] };
    const values = Float32Array.from({ length: 12 }, (_, n) => n);
    const volume = cropVolume({ grid, planes: [0, 1, 2, 3] }, layout, '1', box, values);
    expect([...volume.values]).not.toEqual(plane === 'coronal' ? [...values] : []);
    expect(cropTensor(layout, box, volume.values)).toEqual(values);
  });
});

describe('a search', () => {
  let network: LoadedNetwork | null = null;
  afterEach(() => network?.close());

  it('saves the mean of its crops in HU, from the files of the crops', async () => {
    network = await assembledNetwork(draftOf([null, null, null, 1], [evenConvolution('y', 'x', 3, 3)]));
    const recipe = recipeOf(3);
    const affine = obliqueAffine(0, [2, 2, 3], [0, 0, 0]);
    const inputs = [1, 3].map((height, n) => {
      const values = new Float32Array(7 ** 3);
      // A bright voxel at another place in each, on a floor: the neuron answers most right there.
      const at = [3, 3 - n, 3 + n].reduce((offset, i) => offset * 7 + i, 0);
      values[at] = height;
      const input = placedInput(`P${String(n)}`, values, [7, 7, 7], affine, recipe);
      const transforms = [{ kind: 'image' as const, name: 'CT', clip: null, slope: 0.001, intercept: 1 }];
      return { ...input, prepared: { ...input.prepared, transforms } };
    });
    const { neurons, arrays, alone } = await searched(network, inputs, { nodes: ['y'] }, recipe);
    const { meanCrop, top } = neuronOf(neurons, 'y');
    expect(meanCrop).toMatchObject({
      crops: 2,
      size: [3, 3, 3],
      middle: [1, 1, 1],
      channels: [{ name: 'CT', unit: 'HU' }],
      mean: 'mean-crops/y/0/mean.npy',
    });
    expect(alone?.result.files).toEqual({
      meanCrops: {
        'y/0': {
          mean: 'mean-crops/y/0/mean.npy',
          sd: 'mean-crops/y/0/sd.npy',
          counts: 'mean-crops/y/0/counts.npy',
        },
      },
    });
    // By hand: both places are the first of the equal ones, so that the bright voxel is the last of its crop.
    const mean = arrays.get('mean-crops/y/0/mean');
    expect(mean?.shape).toEqual([3, 3, 3, 1]);
    const floor = (0 - 1) / 0.001;
    const peak = ((1 - 1) / 0.001 + (3 - 1) / 0.001) / 2;
    expect([...(mean?.values ?? [])]).toEqual([
      ...Array.from({ length: 26 }, () => expect.closeTo(floor, 2) as unknown),
      expect.closeTo(peak, 2),
    ]);
    expect(arrays.get('mean-crops/y/0/sd')?.values[26]).toBeCloseTo(Math.SQRT2 * 1000, 1);
    expect(top.map(({ value }) => value)).toEqual([3, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { filterLayersOf, levelOf, numberRows } from '../../../renderer/panels/filters/filterLayers';
import {
  filterTops,
  isMatrix,
  kernelValues,
  picturesOf,
  planesOf,
} from '../../../renderer/panels/filters/kernelLayout';
import { leastOf } from '../../../renderer/panels/filters/leastP';
import { paintWeights } from '../../../renderer/panels/filters/paintKernel';
import type { FilterLayer, KernelFigures } from '../../../shared/analysis/filters';

/** Two inputs, three outputs, kernels of two cells: the value tells its place. */
const array = {
  inputs: 2,
  outputs: 3,
  values: Float32Array.from([0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, -112]),
};

const kernel = (input: number, out: number, moranZ: number | null): KernelFigures => ({
  in: input,
  out,
  moranZ,
  gearyC: null,
  lowFrequencyShare: 0.5,
  highFrequencyShare: 0.5,
  totalVariation: null,
  norm: 1 + input + 10 * out,
});

describe('kernels as pictures', () => {
  it('take the weights of one input and output, cell after cell', () => {
    expect(Array.from(kernelValues(array, 1, 2))).toEqual([12, -112]);
    expect(Array.from(kernelValues(array, 0, 1))).toEqual([1, 101]);
    expect(Array.from(filterTops(array))).toEqual([110, 111, 112]);
  });

  it('stand filter by filter as in the file, or the largest number first with those without it last', () => {
    const layer = { kernels: [kernel(0, 0, 1), kernel(1, 0, -2), kernel(0, 1, 3), kernel(1, 1, null)] };
    expect(picturesOf(array, layer, 'index').map(({ name }) => name)).toEqual([
      '00·00',
      '00·01',
      '01·00',
      '01·01',
      '02·00',
      '02·01',
    ]);
    const ranked = picturesOf(array, layer, 'moranZ');
    expect(ranked.slice(0, 3).map(({ out, in: input, value }) => [out, input, value])).toEqual([
      [1, 0, 3],
      [0, 0, 1],
      [0, 1, -2],
    ]);
    // The last filter's kernels were left out of the tests: next to nothing.
    expect(ranked.filter(({ dropped }) => dropped).map(({ out }) => out)).toEqual([2, 2]);
    expect(picturesOf(array, null, 'index').some(({ dropped }) => dropped)).toBe(false);
  });

  it('have their slices side by side; single weights are one matrix', () => {
    expect(planesOf([3, 5, 7])).toEqual({ slices: 3, rows: 5, columns: 7 });
    expect(planesOf([3, 5])).toEqual({ slices: 1, rows: 3, columns: 5 });
    expect(planesOf([5])).toEqual({ slices: 1, rows: 1, columns: 5 });
    expect([isMatrix({ kernelSize: [1, 1] }), isMatrix({ kernelSize: [] }), isMatrix({ kernelSize: [1, 3] })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are orange above zero and blue below, symmetric, and grey where there is no number', () => {
    const data = new Uint8ClampedArray(16);
    paintWeights({ data } as unknown as ImageData, [1, -1, 0, NaN], 1);
    const [plus, minus, zero, none] = [0, 4, 8, 12].map((at) => Array.from(data.subarray(at, at + 3)));
    expect(plus?.[0]).toBeGreaterThan(plus?.[2] ?? 0);
    expect(minus?.[2]).toBeGreaterThan(minus?.[0] ?? 0);
    expect(Math.max(...(zero ?? []))).toBeLessThan(24);
    expect(none).toEqual([128, 128, 128]);
  });
});

describe('a layer beside its twins', () => {
  const layer = {
    status: 'noise-like',
    layer: { notFinite: 0, smoothShare: { value: 0.1, ci95: [0, 0.2] }, stableRank: 3, alpha: null },
    twin: { layer: { smoothShare: { mean: 0.05, low: 0, high: 0.15 }, stableRank: { mean: 9, low: 8, high: 10 } } },
    reference: { stableRank: 2 },
  } as unknown as FilterLayer;

  it('is grey where chance gives the same, and not where it does not', () => {
    const rows = numberRows(layer);
    const of = (key: string) => rows.find((row) => row.key === key);
    expect([of('smoothShare')?.withinNoise, of('stableRank')?.withinNoise]).toEqual([true, false]);
    expect([of('stableRank')?.reference, of('alpha')?.value, of('alpha')?.withinNoise]).toEqual([2, null, false]);
  });

  it('has the badge of its verdict; weights that are no numbers are a problem whatever it says', () => {
    expect(levelOf(layer)).toBe('watch');
    expect(levelOf({ ...layer, status: 'undetermined' })).toBe('cannot-say');
    expect(levelOf({ ...layer, layer: { ...layer.layer, notFinite: 1 } })).toBe('problem');
  });

  it('tells the smallest corrected p, and none where no test applies', () => {
    expect(leastOf({ holm: [0.2, null, 0.01, 1] })).toBe(0.01);
    expect(leastOf({ holm: [null, null, null, null] })).toBeNull();
  });

  it('is not read from a file of another version', () => {
    expect(filterLayersOf({ layers: [{ node: 'x' }] })).toEqual([]);
    expect(filterLayersOf(undefined)).toEqual([]);
  });
});

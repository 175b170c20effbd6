import { describe, expect, it } from 'vitest';
import { unitsPerHu } from '../../../main/engine/recipe/channel';
import { networkInputsOf, type NetworkInput } from '../../../main/engine/recipe/networkInput';
import { prepareArray } from '../../../main/engine/recipe/prepareArray';
import { channelVolumes, prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import type { Study } from '../../../main/engine/study/study';
import type { Description } from '../../../shared/network';
import { IsolensError } from '../../../shared/problem/problem';
import { voxelCount } from '../../../shared/volume';
import { axialGrid, boxStructure, doseOf, frame, imageOf, studyOf } from './study';

const anySize: NetworkInput = { name: 'x', shape: null, multiple: [1, 1, 1] };
const grid = axialGrid([6, 5, 4], [1, 1, 2], [-2, 10, -30]);
const numbers = Int16Array.from({ length: voxelCount(grid) }, (_, n) => n);

const recipeOf = (change: Record<string, unknown>) =>
  readRecipe(
    {
      schema: 'isolens/recipe@1',
      dims: 3,
      grid: {},
      channels: [{ image: 'CT' }],
      output: { kind: 'regression', quantity: 'dose' },
      ...change,
    },
    'r',
  );

const prepare = (
  study: Study,
  change: Record<string, unknown> = {},
  input = anySize,
  more: { series?: string; signal?: AbortSignal } = {},
) => prepareStudy(study, recipeOf(change), input, { id: 'P', patient: 'P', ...more });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (thrown) {
    return thrown instanceof IsolensError ? thrown.problem.code : String(thrown);
  }
  return 'nothing thrown';
};

const plain = studyOf({ images: [imageOf(grid, numbers)] });

describe('the grid of a recipe', () => {
  it('lies with its middle, index (n − 1) / 2, on the centre', async () => {
    const { grid: made } = await prepare(plain, {
      grid: { spacingMm: [2, 1, 1], size: [3, 4, 5], centre: { mm: [0, 12, -27] } },
    });
    // Middle of 3 is index 1, of 4 index 1.5, of 5 index 2.
    expect(made!.affine.filter((_, n) => n % 4 === 3).slice(0, 3)).toEqual([-2, 10.5, -29]);
  });

  it('takes the middle of the EXTERNAL contours as the body, else of what lies above −300 HU', async () => {
    const external = boxStructure('Body', grid, [1, 1, 0], [2, 4, 2], { type: 'EXTERNAL' });
    const one = { grid: { spacingMm: [1, 1, 1], size: [1, 1, 1], centre: 'body' } };
    const from = async (study: Study) =>
      (await prepare(study, one)).grid!.affine.filter((_, n) => n % 4 === 3).slice(0, 3);
    expect(await from(studyOf({ images: [imageOf(grid, numbers)], structures: [external] }))).toEqual([
      -0.5, 12.5, -28,
    ]);
    const air = new Int16Array(numbers.length).fill(-1000);
    for (const k of [1, 2]) for (const j of [1, 2, 3]) for (const i of [3, 4]) air[i + 6 * (j + 5 * k)] = 0;
    expect(await from(studyOf({ images: [imageOf(grid, air)] }))).toEqual([1.5, 12, -27]);
    expect(await codeOf(prepare(studyOf({ images: [imageOf(grid, air.fill(-1000))] }), one))).toBe('recipe/no-body');
  });

  it('sits on the isocentre or a structure, and says when there is none', async () => {
    const at = (centre: unknown) => ({ grid: { spacingMm: [1, 1, 1], size: [1, 1, 1], centre } });
    const study = studyOf({ images: [imageOf(grid, numbers)], isocentresMm: [[1, 2, 3], [1, 2, 9]] }); // prettier-ignore
    const made = await prepare(study, at('isocentre'));
    expect(made.grid!.affine.filter((_, n) => n % 4 === 3).slice(0, 3)).toEqual([1, 2, 3]);
    expect(made.warnings.map(({ code }) => code)).toEqual(['recipe/several-isocentres']);
    expect(await codeOf(prepare(plain, at('isocentre')))).toBe('recipe/no-isocentre');
    expect(await codeOf(prepare(plain, at({ structure: 'PTV' })))).toBe('recipe/no-structure');
  });

  it("pads a free axis to the network's multiple, and takes a fixed size from it", async () => {
    const free = { name: 'x', shape: [null, null, null, null, 1], multiple: [1, 4, 8] };
    const padded = await prepare(plain, {}, free);
    expect(padded.array.shape).toEqual([1, 4, 8, 8, 1]);
    // Five rows padded to eight: one before (⌊3 / 2⌋), two behind; six columns to eight: one before, one behind.
    expect(Array.from(padded.array.values.subarray(0, 10))).toEqual([...Array<number>(8).fill(-1000), -1000, 0]);
    const fixed = await prepare(plain, {}, { name: 'x', shape: [null, 4, 5, 10, 1], multiple: [] });
    expect(fixed.array.shape).toEqual([1, 4, 5, 10, 1]);
    expect(await codeOf(prepare(plain, {}, { name: 'x', shape: [null, 4, 5, 4, 1], multiple: [] }))).toBe(
      'recipe/input-mismatch',
    );
    const other = { name: 'x', shape: [null, 4, 5, 6, 2], multiple: [] };
    expect(await codeOf(prepare(plain, {}, other))).toBe('recipe/input-mismatch');
    expect(await codeOf(prepare(plain, {}, { name: 'x', shape: [null, 5, 6, 1], multiple: [] }))).toBe(
      'recipe/input-mismatch',
    );
    const asked = { grid: { size: [6, 5, 8] } };
    expect(await codeOf(prepare(plain, asked, { name: 'x', shape: [null, 4, 5, 6, 1], multiple: [] }))).toBe(
      'recipe/input-mismatch',
    );
  });
});

describe('the planes of a 2D recipe', () => {
  const at = (i: number, j: number, k: number): number => i + 6 * (j + 5 * k);

  it('run axial by rows j, coronal and sagittal from the head down', async () => {
    const axial = await prepare(plain, { dims: 2 });
    expect(axial.array.shape).toEqual([4, 5, 6, 1]);
    expect(axial.array.values[at(3, 2, 1)]).toBe(at(3, 2, 1));
    const coronal = await prepare(plain, { dims: 2, plane: 'coronal' });
    expect(coronal.array.shape).toEqual([5, 4, 6, 1]);
    expect(coronal.array.values[3 + 6 * (0 + 4 * 2)]).toBe(at(3, 2, 3));
    const sagittal = await prepare(plain, { dims: 2, plane: 'sagittal' });
    expect(sagittal.array.shape).toEqual([6, 4, 5, 1]);
    expect(sagittal.array.values[2 + 5 * (1 + 4 * 3)]).toBe(at(3, 2, 2));
  });

  it('bring all channels of the lower neighbour first, and the outside value beyond the ends', async () => {
    const study = studyOf({
      images: [imageOf(grid, numbers)],
      structures: [boxStructure('S', grid, [0, 0, 2], [5, 4, 2])],
    });
    const channels = [{ image: 'CT', outside: -5 }, { structure: 's ' }];
    const { array, transforms } = await prepare(study, { dims: 2, context: 1, channels });
    expect(array.shape).toEqual([4, 5, 6, 6]);
    const voxel = (k: number) => Array.from(array.values.subarray(6 * at(3, 2, k), 6 * at(3, 2, k) + 6));
    expect(voxel(0)).toEqual([-5, 0, at(3, 2, 0), 0, at(3, 2, 1), 0]);
    expect(voxel(3)).toEqual([at(3, 2, 2), 1, at(3, 2, 3), 0, -5, 0]);
    expect(transforms!.map(({ name }) => name)).toEqual(['CT −1', 's  −1', 'CT', 's ', 'CT +1', 's  +1']);
  });

  it('are those of the recipe: a range, or those that a structure crosses', async () => {
    const study = studyOf({
      images: [imageOf(grid, numbers)],
      structures: [boxStructure('S', grid, [1, 1, 1], [2, 2, 2])],
    });
    const crossed = await prepare(study, { dims: 2, slices: { structure: 'S' } });
    expect(crossed.planes).toEqual([1, 2]);
    expect(crossed.array.values[0]).toBe(at(0, 0, 1));
    const map = crossed.toVolume(crossed.array.values.slice(), { shape: [2, 5, 6], step: [1, 1], start: [0, 0] });
    expect(map.grid).toEqual(crossed.grid);
    expect(map.values[at(4, 3, 2)]).toBe(at(4, 3, 2));
    expect(map.values[at(4, 3, 3)]).toBeNaN();
    expect((await prepare(plain, { dims: 2, slices: [3, 3] })).planes).toEqual([3]);
    expect(await codeOf(prepare(plain, { dims: 2, slices: [2, 4] }))).toBe('recipe/no-slices');
  });
});

describe('the channels of a recipe', () => {
  it('clip first and scale then', async () => {
    const channels = [{ image: 'CT', clip: [10, 60], scale: [-1, 1] }];
    const { array, transforms } = await prepare(plain, { channels });
    expect(array.values[0]).toBe(-1);
    expect(array.values[35]).toBeCloseTo(0, 12);
    expect(array.values[119]).toBe(1);
    expect(transforms).toEqual([{ kind: 'image', name: 'CT', clip: [10, 60], slope: 0.04, intercept: -1.4 }]);
    expect(unitsPerHu(recipeOf({ channels }).channels)).toBe(0.04);
    const shifted = await prepare(plain, { channels: [{ image: 'CT', scale: { mean: 20, sd: 10 } }] });
    expect(shifted.array.values[35]).toBeCloseTo(1.5, 6);
  });

  it('take a z-score over the recipe grid, with sd divided by n, and say when a channel is flat', async () => {
    const { array } = await prepare(plain, { channels: [{ image: 'CT', scale: 'zscore' }] });
    const n = numbers.length;
    expect(array.values[0]).toBeCloseTo((0 - (n - 1) / 2) / Math.sqrt((n * n - 1) / 12), 5);
    expect(unitsPerHu(recipeOf({ channels: [{ image: 'CT', scale: 'zscore' }] }).channels)).toBeNull();
    const flat = studyOf({ images: [imageOf(grid, new Int16Array(n).fill(7))] });
    const prepared = await prepare(flat, { channels: [{ image: 'CT', scale: 'zscore' }] });
    expect(prepared.array.values.every((value) => value === 0)).toBe(true);
    expect(prepared.warnings[0]!.code).toBe('recipe/flat-channel');
  });

  it('divide the dose by its unit, and say how much of the grid lies outside it', async () => {
    const doseGrid = axialGrid([6, 5, 2], [1, 1, 2], [-2, 10, -30]);
    const dose = doseOf(doseGrid, new Float32Array(60).fill(35));
    const study = studyOf({ images: [imageOf(grid, numbers)], doses: [dose] });
    const channels = [{ image: 'CT' }, { dose: 'plan', unitGy: 70 }];
    const { array, warnings, transforms } = await prepare(study, { channels });
    expect(array.values[1]).toBe(0.5);
    expect(array.values[2 * 119 + 1]).toBe(0);
    expect(warnings[0]!.message).toContain('50 % of the grid lies outside');
    expect(transforms![1]).toMatchObject({ kind: 'dose', slope: 1 / 70 });
    const [, shown] = channelVolumes(await prepare(study, { channels }), recipeOf({ channels }));
    expect(shown!.volume.grid).toEqual(grid);
    expect(shown!.volume.values[0]).toBe(0.5);
  });

  it('mask a structure by its voxel centres, or softly by coverage', async () => {
    const half = { ...boxStructure('S', grid, [1, 1, 1], [2, 2, 1]) };
    const study = studyOf({ images: [imageOf(grid, numbers)], structures: [half] });
    const hard = await prepare(study, { channels: [{ structure: 'other', aliases: ['S'] }] });
    expect(hard.array.values.reduce((sum, v) => sum + v, 0)).toBe(4);
    const fine = { spacingMm: [0.8, 1, 2], size: [6, 5, 4] };
    const soft = await prepare(study, { grid: fine, channels: [{ structure: 'S', mask: 'soft' }] });
    expect(soft.array.values.some((v) => v > 0 && v < 1)).toBe(true);
  });

  it('warn where a name says left and the structure lies right', async () => {
    const study = studyOf({
      images: [imageOf(axialGrid([40, 5, 2], [1, 1, 1], [-20, 0, 0]))],
      structures: [boxStructure('Parotid_L', axialGrid([40, 5, 2], [1, 1, 1], [-20, 0, 0]), [2, 1, 0], [6, 3, 1])],
    });
    const { warnings } = await prepare(study, { channels: [{ image: 'CT' }, { structure: 'Parotid_L' }] });
    expect(warnings.map(({ code }) => code)).toEqual(['recipe/wrong-side']);
  });
});

describe('what a study lacks', () => {
  const withDose = (more: Parameters<typeof doseOf>[2], unit?: '%') => {
    const dose = doseOf(grid, new Float32Array(120), more);
    return studyOf({
      images: [imageOf(grid, numbers)],
      doses: [unit ? { ...dose, volume: { ...dose.volume, unit } } : dose],
    });
  };
  const dosed = { channels: [{ dose: 'plan' }] };
  const lonely = boxStructure('S', grid, [1, 1, 1], [2, 2, 1], { frameOfReference: 'elsewhere' });
  const gap = studyOf({ images: [imageOf(grid, numbers, { gapsMm: [-27.04] })] });
  const mr = imageOf(grid, numbers, { modality: 'MR', seriesUid: 'mr', frameOfReference: 'other' });

  it.each<[string, Study, Record<string, unknown>]>([
    ['recipe/no-image', studyOf({ images: [mr] }), {}],
    ['recipe/no-dose', plain, dosed],
    ['recipe/no-dose', withDose({ summationType: 'BEAM' }), dosed],
    ['recipe/relative-dose', withDose({}, '%'), dosed],
    ['recipe/no-structure', plain, { channels: [{ structure: 'PTV70' }] }],
    [
      'recipe/empty-structure',
      studyOf({ images: [imageOf(grid)], structures: [{ ...lonely, contours: [] }] }),
      { channels: [{ structure: 'S' }] },
    ],
    [
      'recipe/other-frame',
      studyOf({ images: [imageOf(grid)], structures: [lonely] }),
      { channels: [{ image: 'CT' }, { structure: 'S' }] },
    ],
    ['recipe/other-frame', studyOf({ images: [imageOf(grid), mr] }), { channels: [{ image: 'CT' }, { image: 'MR' }] }],
    ['recipe/gap', gap, {}],
  ])('is said as %s', async (code, study, change) => {
    expect(await codeOf(prepare(study, change))).toBe(code);
  });

  it('fills gaps when asked to, and says so', async () => {
    const { warnings } = await prepare(gap, { gaps: 'interpolate' });
    expect(warnings.map(({ code }) => code)).toEqual(['recipe/gap-filled']);
  });

  it('chooses the series of the structure set, then the longest, then the one that the job names', async () => {
    const long = imageOf(grid, numbers.map((n) => n + 1000), { seriesUid: 'long' }); // prettier-ignore
    const short = imageOf(axialGrid([6, 5, 3], [1, 1, 2]), new Int16Array(90).fill(7), { seriesUid: 'short' });
    const twin = { ...long, seriesUid: 'twin' };
    const first = async (study: Study, series?: string) =>
      (await prepare(study, {}, anySize, series === undefined ? {} : { series })).array.values[0];
    expect(await first(studyOf({ images: [long, short] }))).toBe(1000);
    expect(await first(studyOf({ images: [long, short], referencedSeriesUid: 'short' }))).toBe(7);
    expect(await first(studyOf({ images: [long, short] }), 'short')).toBe(7);
    const several = studyOf({ images: [long, twin] });
    expect(await codeOf(prepare(several))).toBe('recipe/several-images');
    expect(await first(several, 'twin')).toBe(1000);
    expect(await codeOf(prepare(several, {}, anySize, { series: 'nowhere' }))).toBe('recipe/no-series');
  });

  it('stops when it is cancelled', async () => {
    expect(await codeOf(prepare(plain, {}, anySize, { signal: AbortSignal.abort() }))).toBe('engine/cancelled');
  });
});

describe('identity', () => {
  it('changes with what an analysis can look at, and with nothing else', async () => {
    const structure = boxStructure('S', grid, [1, 1, 1], [2, 2, 1]);
    const of = async (parts: Parameters<typeof studyOf>[0]) => (await prepare(studyOf(parts))).sha256;
    const images = [imageOf(grid, numbers)];
    const same = await of({ images });
    expect(await of({ images: [imageOf(grid, numbers)] })).toBe(same);
    expect(await of({ images: [imageOf(grid, numbers, { sha256: 'cd' })] })).not.toBe(same);
    expect(await of({ images, structures: [structure] })).not.toBe(same);
    expect(await of({ images, doses: [doseOf(grid, new Float32Array(120))] })).not.toBe(same);
  });
});

describe('arrays as inputs', () => {
  const read = (shape: number[], file = 'x.npy') => ({
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
    sha256: file,
    file,
  });
  const inputs: readonly NetworkInput[] = [
    { name: 'ct', shape: [null, 4, 4, 1], multiple: [] },
    { name: 'dose', shape: [null, 2], multiple: [] },
  ];

  it('are taken as they are, with a batch axis of one', () => {
    const prepared = prepareArray(read([4, 4, 1]), null, [inputs[0]!], { id: 'a', patient: 'a' });
    expect(prepared).toMatchObject({ dims: 2, grid: null, array: { shape: [1, 4, 4, 1] } });
    expect(prepared.transforms).toBeUndefined();
    const recipe = recipeOf({ dims: 2, channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }] });
    const known = prepareArray(read([4, 4, 1]), recipe, [inputs[0]!], { id: 'a', patient: 'a' });
    expect(known.array.values[0]).toBe(0.5);
    expect(known.transforms).toEqual([
      { kind: 'image', name: 'CT', clip: [-1000, 1000], slope: 0.0005, intercept: 0.5 },
    ]);
  });

  it('come one for each input of the network, by name', () => {
    const both = { ct: read([4, 4, 1]), dose: read([2], 'y.npy') };
    const prepared = prepareArray(both, null, inputs, { id: 'a', patient: 'a' });
    expect(Object.keys(prepared.arrays!)).toEqual(['ct', 'dose']);
    expect(prepared.arrays!['dose']!.shape).toEqual([1, 2]);
    const open = (given: Parameters<typeof prepareArray>[0]) => () =>
      prepareArray(given, null, inputs, { id: 'a', patient: 'a' });
    expect(open({ ct: read([4, 4, 1]) })).toThrow(/one array for each of its inputs \(ct, dose\)/);
    expect(open({ ...both, dose: read([3]) })).toThrow(/an array of shape \[2\]; this input gives \[3\]/);
  });
});

describe('what the network asks of an input', () => {
  it('is the multiple of its deepest step', () => {
    const node = (name: string, receptiveField: unknown) => ({
      name,
      op: 'x',
      inputs: [],
      outputShape: null,
      parameters: 0,
      activation: null,
      receptiveField,
    });
    const description = {
      network: { inputs: [{ name: 'x', shape: [null, null, null, 1] }], outputs: [] },
      nodes: [
        node('a', { size: [3, 3], step: [1, 1], start: [0, 0] }),
        node('b', { size: [9, 9], step: [8, 4], start: [0, 0] }),
        node('up', { size: [9, 9], step: [0.5, 0.5], start: [0, 0] }),
        node('all', 'global'),
        node('named', { x: { size: [2, 2], step: [2, 16], start: [0, 0] } }),
      ],
    } as unknown as Description;
    expect(networkInputsOf(description)).toEqual([{ name: 'x', shape: [null, null, null, 1], multiple: [8, 16] }]);
  });
});

it('keeps the frame of the image it was made from', async () => {
  expect((await prepare(plain)).frameOfReference).toBe(frame);
});

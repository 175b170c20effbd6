import { describe, expect, it } from 'vitest';
import type { Context, OpenInput, Part } from '../../../../main/engine/analysis/analysis';
import { labelMapOf } from '../../../../main/engine/analysis/labelMap';
import { metricsOf } from '../../../../main/engine/analysis/predict/metrics';
import { predict } from '../../../../main/engine/analysis/predict/predict';
import type { LoadedNetwork, NetworkArray } from '../../../../main/engine/network/network';
import { prepareArray } from '../../../../main/engine/recipe/prepareArray';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { readRecipe } from '../../../../main/engine/recipe/readRecipe';
import type { InputWriter } from '../../../../main/engine/result/inputWriter';
import type { Study } from '../../../../main/engine/study/study';
import { predict as definition } from '../../../../shared/analysis/predict';
import type { Recipe } from '../../../../shared/recipe';
import type { Volume, VoxelArray } from '../../../../shared/volume';
import { axialGrid, boxStructure, doseOf, imageOf, studyOf } from '../../recipe/study';

/** A network made of one function, so that what is expected can be written down by hand. */
const networkOf = (run: (input: NetworkArray) => NetworkArray, activation: string | null = null): LoadedNetwork =>
  ({
    graph: {
      inputs: [{ name: 'x', node: 'x', shape: [null] }],
      outputs: [{ name: 'y', node: 'y', shape: null }],
      nodes: [],
    },
    description: { nodes: [{ name: 'y', op: 'conv2d', inputs: ['x'], activation, receptiveField: null }] },
    run: (inputs: Record<string, NetworkArray>) => Promise.resolve(new Map([['y', run(inputs['x']!)]])),
    batchFor: () => 2,
  }) as unknown as LoadedNetwork;

interface Saved {
  readonly volumes: Record<string, { volume: Volume<VoxelArray>; channels: number | undefined }>;
  readonly arrays: Record<string, { values: Float32Array | Uint8Array; shape: readonly number[] }>;
}
const writerInto = (saved: Saved): InputWriter => ({
  volume: (name, volume, channels) => {
    saved.volumes[name] = { volume, channels };
    return Promise.resolve(`${name}.nrrd`);
  },
  array: (name, values, shape) => {
    saved.arrays[name] = { values, shape };
    return Promise.resolve(`${name}.npy`);
  },
});

async function runOn(input: OpenInput, network: LoadedNetwork, recipe: Recipe | null, more: Partial<Context> = {}) {
  const saved: Saved = { volumes: {}, arrays: {} };
  const context: Context = { network, recipe, memoryBytes: 1e9, inputCount: 1, ...more };
  const work = predict.onInput(input, context, {}, writerInto(saved), new AbortController().signal);
  let step = await work.next();
  for (; !step.done; step = await work.next());
  const part = step.value;
  return { part, values: definition.values.parse(part.result.values), saved };
}

const input = { name: 'x', shape: null, multiple: [1, 1] };
const openStudy = async (study: Study, recipe: Recipe, label: string | null = null): Promise<OpenInput> => ({
  prepared: await prepareStudy(study, recipe, input, { id: 'P', patient: 'P' }),
  spec: { study: 'P' },
  study,
  label,
  truth: null,
});

const grid = axialGrid([4, 4, 3], [2, 2, 5]);
const base = { schema: 'isolens/recipe@1', dims: 2, grid: {}, channels: [{ image: 'CT' }] };

describe('predict on a segmenter', () => {
  // The network calls "organ" what is above 0; the image is so in a box of 2 × 2 × 2 voxels.
  const values = new Int16Array(48).fill(-100);
  for (const k of [0, 1]) for (const j of [1, 2]) for (const i of [1, 2]) values[i + 4 * (j + 4 * k)] = 50;
  const twoClasses = networkOf(({ shape, values: x }) => ({
    shape: [...shape.slice(0, 3), 2],
    values: Float32Array.from({ length: x.length * 2 }, (_, n) => (n % 2 === 0 ? 0 : x[n >> 1]!)),
  }));
  const organ = boxStructure('Organ', grid, [1, 1, 1], [2, 2, 2]);
  const study = studyOf({ images: [imageOf(grid, values)], structures: [organ] });

  it('compares each label with its structure on the recipe grid, batch by batch', async () => {
    const recipe = readRecipe(
      { ...base, output: { kind: 'segmentation', labels: ['background', 'ORGAN'], activation: 'softmax' } },
      'r',
    );
    const { values: found, saved, part } = await runOn(await openStudy(study, recipe), twoClasses, recipe);
    // 8 voxels each, 4 in common; a voxel is 0.02 cc. The surfaces are one slice, 5 mm, apart.
    expect(found.labels).toEqual([
      {
        label: 'ORGAN',
        value: 1,
        structure: 'Organ',
        dice: 0.5,
        hd95Mm: 5,
        volumeCc: expect.closeTo(0.16, 10) as number,
        truthVolumeCc: expect.closeTo(0.16, 10) as number,
        voxels: 8,
        truthVoxels: 8,
      },
    ]);
    expect(found.outputs).toEqual([{ name: 'y', min: -100, max: 50, mean: (8 * 50 - 40 * 100) / 96 }]);
    expect(part.result.files).toEqual({ output: { y: 'output.nrrd' }, labels: 'labels.nrrd' });
    const { volume } = saved.volumes['labels']!;
    expect(volume.grid).toEqual(grid);
    expect(Array.from(volume.values)).toEqual(Array.from(values, (hu) => (hu > 0 ? 1 : 0)));
    expect(saved.volumes['output']!.channels).toBe(2);
    expect(saved.volumes['output']!.volume.values[2 * (1 + 4 * 1) + 1]).toBe(50);
    // Of several networks that are compared, what is read of the outputs is enough.
    const compared = await runOn(await openStudy(study, recipe), twoClasses, recipe, { isCompared: true });
    expect(compared.part.result.files).toEqual({ labels: 'labels.nrrd' });
    expect(Object.keys(compared.saved.volumes)).toEqual(['labels']);
    expect(compared.values).toEqual(found);
  });

  it('puts the planes of a coronal network back into one volume', async () => {
    const recipe = readRecipe(
      { ...base, plane: 'coronal', output: { kind: 'segmentation', labels: ['background', 'Organ'] } },
      'r',
    );
    const { values: found, saved } = await runOn(await openStudy(study, recipe), twoClasses, recipe);
    expect(found.labels![0]).toMatchObject({ dice: 0.5, voxels: 8 });
    expect(saved.volumes['labels']!.volume.grid).toEqual(grid);
  });

  it('gives null with a warning where there is no structure to compare with', async () => {
    const recipe = readRecipe({ ...base, output: { kind: 'segmentation', labels: ['background', 'Other'] } }, 'r');
    const { values: found, part } = await runOn(await openStudy(study, recipe), twoClasses, recipe);
    expect(found.labels![0]).toMatchObject({
      label: 'Other',
      dice: null,
      hd95Mm: null,
      truthVolumeCc: null,
      voxels: 8,
    });
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/no-truth');
  });

  it('looks only at the slices that the recipe selects', async () => {
    const recipe = readRecipe(
      { ...base, slices: [1, 2], output: { kind: 'segmentation', labels: ['background', 'Organ'] } },
      'r',
    );
    const { values: found, saved } = await runOn(await openStudy(study, recipe), twoClasses, recipe);
    expect(found.labels![0]).toMatchObject({ voxels: 4, truthVoxels: 8, dice: 8 / 12 });
    expect(saved.volumes['labels']!.volume.grid.size).toEqual([4, 4, 3]);
  });

  it('holds the truth of an array against its label map, without millimetres', async () => {
    const recipe = readRecipe({ ...base, output: { kind: 'segmentation', labels: ['background', 'Organ'] } }, 'r');
    const read = { shape: [1, 4, 1], values: Float32Array.of(-1, 2, 3, -4), sha256: 'a', file: 'x.npy' };
    const open: OpenInput = {
      prepared: prepareArray(read, recipe, [input], { id: 'a', patient: 'a' }),
      spec: { array: 'x.npy' },
      study: null,
      label: null,
      truth: { shape: [1, 4], values: Float32Array.of(0, 0, 1, 1) },
    };
    const { values: found, part } = await runOn(open, twoClasses, recipe);
    expect(found.labels![0]).toMatchObject({ dice: 0.5, voxels: 2, truthVoxels: 2, volumeCc: null, hd95Mm: null });
    expect(part.result.files).toEqual({ output: { y: 'output.npy' }, labels: 'labels.npy' });
  });
});

describe('label maps', () => {
  const shape = [1, 1, 3, 2];
  const output = { shape, values: Float32Array.of(0.9, 0.2, 0.4, 0.45, 0.6, 0.8) };

  it('take the largest sigmoid above one half, 0 where none is', () => {
    const { output: recipe } = readRecipe(
      { ...base, output: { kind: 'segmentation', labels: ['A', 'B'], activation: 'sigmoid' } },
      'r',
    );
    if (recipe.kind !== 'segmentation') throw new Error('not a segmentation');
    expect(Array.from(labelMapOf(output, recipe, 'sigmoid').map)).toEqual([1, 0, 2]);
    expect(labelMapOf(output, recipe, 'sigmoid').labels).toEqual([
      { label: 'A', value: 1 },
      { label: 'B', value: 2 },
    ]);
    expect(() => labelMapOf({ shape: [1, 1, 2, 3], values: new Float32Array(6) }, recipe, null)).toThrow(/2 label/);
  });
});

describe('predict on a classifier', () => {
  const recipe = readRecipe(
    { ...base, output: { kind: 'classification', labels: ['no', 'yes'], unit: 'patient' } },
    'r',
  );
  // Probability of "yes" in the three slices: 0.9, 0.6, 0.3.
  const answers = [0.9, 0.6, 0.3];
  let plane = 0;
  const network = networkOf(({ shape }) => {
    const rows = Array.from({ length: shape[0]! }, () => answers[plane++]!);
    return { shape: [rows.length, 2], values: Float32Array.from(rows.flatMap((p) => [1 - p, p])) };
  }, 'softmax');

  it('takes the mean of its slices and says whether it is right', async () => {
    plane = 0;
    const study = studyOf({ images: [imageOf(grid)] });
    const { values: found, saved } = await runOn(await openStudy(study, recipe, 'no'), network, recipe);
    expect(found.class).toBe('yes');
    expect(found.probabilities![1]).toBeCloseTo(0.6, 6);
    expect(found).toMatchObject({ truth: 'no', right: false });
    expect(saved.arrays['output']!.shape).toEqual([3, 2]);
  });

  it('refuses a truth that is none of its labels', async () => {
    plane = 0;
    const study = studyOf({ images: [imageOf(grid)] });
    await expect(runOn(await openStudy(study, recipe, 'yess'), network, recipe)).rejects.toThrow(
      /nearest one is "yes"/,
    );
  });
});

describe('predict on a dose network', () => {
  const recipe = readRecipe({ ...base, dims: 3, output: { kind: 'regression', quantity: 'dose', unitGy: 70 } }, 'r');
  const half = networkOf(({ shape, values }) => ({ shape, values: values.map(() => 0.5) }));

  it('gives Gy, and the difference from the plan where the plan is known', async () => {
    const smaller = axialGrid([4, 4, 2], [2, 2, 5]);
    const plan = doseOf(smaller, new Float32Array(32).fill(30).fill(40, 16));
    const target = boxStructure('PTV', grid, [0, 0, 1], [1, 3, 1]);
    const study = studyOf({ images: [imageOf(grid)], doses: [plan], structures: [target] });
    const { values: found, saved } = await runOn(await openStudy(study, recipe), half, recipe);
    expect(saved.volumes['dose']!.volume.unit).toBe('Gy');
    expect(saved.volumes['dose']!.volume.values[0]).toBe(35);
    expect(found.dose).toMatchObject({ voxels: 32, meanDifferenceGy: 0, meanAbsoluteDifferenceGy: 5 });
    expect(found.dose!.structures).toEqual([
      { structure: 'PTV', voxels: 8, meanGy: 35, planMeanGy: 40, meanDifferenceGy: -5, meanAbsoluteDifferenceGy: 5 },
    ]);
  });

  it('stands without a plan, and says that nothing was compared', async () => {
    const study = studyOf({ images: [imageOf(grid)] });
    const { values: found, part } = await runOn(await openStudy(study, recipe), half, recipe);
    expect(found.dose!.meanDifferenceGy).toBeNull();
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/no-plan-dose');
  });
});

describe('means over patients', () => {
  const part = (patient: string, dice: number) => ({
    patient,
    values: {
      labels: [
        {
          label: 'A',
          value: 1,
          structure: 'A',
          dice,
          hd95Mm: null,
          volumeCc: 1,
          truthVolumeCc: 1,
          voxels: 1,
          truthVoxels: 1,
        },
      ],
    },
  });

  it('average the inputs of one patient first, and give no interval below five', () => {
    const { metrics } = metricsOf([part('a', 0.2), part('a', 0.4), part('b', 0.9)]);
    expect(metrics).toMatchObject({ patients: 2, inputs: 3, hd95Mm: { A: null } });
    expect(metrics.dice!['A']).toBeCloseTo(0.6, 12);
  });

  it("give Student's interval from five patients on: mean ± 2.776 s/√5", () => {
    const { metrics, warnings } = metricsOf([0.5, 0.6, 0.7, 0.8, 0.9].map((dice, n) => part(String(n), dice)));
    const figure = metrics.dice!['A'] as { value: number; ci95: [number, number] };
    expect(figure.value).toBeCloseTo(0.7, 12);
    expect(figure.ci95[1] - figure.value).toBeCloseTo((2.776445105 * Math.sqrt(0.025)) / Math.sqrt(5), 6);
    expect(warnings[0]!.code).toBe('analysis/interval-approximate');
  });

  it('conclude without a verdict, since a prediction is not a judgement', () => {
    const parts = [{ result: { id: 'a', values: {}, files: {}, warnings: [] }, kept: part('a', 0.5) }] as Part[];
    const { summary, verdict } = predict.conclude(parts, {} as Context, {});
    expect(verdict).toBeNull();
    expect(definition.summary.parse(summary).metrics.dice).toEqual({ A: 0.5 });
  });
});

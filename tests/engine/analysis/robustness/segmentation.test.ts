import { describe, expect, it } from 'vitest';
import type { Context, OpenInput } from '../../../../main/engine/analysis/analysis';
import { robustness } from '../../../../main/engine/analysis/robustness/robustness';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { readRecipe } from '../../../../main/engine/recipe/readRecipe';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import type { Study } from '../../../../main/engine/study/study';
import { robustness as definition } from '../../../../shared/analysis/robustness';
import type { Recipe } from '../../../../shared/recipe';
import { axialGrid, boxStructure, doseOf, imageOf, studyOf } from '../../recipe/study';
import { contextOf, memoryWriter, runToEnd, writtenNetwork } from '../writtenNetwork';
import { normalCdf } from './normal';

const grid = axialGrid([24, 24, 8], [2, 2, 3]);
const [low, high] = [
  [6, 6, 2],
  [17, 17, 5],
] as const;
const inside = (v: number): boolean => {
  const at = [v % 24, Math.floor(v / 24) % 24, Math.floor(v / 576)];
  return at.every((n, axis) => n >= low[axis]! && n <= high[axis]!);
};
/** An organ of 60 HU in tissue of 0 HU. */
const values = Float32Array.from({ length: 24 * 24 * 8 }, (_, v) => (inside(v) ? 60 : 0));
const organ = boxStructure('Organ', grid, low, high);
const study = studyOf({ images: [imageOf(grid, values)], structures: [organ] });
const base = { schema: 'isolens/recipe@1', dims: 3, grid: {}, channels: [{ image: 'CT' }] };
const segmentation = readRecipe(
  { ...base, output: { kind: 'segmentation', labels: ['background', 'Organ'], activation: 'softmax' } },
  'r',
);

/** p = σ(k·(HU − t)), voxel by voxel (planted truth P15). */
const threshold = (t: number, k = 1): LoadedNetwork =>
  writtenNetwork(
    [8, 24, 24, 1],
    [
      {
        name: 'scores',
        inputs: ['x'],
        shape: [8, 24, 24, 2],
        op: 'conv3d',
        receptiveField: { size: [1, 1, 1], step: [1, 1, 1], start: [0, 0, 0] },
        compute: ([x]) => Array.from({ length: 2 * x!.length }, (_, n) => (n % 2 === 0 ? 0 : k * (x![n >> 1]! - t))),
      },
    ],
    { batch: 8 },
  );

async function testStudy(own: Study, recipe: Recipe, network: LoadedNetwork, parameters: Record<string, unknown>) {
  const prepared = await prepareStudy(
    own,
    recipe,
    { name: 'x', shape: null, multiple: [1, 1, 1] },
    { id: 'P', patient: 'P' },
  );
  const input: OpenInput = { prepared, spec: { study: 'P' }, study: own, label: null, truth: null };
  const described = {
    ...network.description,
    network: { ...network.description.network, inputs: [{ name: 'x', shape: null }] },
  };
  const context: Context = contextOf({ ...network, description: described }, { recipe });
  const parsed = definition.parameters.parse(parameters);
  const memory = memoryWriter();
  const { part } = await runToEnd(
    robustness.onInput(input, context, parsed, memory.writer, new AbortController().signal),
  );
  const { summary, verdict } = robustness.conclude([part], context, parsed);
  return {
    values: definition.values.parse(part.result.values),
    summary: definition.summary.parse(summary),
    verdict,
    memory,
    part,
  };
}

describe('a segmenter that thresholds HU (planted truth P15)', () => {
  it('flips under an offset at t − μ', async () => {
    // The organ stands 20 HU above the threshold, the tissue 40 below.
    const { values: found, verdict } = await testStudy(study, segmentation, threshold(40), {
      families: [{ id: 'offset', severities: [-40, -10, 10, 30, 60] }],
    });
    expect(found.clean).toMatchObject({ right: true, changedShare: 0, wrongShare: 0 });
    expect(found.clean.labels![0]).toMatchObject({ dice: 1, hd95Mm: 0, right: true, confidentWrongCc: 0 });
    const flip = found.firstFlip.offset as number;
    expect(flip).toBeLessThanOrEqual(-20);
    expect(flip).toBeGreaterThan(-20 * 4 ** (1 / 64) - 1e-3);
    // Sure of it: background everywhere, which is wrong by more than a cubic centimetre off the surface.
    expect(found.families[0]!.steps.find(({ severity }) => severity === -40)).toMatchObject({
      right: false,
      confidentWrong: true,
    });
    expect(verdict).toMatchObject({ level: 'problem', code: 'confidently-wrong' });
  });

  it('mislabels Φ(−|μ − t| / σ) of the voxels under noise', async () => {
    const { values: found } = await testStudy(study, segmentation, threshold(30), {
      families: [{ id: 'white-noise', severities: [15, 30] }],
      seeds: 5,
    });
    found.families[0]!.steps.forEach(({ changedShare }, n) => {
      const expected = normalCdf(-30 / [15, 30][n]!);
      const slack = 3.3 * Math.sqrt((expected * (1 - expected)) / (5 * values.length));
      expect(Math.abs(changedShare! - expected)).toBeLessThan(slack);
    });
  });

  it('loses volume under blur as the edge profile says', async () => {
    // At a threshold above half of the contrast the edge moves inwards by σ·Φ⁻¹: along a long edge 60·Φ(d/σ) = t.
    const slab = Float32Array.from(values, (_, v) => (v % 24 >= 8 && v % 24 <= 15 ? 60 : 0));
    const wide = studyOf({
      images: [imageOf(grid, slab)],
      structures: [boxStructure('Organ', grid, [8, 0, 0], [15, 23, 7])],
    });
    const fwhm = 6;
    const t = 45;
    const { values: found } = await testStudy(wide, segmentation, threshold(t), {
      families: [{ id: 'blur', severities: [fwhm] }],
    });
    const sd = fwhm / 2.35482;
    const kept = Array.from({ length: 24 }, (_, i) => {
      const profile = 60 * (normalCdf((16 - 0.5 - i) * (2 / sd)) - normalCdf((8 - 0.5 - i) * (2 / sd)));
      return profile > t ? 1 : 0;
    }).reduce<number>((sum, one) => sum + one, 0);
    expect(kept).toBe(6);
    expect(found.families[0]!.steps[0]!.labels![0]!.volumeCc).toBeCloseTo((kept * 24 * 8 * 12) / 1000, 6);
  });

  it('follows when image and contours move together, and does not when the image alone moves', async () => {
    const asked = { families: [{ id: 'shift', severities: [8] }] };
    const all = await testStudy(study, segmentation, threshold(30), { ...asked, move: 'all' });
    expect(all.values.families[0]!.steps[0]).toMatchObject({ right: true, changedShare: 0, flippedShare: 0 });
    const alone = await testStudy(study, segmentation, threshold(30), { ...asked, move: 'image' });
    // 4 of 12 columns no longer meet: Dice 2·8 / 24.
    expect(alone.values.families[0]!.steps[0]!.labels![0]!.dice).toBeCloseTo(2 / 3, 6);
    expect(alone.values.firstFlip.shift).not.toBeNull();
  });

  it('changes what it sees with the margin of a contour that it reads', async () => {
    const mask = readRecipe(
      {
        ...base,
        channels: [{ structure: 'Organ' }],
        output: { kind: 'segmentation', labels: ['background', 'Organ'], activation: 'softmax' },
      },
      'r',
    );
    const { values: found, part } = await testStudy(study, mask, threshold(0.5, 20), {
      families: [{ id: 'contour-margin', severities: [-4, 4] }, { id: 'offset' }],
    });
    const [smaller, larger] = found.families[0]!.steps;
    // The box is 24 × 24 mm in the plane and 12 mm thick.
    const cc = (24 * 24 * 12) / 1000;
    expect(smaller!.labels![0]!.volumeCc!).toBeLessThan(0.6 * cc);
    expect(larger!.labels![0]!.volumeCc!).toBeGreaterThan(1.5 * cc);
    expect(part.result.warnings.map(({ code }) => code)).toContain('robustness/needs-image');
    expect(found.firstFlip.offset).toBeNull();
  });

  it('saves what it was given, in HU on the grid of the network', async () => {
    const { memory, part } = await testStudy(study, segmentation, threshold(30), {
      families: [{ id: 'offset', severities: [-5, 5] }],
      degraded: true,
    });
    expect(part.result.files).toEqual({
      degraded: { offset: { '-5': 'degraded/offset/minus 5.nrrd', '5': 'degraded/offset/5.nrrd' } },
    });
    const { volume } = memory.volumes.get('degraded/offset/minus 5')!;
    expect(volume.unit).toBe('HU');
    expect(volume.values[0]).toBe(-5);
    expect(volume.grid).toEqual(grid);
  });
});

describe('a network of dose (planted truth P14)', () => {
  const dose = Float32Array.from(values, (hu) => (hu === 60 ? 60 : 0));
  const planned = studyOf({ images: [imageOf(grid, values)], structures: [organ], doses: [doseOf(grid, dose)] });
  const recipe = readRecipe({ ...base, output: { kind: 'regression', quantity: 'dose', unitGy: 1 } }, 'r');
  /** Gives the HU as Gy: an offset of q HU is an error of q Gy everywhere. */
  const copying = writtenNetwork(
    [8, 24, 24, 1],
    [
      {
        name: 'gray',
        inputs: ['x'],
        shape: [8, 24, 24, 1],
        op: 'conv3d',
        receptiveField: { size: [1, 1, 1], step: [1, 1, 1], start: [0, 0, 0] },
        compute: ([x]) => x!,
      },
    ],
  );

  it('is wrong from its tolerance on, and has no confidence', async () => {
    const {
      values: found,
      summary,
      verdict,
    } = await testStudy(planned, recipe, copying, {
      families: [{ id: 'offset', severities: [1, 2.5, 4] }],
      toleranceGy: 2,
    });
    expect(found.clean).toMatchObject({ right: true, confidence: null, confidentWrong: null });
    expect(found.families[0]!.steps.map(({ right, dose: state }) => [right, state!.meanAbsoluteDifferenceGy])).toEqual([
      [true, 1],
      [false, 2.5],
      [false, 4],
    ]);
    expect(found.families[0]!.steps[1]!.dose!.structures[0]).toMatchObject({
      structure: 'Organ',
      meanGy: 62.5,
      d95Gy: 62.5,
    });
    const flip = found.firstFlip.offset as number;
    expect(flip).toBeGreaterThan(2);
    expect(flip).toBeLessThanOrEqual(2 * 2.5 ** (1 / 64));
    expect(summary.clean.confidentWrongRate).toBeNull();
    expect(verdict).toMatchObject({ level: 'watch', code: 'changes-its-mind' });
    expect(verdict!.caveats.map(({ en }) => en)).toContain('a dose network without a spread output has no confidence');
  });
});

import { describe, expect, it } from 'vitest';
import type { Context, OpenInput } from '../../main/engine/analysis/analysis';
import { robustness } from '../../main/engine/analysis/robustness/robustness';
import { prepareStudy } from '../../main/engine/recipe/prepareStudy';
import { readRecipe } from '../../main/engine/recipe/readRecipe';
import { robustness as definition } from '../../shared/analysis/robustness';
import { occlude } from '../engine/analysis/occlusion/run';
import { contextOf, memoryWriter, runToEnd, writtenNetwork } from '../engine/analysis/writtenNetwork';
import { axialGrid, boxStructure, doseOf, imageOf, studyOf } from '../engine/recipe/study';
import { chanceOf, sum, times } from './chance';

const size = [28, 8, 5] as const;
const [columns, lines, slices] = size;
const grid = axialGrid(size, [2, 2, 2]);
const voxels = columns * lines * slices;
const chance = chanceOf(14);
const values = Float32Array.from({ length: voxels }, () => 100 * chance.normal());
/** A slab across the whole image. The edge are voxels on either side of its border, away from its ends, which a margin moves too. */
const structures = [
  { ...boxStructure('PTV', grid, [8, 0, 0], [19, lines - 1, slices - 1]), type: 'PTV' },
  { ...boxStructure('Edge', grid, [19, 3, 2], [20, 4, 2]), type: 'CONTROL' },
];
const given = 60;
/** In mm. */
const sd = 6;
const taps = times(25, (t) => Math.exp(-(((t - 12) * 2) ** 2) / (2 * sd * sd)));
const weights = taps.map((w) => w / sum(taps));

/** P14: dose = D₀ · (PTV mask ∗ Gaussian); the mask is the last of `channels`. */
const network = (channels: number) =>
  writtenNetwork(
    [slices, lines, columns, channels],
    [
      {
        name: 'gray',
        inputs: ['x'],
        op: 'conv3d',
        shape: [slices, lines, columns, 1],
        compute: ([x]) =>
          times(voxels, (v) => {
            const [i, line] = [v % columns, v - (v % columns)];
            return given * sum(weights.map((w, t) => {
              const at = i + t - 12;
              return at < 0 || at >= columns ? 0 : w * x![(line + at) * channels + channels - 1]!;
            }));
          }),
      },
    ],
    { batch: 16 },
  ); // prettier-ignore

async function opened(channels: readonly object[]) {
  const recipe = readRecipe(
    {
      schema: 'isolens/recipe@1',
      dims: 3,
      grid: {},
      channels,
      output: { kind: 'regression', quantity: 'dose', unitGy: 1 },
    },
    'r',
  );
  const study = studyOf({
    images: [imageOf(grid, values)],
    structures,
    doses: [doseOf(grid, new Float32Array(voxels).fill(30))],
  });
  const asked = { name: 'x', shape: null, multiple: [1, 1, 1] };
  const prepared = await prepareStudy(study, recipe, asked, { id: 'P', patient: 'P' });
  const input: OpenInput = { prepared, spec: { study: 'P' }, study, label: null, truth: null };
  return { recipe, input };
}

describe('a dose that is the blurred target (P14)', () => {
  it('rises at the target’s edge by D₀ / (√(2π)·σ) a millimetre of margin', async () => {
    const { recipe, input } = await opened([{ structure: 'PTV' }]);
    const own = network(1);
    const described = {
      ...own.description,
      network: { ...own.description.network, inputs: [{ name: 'x', shape: null }] },
    };
    const context: Context = contextOf({ ...own, description: described }, { recipe });
    const parameters = definition.parameters.parse({ families: [{ id: 'contour-margin', severities: [-2, 2] }] });
    const run = robustness.onInput(input, context, parameters, memoryWriter().writer, new AbortController().signal);
    const { families } = definition.values.parse((await runToEnd(run)).part.result.values);
    const [less, more] = families[0]!.steps.map(
      ({ dose }) => dose!.structures.find(({ structure }) => structure === 'Edge')!.meanGy!,
    );
    const slope = (more! - less!) / 4;
    // The voxels' own width of 2 mm flattens the peak of the Gaussian by h²·n/σ²: below 4 %.
    expect(slope / (given / (Math.sqrt(2 * Math.PI) * sd))).toBeGreaterThan(0.95);
    expect(slope / (given / (Math.sqrt(2 * Math.PI) * sd))).toBeLessThan(1.01);
  });

  it('does not move where HU are hidden, and does where the target’s outline is', async () => {
    const { recipe, input } = await opened([{ image: 'CT' }, { structure: 'PTV' }]);
    const asked = { windowVoxels: 3, strideVoxels: 3, target: { doseIn: 'PTV' }, game: false };
    const image = await occlude(input, contextOf(network(2), { recipe }), { ...asked, channels: 'image' });
    expect(image.drops.every((drop) => drop === 0)).toBe(true);
    const all = await occlude(input, contextOf(network(2), { recipe }), {
      ...asked,
      fill: { constant: 0 },
      channels: 'all',
    });
    expect(Math.max(...all.drops)).toBeGreaterThan(0.1);
  });
});

import { describe, expect, it } from 'vitest';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import { reachOf } from '../../../../main/engine/analysis/occlusion/profile';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { occlusion as definition } from '../../../../shared/analysis/occlusion';
import { contextOf, writtenNetwork } from '../writtenNetwork';
import { body, box, gapMm, indexOf, opened, recipeOf, size, voxels, type Index } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;
const from: Index = [2, 4, 2];
const to: Index = [3, 5, 3];
const structures = [body, box('Organ', 'ORGAN', from, to)];
const gaps = Array.from({ length: voxels }, (_, v) => gapMm(indexOf(v), from, to));

/** The sum of the voxels whose distance from the organ is wanted. */
const summing = (wanted: (gap: number) => boolean): LoadedNetwork =>
  writtenNetwork(
    [nz, ny, nx, 1],
    [
      {
        name: 'y',
        inputs: ['x'],
        shape: [1],
        compute: ([x]) => [gaps.reduce((sum, gap, v) => sum + (wanted(gap) ? (x?.[v] ?? NaN) : 0), 0)],
      },
    ],
  );

async function profile(network: LoadedNetwork, more: Record<string, unknown> = { structure: 'Organ' }) {
  const recipe = recipeOf({ dims: 3 });
  const input = await opened(recipe, [null, nz, ny, nx, 1], structures);
  const context = contextOf(network, { recipe });
  const target = { output: 0, channel: 0 };
  const run = await occlude(input, context, { windowVoxels: 5, target, game: false, profile: true, ...more });
  return { ...run, input, context };
}

describe('the context profile', () => {
  it('finds that the structure is enough for a network that reads it alone', async () => {
    const { values } = await profile(summing((gap) => gap === 0));
    const found = values.profile;
    expect(found).toMatchObject({ structure: 'Organ', usable: true, r90Mm: 0, stays: true, receptiveRadiusMm: null });
    for (const { keep, remove } of found?.steps ?? []) {
      expect(keep).toBeCloseTo(1, 5);
      expect(remove).toBeCloseTo(1, 5);
    }
    expect(found?.steps.slice(1).every(({ ring }) => ring === null || Math.abs(ring) < 1e-6)).toBe(true);
  });

  it('finds the ring that a network reads, and nothing else', async () => {
    // Voxels of 3 × 3 × 4 mm: between 5 and 10 mm.
    const { values } = await profile(summing((gap) => gap > 5 && gap <= 10));
    const found = values.profile;
    expect(found?.r90Mm).toBe(10);
    expect(found?.steps.map(({ keep }) => Math.round((keep ?? NaN) * 1e5) / 1e5)).toEqual([0, 0, 0, 1, 1, 1, 1]);
    const ring = found?.steps[3];
    expect(ring?.ring).toBeCloseTo(found?.effect ?? NaN, 4);
    expect(ring?.cc).toBeCloseTo(gaps.filter((gap) => gap > 5 && gap <= 10).length * 0.036, 9);
    expect(ring?.ringPerCc).toBeCloseTo((ring?.ring ?? NaN) / (ring?.cc ?? NaN), 9);
  });

  it('runs at most 21 coalitions a filling and the intact input once, as was told before', async () => {
    const { values, input, context, asked } = await profile(summing(() => true));
    const ahead =
      occlusion.passes(input, context, asked) - occlusion.passes(input, context, { ...asked, profile: false });
    expect(ahead).toBe(1 + 3 * 21);
    expect(values.profile?.passes).toBeLessThanOrEqual(ahead);
    expect(values.profile?.passes).toBeGreaterThan(30);
  });

  it('takes the first radius from which the curve stays, and tells where it was there before', () => {
    expect(reachOf([0, 0.5, 0.9, 0.95, 1, 1, 1])).toEqual({ at: 2, stays: true });
    expect(reachOf([0.92, 0.5, 0.8, 0.95, 1, 1, 1])).toEqual({ at: 3, stays: false });
    expect(reachOf([0, 0, 0, 0, 0, 0, 0.89])).toEqual({ at: null, stays: true });
    expect(reachOf([1, 0, 0, 0, 0, 0, 0.5])).toEqual({ at: null, stays: false });
    expect(reachOf([NaN, NaN])).toEqual({ at: null, stays: true });
  });

  it('needs a structure to go out from, and says so', async () => {
    const { values, part } = await profile(
      summing(() => true),
      {},
    );
    expect(values.profile).toBeUndefined();
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/profile-without-structure');
    const missing = await profile(
      summing(() => true),
      { structure: 'Heart' },
    );
    expect(missing.part.result.warnings.map(({ code }) => code)).toContain('recipe/no-structure');
  });

  it('scores a label’s own structure where nothing that is kept hides it', async () => {
    const recipe = recipeOf({
      dims: 3,
      output: { kind: 'segmentation', labels: ['background', 'Organ'], activation: 'sigmoid' },
    });
    const input = await opened(recipe, [null, nz, ny, nx, 1], structures);
    // Each voxel's p hangs on its right neighbour, 3 mm away: at the organ's edge the ring of 3 mm is read.
    const network = writtenNetwork(
      [nz, ny, nx, 1],
      [
        {
          name: 'y',
          inputs: ['x'],
          shape: [nz, ny, nx, 1],
          activation: { kind: 'sigmoid' },
          receptiveField: { size: [1, 1, 3], step: [1, 1, 1], start: [0, 0, -1] },
          compute: ([x]) => Array.from({ length: voxels }, (_, v) => 4 * ((v + 1) % nx === 0 ? 0 : (x?.[v + 1] ?? 0))),
        },
      ],
    );
    const { values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 5,
      target: { label: 'Organ' },
      game: false,
      profile: true,
    });
    const found = values.profile;
    expect(found?.receptiveRadiusMm).toBe(3);
    expect(found?.steps.every(({ remove }) => remove === null)).toBe(true);
    expect(found?.steps[1]?.keep).toBeCloseTo(1, 5);
    expect(Math.abs((found?.steps[0]?.keep ?? NaN) - 1)).toBeGreaterThan(1e-3);
  });

  it('gives curves and the median over patients', async () => {
    const one = await profile(summing((gap) => gap === 0));
    const far = await profile(summing((gap) => gap > 5 && gap <= 10));
    const renamed = { ...far.part, kept: { ...(far.part.kept as Record<string, unknown>), patient: 'P2' } };
    const { summary } = occlusion.conclude([one.part, renamed], one.context, one.asked);
    const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
    expect(read.profile).toMatchObject({ usable: 2, medianR90Mm: 5, beyond50Mm: 0 });
    expect(read.profile?.steps).toHaveLength(7);
  });
});

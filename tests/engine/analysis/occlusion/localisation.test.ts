import { describe, expect, it } from 'vitest';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { localise } from '../../../../main/engine/analysis/occlusion/localisation';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import type { Part } from '../../../../main/engine/analysis/occlusion/ranking';
import { writtenNetwork, contextOf } from '../writtenNetwork';
import { body, box, opened, recipeOf, size } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = [24, 20, 8];
const grid = { size: [nx, ny, nz], affine: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] } as const;
const place = (v: number) => [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))] as const;
const volume = (at: (i: number, j: number, k: number) => number) => ({
  grid: { size: [...grid.size] as [number, number, number], affine: grid.affine },
  values: Float32Array.from({ length: nx * ny * nz }, (_, v) => at(...place(v))),
  unit: '1' as const,
  frameOfReference: '1.2.3',
});
const maskOf = (holds: (i: number, j: number, k: number) => boolean) =>
  Uint8Array.from({ length: nx * ny * nz }, (_, v) => (holds(...place(v)) ? 1 : 0));
const whole = maskOf(() => true);
const organ = maskOf((i, j, k) => i >= 4 && i < 8 && j >= 5 && j < 9 && k >= 2 && k < 5);
const partOf = (mask: Uint8Array, name = 'Organ'): Part => ({ name, kind: 'structure', mask });
const setting = (map: ReturnType<typeof volume>, more: Record<string, unknown> = {}) => ({
  map,
  body: whole,
  image: null,
  toleranceMm: 5,
  seed: 1,
  ...more,
});
const first = (map: ReturnType<typeof volume>, mask = organ, more: Record<string, unknown> = {}) => {
  const [row] = wholly(localise(setting(map, more), [partOf(mask)])).structures;
  if (!row) throw new Error('no row');
  return row;
};

describe('where a map lies', () => {
  it('is 1, 1, 1 for a map that is the structure, beyond all shifted copies', () => {
    const row = first(volume((i, j, k) => organ[i + nx * (j + ny * k)] ?? 0));
    expect(row).toMatchObject({ mass: 1, rank: 1, rankBounds: [1, 1], pointing: 1, shifts: 199 });
    expect(row.p).toEqual({ mass: 0.005, rank: 0.005, pointing: expect.any(Number) as number });
    expect(row.chance).toBeCloseTo(48 / (nx * ny * nz), 12);
  });

  it('is the structure’s share of the body for an even map, whose ranks nobody can tell', () => {
    const row = first(volume(() => 2));
    expect(row.mass).toBeCloseTo(48 / (nx * ny * nz), 12);
    expect(row.rank).toBeNull();
    expect(row.rankBounds).toEqual([0, 1]);
    expect(row.p).toMatchObject({ mass: 1, rank: null });
    // Every voxel is a peak: the share of them near the structure.
    expect(row.pointing).toBeGreaterThan(0);
    expect(row.pointing).toBeLessThan(0.2);
  });

  it('counts the positive part alone, inside what was covered', () => {
    const row = first(
      volume((i, j, k) => (i === 0 ? NaN : organ[i + nx * (j + ny * k)] === 1 ? 1 : i < 12 ? -5 : 0.01)),
    );
    expect(row.mass).toBeCloseTo(48 / (48 + 0.01 * 12 * ny * nz), 5);
    expect(row.chance).toBeCloseTo(48 / ((nx - 1) * ny * nz), 12);
  });

  it('has no mass and no peak where nothing supports the score', () => {
    expect(first(volume(() => -1))).toMatchObject({ mass: null, pointing: null, p: { mass: null, pointing: null } });
  });

  it('hits within the tolerance, and misses beyond it', () => {
    const peakAt = (at: number) => volume((i, j, k) => (i === at && j === 6 && k === 3 ? 1 : 0));
    // The structure ends at i = 7; voxels of 2 mm: i = 9 is 4 mm away, i = 10 is 6 mm.
    expect(first(peakAt(9)).pointing).toBe(1);
    expect(first(peakAt(10)).pointing).toBe(0);
  });

  it('gives no p where fewer than fifty copies find room', () => {
    const large = maskOf((i) => i > 0 && i < nx - 1);
    const row = first(
      volume((i) => i),
      large,
    );
    expect(row.shifts).toBeLessThan(50);
    expect(row.p).toEqual({ mass: null, rank: null, pointing: null });
    expect(row.massQ).toBeNull();
  });

  it('shifts only to tissue of about the same mean', () => {
    const image = volume((i) => (i < 12 ? 40 : -800));
    const row = first(
      volume((i) => (i < 12 ? 1 : 0)),
      organ,
      { image },
    );
    expect(row.shifts).toBe(199);
    // All copies lie in the soft half, where the map is even: none is less.
    expect(row.p.mass).toBe(1);
  });

  it('raises false alarms in about one map of twenty that knows nothing of the structure', () => {
    let alarms = 0;
    const maps = 60;
    for (let seed = 1; seed <= maps; seed++) {
      const waves = Array.from({ length: 6 }, (_, w) => (Math.sin(seed * 12.9898 + w * 78.233) * 43758.5453) % 1);
      const wave = (w: number) => waves[w] ?? 0;
      const map = volume(
        (i, j, k) =>
        Math.max(0, Math.sin(0.35 * (1 + wave(0)) * i + 6 * wave(1)) + Math.cos(0.4 * (1 + wave(2)) * j + 6 * wave(3)) + 0.5 * Math.sin(k + 6 * wave(4))), // prettier-ignore
      );
      const moved = maskOf((i, j, k) => organ[((i + 7 * seed) % nx) + nx * (((j + 3 * seed) % ny) + ny * k)] === 1);
      const { p } = first(map, moved, { seed });
      if (p.mass !== null && p.mass <= 0.05) alarms += 1;
    }
    // Binomial(60, 0.05): more than ten come once in a few thousand.
    expect(alarms).toBeLessThan(11);
  });

  it('corrects over the structures of an input', () => {
    const map = volume((i, j, k) => organ[i + nx * (j + ny * k)] ?? 0);
    const other = maskOf((i, j, k) => i >= 14 && i < 18 && j >= 5 && j < 9 && k >= 2 && k < 5);
    const { structures } = wholly(localise(setting(map), [partOf(organ), partOf(other, 'Other')]));
    expect(structures.map(({ massQ }) => massQ)).toEqual([0.01, 1]);
  });

  it('stands in values and summary where it is asked for, and nowhere else', async () => {
    const recipe = recipeOf({ dims: 3 });
    const structures = [body, box('Organ', 'ORGAN', [5, 4, 2], [6, 5, 3])];
    const input = await opened(recipe, [null, size[2], size[1], size[0], 1], structures);
    const at = 5 + size[0] * (4 + size[1] * 2);
    const network = writtenNetwork(
      [size[2], size[1], size[0], 1],
      [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [x?.[at] ?? NaN] }],
    );
    const context = contextOf(network, { recipe });
    const parameters = {
      windowVoxels: 1,
      strideVoxels: 1,
      fill: { constant: -1000 },
      target: { output: 0, channel: 0 },
      game: false,
    };
    const { part, values, asked } = await occlude(input, context, { ...parameters, localisation: true });
    expect(values.localisation?.toleranceMm).toBe(5);
    expect(values.localisation?.structures).toMatchObject([{ name: 'Organ', mass: 1, pointing: 1 }]);
    const { summary } = occlusion.conclude([part], context, asked);
    expect(summary).toMatchObject({ localisation: [{ name: 'Organ', n: 1, mass: 1 }] });
    const plain = await occlude(input, context, parameters);
    expect(plain.values.localisation).toBeUndefined();
  });
});

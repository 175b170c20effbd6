import { describe, expect, it } from 'vitest';
import type { Context, OpenInput } from '../../../../main/engine/analysis/analysis';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { maskOf } from '../../../../main/engine/volume/mask';
import { applyAffine, type Affine } from '../../../../shared/geometry';
import { Recipe } from '../../../../shared/recipe';
import type { Structure } from '../../../../shared/structure';
import { Verdict } from '../../../../shared/verdict';
import { frame, imageOf, studyOf } from '../../recipe/study';
import { contextOf, writtenNetwork } from '../writtenNetwork';
import { occlude } from './run';

const [nx, ny, nz] = [12, 10, 6];
const affine: Affine = [3, 0, 0, -20, 0, 3, 0, -15, 0, 0, 4, 30, 0, 0, 0, 1];

/** A box of voxels as contours on every slice, drawn half a voxel outside the centres. */
function box(name: string, type: string, from: readonly number[], to: readonly number[]): Structure {
  const contours = Array.from({ length: (to[2] ?? 0) - (from[2] ?? 0) + 1 }, (_, n) => {
    const k = (from[2] ?? 0) + n;
    const [x0, x1, y0, y1] = [(from[0] ?? 0) - 0.5, (to[0] ?? 0) + 0.5, (from[1] ?? 0) - 0.5, (to[1] ?? 0) + 0.5];
    const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]] as const; // prettier-ignore
    return {
      kind: 'CLOSED_PLANAR' as const,
      points: Float64Array.from(corners.flatMap(([i, j]) => applyAffine(affine, [i, j, k]))),
    };
  });
  return { number: 1, name, type, colour: [255, 0, 0], frameOfReference: frame, contours };
}

const structures = [box('BODY', 'EXTERNAL', [1, 1, 0], [10, 8, 5]), box('Organ', 'ORGAN', [5, 4, 2], [6, 5, 3])];
const hu = Int16Array.from({ length: nx * ny * nz }, (_, v) => Math.round(400 * Math.sin(v * 12.9898)));

const recipeOf = (more: Record<string, unknown>) =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    grid: {},
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'classification', labels: ['no', 'yes'], activation: 'sigmoid' },
    ...more,
  });

async function opened(recipe: Recipe, shape: readonly (number | null)[]): Promise<OpenInput> {
  const study = studyOf({ images: [imageOf({ size: [nx, ny, nz], affine }, hu)], structures });
  const prepared = await prepareStudy(
    study,
    recipe,
    { name: 'x', shape, multiple: shape.slice(1, -1).map(() => 1) },
    { id: 'P1', patient: 'P1' },
  );
  return { prepared, spec: { study: 'P1' }, study, label: null, truth: null };
}

/** The answer is one voxel of the input. */
const oneVoxel = (shape: readonly number[], at: number): LoadedNetwork =>
  writtenNetwork(shape, [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [x?.[at] ?? NaN] }]);

describe('occlusion of a study', () => {
  it('peaks on the one voxel that matters, in patient millimetres, in 3D', async () => {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    // Tensor order is slice, row, column: voxel (i, j, k) = (7, 2, 4).
    const network = oneVoxel([nz, ny, nx, 1], 7 + nx * (2 + ny * 4));
    const { volumes, values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 1,
      strideVoxels: 1,
      fill: { constant: -1000 },
      target: { output: 0, channel: 0 },
      game: false,
    });
    const map = volumes.get('map')?.volume;
    if (!map) throw new Error('no map');
    const sizes = Array.from(map.values, Math.abs);
    const peak = sizes.indexOf(Math.max(...sizes));
    const { size } = map.grid;
    const mm = applyAffine(map.grid.affine, [
      peak % size[0],
      Math.floor(peak / size[0]) % size[1],
      Math.floor(peak / (size[0] * size[1])),
    ]);
    expect(mm).toEqual(applyAffine(affine, [7, 2, 4]));
    expect(sizes.filter((x) => x > 0)).toHaveLength(1);
    // −1000 HU is 0 for the network: the drop is the voxel's own value.
    const own = ((hu[7 + nx * (2 + ny * 4)] ?? NaN) + 1000) / 2000;
    expect(map.values[peak]).toBeCloseTo(own, 6);
    expect(values.structures.find(({ name }) => name === 'unlabelled tissue')?.share).toBe(1);
  });

  it.each(['axial', 'coronal', 'sagittal'] as const)(
    'peaks on it in every plane of a 2D network too: %s',
    async (plane) => {
      const recipe = recipeOf({ dims: 2, plane });
      const input = await opened(recipe, [null, null, null, 1]);
      const { shape } = input.prepared.array;
      const [planes = 0, rows = 0, columns = 0] = shape;
      const [p, r, c] = [2, 3, 5];
      const ramp = Float32Array.from({ length: planes * rows * columns }, (_, v) => v);
      const where = input.prepared.toVolume(ramp, { shape: [planes, rows, columns], step: [1, 1], start: [0, 0] });
      const expected = where.values.indexOf((p * rows + r) * columns + c);

      const network = writtenNetwork(
        [rows, columns, 1],
        [{ name: 'y', inputs: ['x'], shape: [rows, columns, 1], compute: ([x]) => Array.from(x ?? []) }],
      );
      const { volumes, values } = await occlude(input, contextOf(network, { recipe }), {
        windowVoxels: 1,
        strideVoxels: 1,
        fill: { constant: -1000 },
        target: { output: 0, channel: 0, voxel: [p, r, c] },
        game: false,
      });
      expect(values.lattice.count).toEqual([planes, rows, columns]);
      expect(values.lattice.windowVoxels).toEqual([1, 1, 1]);
      const map = volumes.get('map')?.volume;
      const peak = map?.values.indexOf(Math.max(...map.values));
      expect(peak).toBe(expected);
      expect(map?.grid).toEqual(input.prepared.grid);
    },
  );

  it('takes the window in mm to odd voxels of each axis of the recipe’s grid', async () => {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const { values } = await occlude(input, contextOf(oneVoxel([nz, ny, nx, 1], 0), { recipe }), {
      windowMm: [15, 9, 12],
      target: { output: 0, channel: 0 },
      game: false,
    });
    expect(values.lattice.windowVoxels).toEqual([3, 3, 5]);
    expect(values.lattice.windowMm).toEqual([12, 9, 15]);
  });

  it('turns a constant in HU into network units by the recipe, clipped', async () => {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const at = 5 + nx * (4 + ny * 2);
    const context = contextOf(oneVoxel([nz, ny, nx, 1], at), { recipe });
    const own = ((hu[at] ?? NaN) + 1000) / 2000;
    for (const [constant, units] of [
      [0, 0.5],
      [-3000, 0],
    ] as const) {
      const { drops } = await occlude(input, context, {
        windowVoxels: 1,
        strideVoxels: 1,
        fill: { constant },
        target: { output: 0, channel: 0 },
        game: false,
      });
      expect(drops[at]).toBeCloseTo(own - units, 6);
    }
  });

  it('leaves the window’s own voxels out of a label’s drop on both sides, and not out of its baseline', async () => {
    const recipe = recipeOf({
      dims: 2,
      output: { kind: 'segmentation', labels: ['background', 'Organ'], activation: 'sigmoid' },
    });
    const input = await opened(recipe, [null, ny, nx, 1]);
    // Each voxel's p is its own value, and a share of its right neighbour's.
    const network = writtenNetwork(
      [ny, nx, 1],
      [
        {
          name: 'y',
          inputs: ['x'],
          shape: [ny, nx, 1],
          activation: { kind: 'sigmoid' },
          compute: ([x]) =>
            Array.from({ length: nx * ny }, (_, v) => (x?.[v] ?? 0) + ((v + 1) % nx === 0 ? 0 : (x?.[v + 1] ?? 0))),
        },
      ],
    );
    const { drops, values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 1,
      strideVoxels: 1,
      fill: { constant: 1000 },
      target: { label: 'Organ', region: 'Organ' },
      game: false,
    });
    const x = (k: number, j: number, i: number) => ((hu[i + nx * (j + ny * k)] ?? NaN) + 1000) / 2000;
    const p = (k: number, j: number, i: number) => 1 / (1 + Math.exp(-(x(k, j, i) + x(k, j, i + 1))));
    const cc = (3 * 3 * 4) / 1000;
    let size = 0;
    for (const k of [2, 3]) for (const j of [4, 5]) for (const i of [5, 6]) size += p(k, j, i) * cc;
    expect(values).toMatchObject({ score: 'soft-volume', unit: 'cc' });
    expect(values.baseline).toBeCloseTo(size, 6);
    const position = (k: number, j: number, i: number) => i + nx * (j + ny * k);
    // Hiding (6, 4) of slice 2 moves its left neighbour, which lies in the region; its own p is left out.
    const moved = 1 / (1 + Math.exp(-(x(2, 4, 5) + 1)));
    expect(drops[position(2, 4, 6)]).toBeCloseTo((p(2, 4, 5) - moved) * cc, 7);
    // Hiding (5, 4) moves (4, 4), which lies outside the region: nothing is left to drop.
    expect(drops[position(2, 4, 5)]).toBeCloseTo(0, 9);
    // The region touches slices 2 and 3 alone: elsewhere the drop is exactly 0.
    expect(drops.filter((_, n) => Math.floor(n / (nx * ny)) < 2).every((d) => d === 0)).toBe(true);
  });

  it('runs only the planes that the region touches', async () => {
    const batches: number[] = [];
    const recipe = recipeOf({
      dims: 2,
      output: { kind: 'segmentation', labels: ['background', 'Organ'], activation: 'sigmoid' },
    });
    const input = await opened(recipe, [null, ny, nx, 1]);
    const network = writtenNetwork(
      [ny, nx, 1],
      [
        {
          name: 'y',
          inputs: ['x'],
          shape: [ny, nx, 1],
          activation: { kind: 'sigmoid' },
          compute: ([x]) => Array.from(x ?? []),
        },
      ],
      { batches },
    );
    const { values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 5,
      strideVoxels: 3,
      target: { label: 'Organ', region: 'Organ' },
      game: false,
    });
    const onePlane = (values.lattice.count[1] ?? 0) * (values.lattice.count[2] ?? 0);
    const run = batches.reduce((a, b) => a + b, 0);
    // One plane for the shape, all for the baseline, two planes of positions, and the self-check.
    expect(run).toBe(1 + nz + 2 * onePlane + values.selfCheck.positions);
  });

  it('gives the mean dose of a structure in Gy', async () => {
    const recipe = recipeOf({ dims: 3, output: { kind: 'regression', quantity: 'dose', unitGy: 70 } });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const network = writtenNetwork(
      [nz, ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [nz, ny, nx, 1], compute: ([x]) => Array.from(x ?? []) }],
    );
    const { values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 3,
      target: { doseIn: 'organ' },
      game: false,
    });
    const grid = input.prepared.grid;
    if (!grid || !structures[1]) throw new Error('no grid');
    const inside = maskOf(structures[1], grid);
    let sum = 0;
    inside.forEach((m, v) => (sum += m === 1 ? (70 * ((hu[v] ?? NaN) + 1000)) / 2000 : 0));
    expect(values).toMatchObject({ score: 'mean', unit: 'Gy', target: { doseIn: 'organ' } });
    expect(values.baseline).toBeCloseTo(sum / 8, 4);
  });
});

/** 1 in the organ with its margin of 3 mm, 2 in the rest of the body, 3 outside: a map by hand of the players. */
function playerOf(i: number, j: number, k: number): 'structure' | 'context' | 'outside' {
  const gap = (at: number, from: number, to: number, h: number) => Math.max(0, from - at, at - to) * h;
  const far = Math.hypot(gap(i, 5, 6, 3), gap(j, 4, 5, 3), gap(k, 2, 3, 4));
  if (far <= 3) return 'structure';
  return i >= 1 && i <= 10 && j >= 1 && j <= 8 ? 'context' : 'outside';
}

/** g = Σ a_k · mean of the player's voxels: an additive network whose parts are known. */
function additive(a: Readonly<Record<'structure' | 'context' | 'outside', number>>): LoadedNetwork {
  const owner = Array.from({ length: nx * ny * nz }, (_, v) =>
    playerOf(v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))),
  );
  const count = { structure: 0, context: 0, outside: 0 };
  for (const player of owner) count[player] += 1;
  return writtenNetwork(
    [nz, ny, nx, 1],
    [
      {
        name: 'y',
        inputs: ['x'],
        shape: [1],
        compute: ([x]) => [owner.reduce((sum, player, v) => sum + (a[player] * (x?.[v] ?? NaN)) / count[player], 0)],
      },
    ],
  );
}

describe('the structure game on a study', () => {
  async function game(network: LoadedNetwork, more: Partial<Context> = {}) {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const context = contextOf(network, { recipe, ...more });
    const run = await occlude(input, context, {
      windowVoxels: 5,
      target: { output: 0, channel: 0 },
      structure: 'Organ',
    });
    return { ...run, context };
  }

  it('gives each player what it adds alone, exactly, where parts only add', async () => {
    const { values } = await game(additive({ structure: 8, context: 2, outside: 0 }));
    const played = values.game;
    expect(played?.structure).toBe('Organ');
    expect(played?.fills.map(({ fill }) => fill)).toEqual(['local-mean', 'blur', 'harmonic']);
    for (const fill of played?.fills ?? []) {
      const scores = fill.scores.map((s) => s ?? NaN);
      const { structure, context, outside } = fill.shapley;
      expect((structure ?? NaN) + (context ?? NaN) + (outside ?? NaN)).toBeCloseTo(
        (scores[7] ?? NaN) - (scores[0] ?? NaN),
        9,
      );
      expect(outside).toBe(0);
      expect(Math.abs(fill.interaction ?? NaN)).toBeLessThan(1e-6);
      // 8 · (mean − filling) of the organ, played by hiding it alone.
      expect(structure).toBeCloseTo((scores[7] ?? NaN) - (scores[6] ?? NaN), 6);
    }
  });

  it('ends in a verdict that says it cannot tell from one patient', async () => {
    const { part, context, asked } = await game(additive({ structure: 8, context: 2, outside: 0 }));
    const { verdict } = occlusion.conclude([JSON.parse(JSON.stringify(part)) as typeof part], context, asked);
    expect(Verdict.parse(verdict)).toMatchObject({ code: 'undetermined', level: 'cannot-say', confidence: 'low' });
    expect(verdict?.caveats).toContainEqual({ en: 'one patient', fr: 'un seul patient' });
  });

  it('shifts the structure about the body where there are enough patients to ask', async () => {
    const { values } = await game(additive({ structure: 8, context: 0, outside: 0 }), { inputCount: 10 });
    expect(values.game?.specific).toBe(true);
    const none = await game(additive({ structure: 0, context: 8, outside: 0 }), { inputCount: 10 });
    expect(none.values.game?.specific).toBe(false);
  });

  it('goes on without the game where a study lacks the structure, and warns', async () => {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const { part, values } = await occlude(input, contextOf(oneVoxel([nz, ny, nx, 1], 0), { recipe }), {
      windowVoxels: 5,
      target: { output: 0, channel: 0 },
      structure: 'Heart',
    });
    expect(values.game).toBeNull();
    expect(part.result.warnings.map(({ code }) => code)).toContain('recipe/no-structure');
  });
});

describe('a run that is stopped', () => {
  it('keeps what was computed, NaN elsewhere, and says that it is partial', async () => {
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1]);
    const stop = new AbortController();
    let runs = 0;
    const network = oneVoxel([nz, ny, nx, 1], 0);
    const stopping: LoadedNetwork = {
      ...network,
      run: (...asked) => {
        runs += 1;
        if (runs === 6) stop.abort();
        return network.run(...asked);
      },
    };
    const { part, drops, values } = await occlude(
      input,
      contextOf(stopping, { recipe }),
      { windowVoxels: 1, strideVoxels: 1, target: { output: 0, channel: 0 }, fill: { constant: -1000 } },
      stop.signal,
    );
    expect(part.partial).toBe(true);
    expect(values.computed).toBeGreaterThan(0);
    expect(drops.filter((d) => !Number.isNaN(d))).toHaveLength(values.computed);
    expect(drops.filter(Number.isNaN).length).toBe(nx * ny * nz - values.computed);
  });
});

describe('places that the filling does not change', () => {
  it('cost no pass, drop by exactly 0 and count as not tested', async () => {
    const recipe = recipeOf({ dims: 3 });
    const study = studyOf({
      images: [imageOf({ size: [nx, ny, nz], affine }, new Int16Array(nx * ny * nz).fill(40))],
      structures,
    });
    const prepared = await prepareStudy(
      study,
      recipe,
      { name: 'x', shape: [null, nz, ny, nx, 1], multiple: [1, 1, 1] },
      { id: 'P1', patient: 'P1' },
    );
    const batches: number[] = [];
    const network = writtenNetwork(
      [nz, ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [x?.[0] ?? NaN] }],
      { batches },
    );
    const input = { prepared, spec: { study: 'P1' }, study, label: null, truth: null };
    const { drops, values } = await occlude(input, contextOf(network, { recipe }), {
      windowVoxels: 3,
      target: { output: 0, channel: 0 },
      game: false,
    });
    expect(drops.every((d) => d === 0)).toBe(true);
    expect(values.notTested).toBe(drops.length);
    expect(batches.reduce((a, b) => a + b, 0)).toBe(2);
  });
});

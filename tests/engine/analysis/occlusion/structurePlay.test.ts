import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constantFill } from '../../../../main/engine/analysis/occlusion/fill/constant';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import type { ScoreReader } from '../../../../main/engine/analysis/occlusion/reader';
import { playFigures, playStructures } from '../../../../main/engine/analysis/occlusion/structurePlay';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { occlusion as definition } from '../../../../shared/analysis/occlusion';
import { arrayInput, contextOf, writtenNetwork } from '../writtenNetwork';
import { body, box, gapMm, hu, inBody, indexOf, opened, recipeOf, size, voxels, type Index } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;
const [a0, a1]: Index[] = [[2, 2, 1], [4, 4, 3]]; // prettier-ignore
const [b0, b1]: Index[] = [[5, 4, 2], [8, 6, 4]]; // prettier-ignore
const structures = [
  body,
  box('Alpha', 'ORGAN', a0 ?? [0, 0, 0], a1 ?? [0, 0, 0]),
  box('Beta', 'ORGAN', b0 ?? [0, 0, 0], b1 ?? [0, 0, 0]),
];

/** Alpha 0, Beta 1, rest of the body 2, outside 3: by hand, Alpha first where both reach. */
function ownerOf(v: number): number {
  const at = indexOf(v);
  if (gapMm(at, a0 ?? [0, 0, 0], a1 ?? [0, 0, 0]) <= 3) return 0;
  if (gapMm(at, b0 ?? [0, 0, 0], b1 ?? [0, 0, 0]) <= 3) return 1;
  return inBody(at) ? 2 : 3;
}
const owners = Array.from({ length: voxels }, (_, v) => ownerOf(v));
const meanOf = (x: Float32Array, player: number): number => {
  const own = owners.flatMap((owner, v) => (owner === player ? [x[v] ?? NaN] : []));
  return own.reduce((sum, value) => sum + value, 0) / own.length;
};

/** A score of the four players' means. */
const network = (score: (means: readonly number[]) => number, batches: number[] = []): LoadedNetwork =>
  writtenNetwork(
    [nz, ny, nx, 1],
    [
      {
        name: 'y',
        inputs: ['x'],
        shape: [1],
        compute: ([x]) => [score([0, 1, 2, 3].map((player) => meanOf(x ?? new Float32Array(0), player)))],
      },
    ],
    { batches },
  );

async function play(written: LoadedNetwork, names: readonly string[] = ['Alpha', 'Beta'], signal?: AbortSignal) {
  const recipe = recipeOf({ dims: 3 });
  const input = await opened(recipe, [null, nz, ny, nx, 1], structures);
  const context = contextOf(written, { recipe });
  const parameters = { windowVoxels: 5, target: { output: 0, channel: 0 }, game: false, structures: names };
  return { ...(await occlude(input, context, parameters, signal)), input, context };
}

describe('structure by structure', () => {
  it('gives each player of a network that only adds a_k · (mean − filling), exactly', async () => {
    const weights = [5, -2, 1, 0];
    const { values } = await play(network((means) => means.reduce((sum, m, k) => sum + m * (weights[k] ?? 0), 0)));
    const found = values.structurePlay;
    expect(found?.players.map(({ name, kind }) => [name, kind])).toEqual([
      ['Alpha', 'structure'],
      ['Beta', 'structure'],
      ['unlabelled tissue', 'unlabelled'],
      ['outside body', 'outside'],
    ]);
    expect(found?.fills.map(({ fill }) => fill)).toEqual(['local-mean', 'blur', 'harmonic']);
    for (const { shapley, effect, necessity, sufficiency } of found?.fills ?? []) {
      expect(shapley.reduce<number>((sum, p) => sum + (p ?? NaN), 0)).toBeCloseTo(effect ?? NaN, 6);
      shapley.forEach((phi, k) => {
        expect((necessity[k] ?? NaN) * (effect ?? NaN)).toBeCloseTo(phi ?? NaN, 5);
        expect((sufficiency[k] ?? NaN) * (effect ?? NaN)).toBeCloseTo(phi ?? NaN, 5);
      });
      expect(shapley[3]).toBe(0);
    }
    // The local mean by hand: Alpha's shell, 5 mm: one voxel along each axis at least.
    expect(found?.players[0]?.cc).toBeCloseTo(owners.filter((owner) => owner === 0).length * 0.036, 9);
    for (const { value } of found?.interactions ?? []) expect(Math.abs(value ?? NaN)).toBeLessThan(1e-5);
    const share = found?.players.reduce((sum, player) => sum + (player.share ?? NaN), 0);
    expect(share).toBeCloseTo(1, 9);
  });

  it('runs 2ⁿ − 1 coalitions a filling and the intact input once', async () => {
    const batches: number[] = [];
    const { values, input, context, asked } = await play(network((means) => means[0] ?? NaN, batches));
    expect(values.structurePlay?.passes).toBe(1 + 3 * 15);
    const ahead = (names: readonly string[]) => occlusion.passes(input, context, { ...asked, structures: [...names] });
    expect(ahead(['Alpha', 'Beta']) - ahead([])).toBe(1 + 3 * 15);
    expect(Math.max(...batches)).toBe(4);
  });

  it('is conjunctive in a player pair that counts only together, and redundant in one where either does', async () => {
    // u and v are 1 with the tissue there and 0 with any filling: steps on what is known of the intact means.
    const x = Float32Array.from(hu, (value) => (value + 1000) / 2000);
    const [ma, mb] = [meanOf(x, 0), meanOf(x, 1)];
    const there = (mean: number, own: number) => (Math.abs(mean - own) < 1e-6 ? 1 : 0);
    const and = await play(network(([a = 0, b = 0]) => Math.min(there(a, ma), there(b, mb))));
    const or = await play(network(([a = 0, b = 0]) => Math.max(there(a, ma), there(b, mb))));
    const of = (run: typeof and, key: 'necessity' | 'sufficiency' | 'shapley') =>
      run.values.structurePlay?.players.slice(0, 2).map((player) => Math.round((player[key] ?? NaN) * 1e9) / 1e9);
    expect([of(and, 'necessity'), of(and, 'sufficiency'), of(and, 'shapley')]).toEqual([[1, 1], [0, 0], [0.5, 0.5]]); // prettier-ignore
    expect([of(or, 'necessity'), of(or, 'sufficiency'), of(or, 'shapley')]).toEqual([[0, 0], [1, 1], [0.5, 0.5]]); // prettier-ignore
    expect(and.values.structurePlay?.interactions[0]).toEqual({ a: 'Alpha', b: 'Beta', value: 1 });
    expect(or.values.structurePlay?.interactions[0]?.value).toBe(-1);
  });

  it('plays without a structure that the study lacks, or that another leaves nothing of, and says so', async () => {
    const { values, part } = await play(
      network((means) => means[0] ?? NaN),
      ['Alpha', 'Heart', 'Alpha'],
    );
    expect(values.structurePlay?.players.map(({ name }) => name)).toEqual([
      'Alpha',
      'unlabelled tissue',
      'outside body',
    ]);
    const codes = part.result.warnings.map(({ code }) => code);
    expect(codes).toContain('recipe/no-structure');
    expect(codes).toContain('analysis/nothing-left-of');
    const none = await play(
      network((means) => means[0] ?? NaN),
      ['Heart'],
    );
    expect(none.values.structurePlay).toBeUndefined();
  });

  it('runs a plane again only for players that it shows', async () => {
    const recipe = recipeOf({ dims: 2 });
    const input = await opened(recipe, [null, ny, nx, 1], structures);
    const written = writtenNetwork(
      [ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [(x ?? new Float32Array(0)).reduce((s, v) => s + v, 0)] }], // prettier-ignore
    );
    const { values } = await occlude(input, contextOf(written, { recipe }), {
      windowVoxels: 5,
      target: { class: 'yes' },
      game: false,
      structures: ['Alpha', 'Beta'],
    });
    // The margin of 3 mm does not reach the next plane, 4 mm away: Alpha on 1 … 3, Beta on 2 … 4, both on 2 and 3.
    const players = [2, 3, 4, 4, 3, 2];
    const once = players.reduce((sum, n) => sum + 2 ** n - 1, 0);
    expect(values.structurePlay?.passes).toBe(nz + 3 * once);
    const play3 = values.structurePlay?.fills[0];
    expect(play3?.shapley.reduce<number>((sum, p) => sum + (p ?? NaN), 0)).toBeCloseTo(play3?.effect ?? NaN, 5);
  });

  it('keeps the fillings that were played to their end when it is stopped, and says that it is partial', async () => {
    const batches: number[] = [];
    const written = network((means) => means[0] ?? NaN, batches);
    await play(written);
    const whole = batches.reduce((sum, n) => sum + n, 0);
    const stop = new AbortController();
    let played = 0;
    const stopping: LoadedNetwork = {
      ...written,
      run: (inputs, ...rest) => {
        played += inputs['x']?.shape[0] ?? 0;
        // In the middle of the last filling's coalitions.
        if (played > whole - 8) stop.abort();
        return written.run(inputs, ...rest);
      },
    };
    const { part, values } = await play(stopping, ['Alpha', 'Beta'], stop.signal);
    expect(part.partial).toBe(true);
    expect(values.computed).toBeGreaterThan(0);
    expect(values.structurePlay?.fills.map(({ fill }) => fill)).toEqual(['local-mean', 'blur']);
  });

  it('takes means over patients in whom the game moves the score', async () => {
    const run = await play(network(([a = 0, b = 0]) => 40 * a + 20 * b));
    const { summary } = occlusion.conclude([run.part], run.context, run.asked);
    const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
    expect(read.structurePlay?.usable).toBe(1);
    expect(read.structurePlay?.players[0]).toMatchObject({ name: 'Alpha', n: 1 });
    expect(read.structurePlay?.interactions).toHaveLength(6);
    const still = await play(network(() => 3));
    const none = definition.summary.parse(
      JSON.parse(JSON.stringify(occlusion.conclude([still.part], still.context, still.asked).summary)),
    );
    expect(none.structurePlay).toMatchObject({ usable: 0, players: [{ n: 0, shapley: null }, {}, {}, {}] });
  });

  it('takes at most eight structures', () => {
    const names = Array.from({ length: 9 }, (_, n) => `S${String(n)}`);
    expect(definition.parameters.safeParse({ structures: names }).success).toBe(false);
    expect(definition.parameters.safeParse({ structures: names.slice(1) }).success).toBe(true);
  });
});

interface Stored {
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly out: readonly number[];
  readonly image: readonly number[];
  readonly mask: readonly number[];
  readonly baseline: number;
  readonly score: number;
  readonly shapley: readonly number[];
  readonly ablation: readonly number[];
}

describe('against Captum', () => {
  const stored = JSON.parse(
    readFileSync(new URL('../../../references/occlusion/shapley_captum.json', import.meta.url), 'utf8'),
  ) as Stored;

  it('gives the Shapley values and ablations of Captum on the same network, input and features', async () => {
    const { weights, bias, out } = stored;
    const written = writtenNetwork(
      [8, 8, 1],
      [
        {
          name: 'y',
          inputs: ['x'],
          shape: [1],
          compute: ([x]) => [
            weights.reduce((sum, row, h) => {
              const z = row.reduce((s, w, v) => s + w * (x?.[v] ?? NaN), bias[h] ?? NaN);
              return sum + (out[h] ?? NaN) * Math.max(0, z);
            }, 0),
          ],
        },
      ],
    );
    const { prepared } = arrayInput(stored.image, [8, 8, 1]);
    const reader: ScoreReader = {
      fetch: { node: 'y', stage: 'output' },
      score: 'value',
      unit: '1',
      scope: 'input',
      counts: () => true,
      extract: ({ values }, at) => values.slice(at, at + 1),
      parts: (values) => Float64Array.of(values[0] ?? NaN),
      finish: ([value = NaN]) => value,
      target: {},
    };
    const running = playStructures(
      {
        prepared,
        players: { of: Uint8Array.from(stored.mask), count: 5 },
        context: 0,
        recipeChannels: 1,
        channels: 'image',
        window: [1, 1],
        stackMm: [1, 1],
        seed: 1,
        network: written,
        reader,
        memoryBytes: 2 ** 28,
        secondsAPass: 0.01,
        signal: new AbortController().signal,
      },
      [constantFill('constant', () => stored.baseline)],
    );
    let step = await running.next();
    while (!step.done) step = await running.next();
    const players = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, kind: 'structure' as const, cc: null }));
    const figures = playFigures({ players }, step.value.games, step.value.passes, 0);
    const [game] = step.value.games;
    expect(step.value.passes).toBe(32);
    expect(game?.worth[31]).toBeCloseTo(stored.score, 5);
    figures?.players.forEach(({ shapley, necessity }, k) => {
      expect(shapley).toBeCloseTo(stored.shapley[k] ?? NaN, 5);
      expect((necessity ?? NaN) * (figures.effect ?? NaN)).toBeCloseTo(stored.ablation[k] ?? NaN, 5);
    });
  });
});

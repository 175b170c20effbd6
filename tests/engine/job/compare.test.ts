import { describe, expect, it } from 'vitest';
import { estimatePlan } from '../../../main/engine/job/estimate';
import { mergeShards } from '../../../main/engine/job/merge';
import { closePlan, planJob } from '../../../main/engine/job/plan';
import { checkJob } from '../../../main/engine/job/readJob';
import type { IsolensError } from '../../../shared/problem/problem';
import { plantedComparison, ramp, type Planted } from './plantedComparison';

const { plant, inFolder, open, patients, list, jobOf, run } = plantedComparison();

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (thrown) {
    return (thrown as IsolensError).problem.code;
  }
}

describe('a comparison of networks', () => {
  it('finds the filters that died and woke, judged on the patients and not on thresholds', async () => {
    plant({
      before: { weights: [1, 1, 1, 1], bias: [0, -5, 0.1, -0.5] },
      after: { weights: [1, 1, 1, 1], bias: [-5, 0.2, 0.1, -0.55] },
    });
    const inputs = await patients(8, ramp);
    const { summary, results, analysis, report } = await run(inputs, { reference: 'before' });
    expect(results.errors).toEqual([]);
    const rows = summary.channels.filter(({ node }) => node === 'conv');
    expect(rows.map(({ networks }) => networks['after']?.event)).toEqual(['killed', 'awakened', null, null]);
    expect(rows.map(({ networks }) => networks['before']?.event)).toEqual([null, null, null, null]);
    // 8 of 8 patients went: 2 / 2⁸.
    expect(rows[0]?.networks['after']).toMatchObject({ silentPatients: 8, p: 2 / 256 });
    expect(summary.layers.find(({ filters }) => filters === 'conv')?.networks['after']).toEqual({
      killed: 1,
      awakened: 1,
      stillDead: 0,
      stillAlive: 2,
    });
    expect(rows[0]?.death).toEqual({ after: 'before', by: 'after', since: [], noGradient: null });
    expect(analysis?.verdict?.code).toBe('killed');
    expect(analysis?.inputs).toHaveLength(8);
    expect(report).toContain('after');
    const right = summary.tests.find(({ measure, network }) => measure === 'predict/right' && network === 'after');
    expect(right).toMatchObject({ kind: 'mcnemar', n: 8 });
    expect(summary.tables['maps']?.[0]).toMatchObject({
      node: 'conv',
      channel: 0,
      networks: { before: {}, after: {} },
    });
    expect(Object.keys(summary.verdicts)).toEqual(['predict', 'maps']);
  });

  it('takes no flip of a few patients near the threshold for an event', async () => {
    plant({
      // Answers in the one patient with the largest value, or in none: silent in 7 or 8 of 8.
      before: { weights: [1, 1], bias: [-0.75, 0] },
      after: { weights: [1, 1], bias: [-0.85, 0] },
    });
    const inputs = await patients(8, (p, v) => (p === 3 && v === 0 ? 0.8 : 0.1 * ((p + v) % 5)));
    const { summary } = await run(inputs, { reference: 'before' });
    const [first] = summary.channels;
    expect(first?.networks['after']).toMatchObject({ status: 'silent-so-far', silentPatients: 8, event: null, p: 1 });
    expect(first?.networks['before']).toMatchObject({ silentPatients: 7 });
  });

  it('gives weights a row a node, moved or not, with and without inputs', async () => {
    plant({
      a: { weights: [3, 0], bias: [0, 4] },
      b: { weights: [3, 4], bias: [0, 4] },
    });
    const { summary, analysis } = await run([], { reference: 'a' });
    expect(summary.weights.map(({ node }) => node)).toEqual(['conv', 'out']);
    const [conv, out] = summary.weights;
    expect(conv?.networks['b']).toMatchObject({
      distance: 4,
      relativeDistance: 4 / 3,
      cosine: 0.6,
      all: { distance: 4, relativeDistance: 4 / 5 },
    });
    expect(conv?.networks['b']?.all.cosine).toBeCloseTo(25 / (5 * Math.sqrt(41)), 12);
    expect(conv?.networks['a']).toMatchObject({ distance: 0, relativeDistance: 0, cosine: 1 });
    expect(out?.networks['b']).toMatchObject({ distance: 0, cosine: 1, all: { distance: 0 } });
    expect(summary.channels).toEqual([]);
    expect(analysis?.verdict).toMatchObject({ level: 'cannot-say', code: 'weights-only' });
    expect(analysis?.warnings?.map(({ code }) => code)).toContain('compare/weights-only');
  });

  it('says weights that are no numbers, layers without a counterpart, and those matched by their order', async () => {
    plant({
      a: { weights: [1, 2], bias: [0, 0] },
      broken: { weights: [1, NaN], bias: [0, 0] },
      wider: { weights: [1, 2, 3], bias: [0, 0, 0] },
      renamed: { weights: [1, 2], bias: [0, 0], name: 'conv_7' },
    });
    const { summary, analysis } = await run([], { reference: 'a' });
    const codes = analysis?.warnings?.map(({ code, facts }) => [code, facts?.['network']]);
    expect(codes).toEqual(
      expect.arrayContaining([
        ['compare/not-finite', 'broken'],
        ['compare/other-layers', 'wider'],
        ['compare/matched-by-order', 'renamed'],
      ]),
    );
    const [conv] = summary.weights;
    expect(conv?.networks['broken']).toMatchObject({ node: 'conv', distance: null });
    expect(conv?.networks['wider']).toMatchObject({ node: null, distance: null });
    expect(conv?.networks['renamed']).toMatchObject({ node: 'conv_7', distance: 0, cosine: 1 });
  });

  // P13: channels permuted, each scaled: the function may be undone, the weights are far apart.
  it('tells reordered channels by their answers, where weights say another network', async () => {
    const bias = [0.1, -0.2, 0.05, -0.35];
    const weights = [1, 1.5, -0.5, 0.8];
    const order = [2, 0, 3, 1];
    const scale = [1, 3, 0.5, 2];
    const moved = (values: readonly number[], by: readonly number[] = [1, 1, 1, 1]) =>
      order.map((from, at) => (values[from] ?? 0) * (by[at] ?? 1));
    plant({
      a: { weights, bias },
      permuted: { weights: moved(weights), bias: moved(bias) },
      rescaled: { weights: moved(weights, scale), bias: moved(bias, scale) },
    });
    const inputs = await patients(14, (p, v) => Math.abs(Math.sin(1.7 * p + 2.3 * v)) - 0.1 * (p % 4));
    const { summary } = await run(inputs, { reference: 'a', analyses: [] });
    const row = summary.similarity.find(({ node }) => node === 'conv');
    const [permuted, rescaled] = [row?.networks['permuted'], row?.networks['rescaled']];
    const cka = (likeness: typeof permuted): number => {
      const figure = likeness?.cka ?? null;
      return figure === null || typeof figure === 'number' ? NaN : figure.value;
    };
    expect(cka(permuted)).toBeCloseTo(1, 5);
    expect(permuted?.procrustes).toBeCloseTo(0, 4);
    expect(permuted?.bestOrder).toBeCloseTo(1, 5);
    expect(permuted?.sameOrder).toBeLessThan(0.9);
    expect(cka(rescaled)).toBeLessThan(0.999);
    expect(rescaled?.bestOrder).toBeCloseTo(1, 5);
    // The twin's channel at each place is the reference's `order[place]`: both ways round it must come back.
    const matched = summary.matching.find(({ node }) => node === 'conv');
    for (const name of ['permuted', 'rescaled']) {
      expect(matched?.networks[name]?.order).toEqual([1, 3, 0, 2]);
      expect(matched?.networks[name]?.mean).toBeCloseTo(1, 5);
      // One weight a filter: nothing may be claimed by weights.
      expect(matched?.networks[name]?.weights?.said).toBe('refused');
    }
    expect(summary.weights[0]?.networks['permuted']?.relativeDistance).toBeGreaterThan(0.5);
  });

  // P17: dead after step 3, weights then only shrink: W(t) = 0.999^(t − 3) · W(3).
  it('dates a death in a series of checkpoints, and proves that nothing has moved since', async () => {
    const dead = (t: number): Planted => ({ weights: [0.7 * 0.999 ** (t - 3), 1], bias: [-9, 0.1] });
    plant({
      'step 1': { weights: [0.9, 1], bias: [0, 0.1] },
      'step 2': { weights: [0.8, 1], bias: [-0.05, 0.1] },
      'step 3': dead(3),
      'step 4': dead(4),
      'step 5': dead(5),
    });
    const inputs = await patients(6, ramp);
    const { summary } = await run(inputs, { reference: 'step 1', analyses: [] });
    const [first, second] = summary.channels;
    expect(first?.death).toMatchObject({ after: 'step 2', by: 'step 3', noGradient: true });
    expect(first?.death?.since.map(({ network }) => network)).toEqual(['step 4', 'step 5']);
    for (const { cosine } of first?.death?.since ?? []) expect(cosine).toBeCloseTo(1, 9);
    expect(first?.death?.since[1]?.scale).toBeCloseTo(0.999 ** 2, 5);
    expect(second?.death).toBeUndefined();
  });

  it('refutes a standstill where weights grew on', async () => {
    plant({
      a: { weights: [0.9, 1], bias: [0, 0] },
      b: { weights: [0.8, 1], bias: [-9, 0] },
      c: { weights: [0.9, 1], bias: [-9, 0] },
    });
    const { summary } = await run(await patients(6, ramp), { reference: 'a', analyses: [] });
    expect(summary.channels[0]?.death).toMatchObject({ by: 'b', noGradient: false });
  });

  it('pairs right and wrong answers, and calls nothing the same without its margin', async () => {
    plant({
      a: { weights: [1, -1], bias: [0, 0.3] },
      b: { weights: [1, -1], bias: [0, 0.3] },
    });
    const { summary, analysis } = await run(await patients(7, ramp), { reference: 'a' });
    const [right] = summary.tests;
    expect(right).toMatchObject({ onlyReference: 0, onlyNetwork: 0, p: 1, cannotDecide: true });
    expect(right?.equivalence).toMatchObject({ margin: 0.05, equivalent: true });
    expect(analysis?.verdict).toMatchObject({ code: 'same-weights', level: 'fine' });
    expect(summary.attribution.code).toBe('same-weights');
  });

  it('holds occlusion maps against each other, beside shifted maps and other patients’', async () => {
    plant({
      a: { weights: [1, -0.4], bias: [0, 0.3] },
      same: { weights: [1, -0.4], bias: [0, 0.3] },
      other: { weights: [-1, 0.9], bias: [0.4, 0.1] },
    });
    const parameters = { windowVoxels: [1, 1], strideVoxels: [1, 1], fill: { constant: 0 }, target: { class: 'a' } };
    const inputs = await patients(6, (p, v) => 0.2 + 0.1 * ((5 * p + 3 * v * v) % 7));
    const asked = { reference: 'a', analyses: [{ id: 'occlusion', parameters }] };
    const { summary, analysis } = await run(inputs, asked);
    const [same, other] = summary.mapSimilarity;
    expect(same).toMatchObject({ network: 'same', patients: 6 });
    expect(same?.spearman).toMatchObject({ value: 1 });
    expect(same?.ssim).toMatchObject({ value: 1 });
    expect(same?.spearmanShifted).toBeLessThan(1);
    expect(same?.spearmanOthers).toBeLessThan(1);
    const chance = Math.max(same?.spearmanShifted ?? 0, same?.spearmanOthers ?? 0);
    expect(same?.excess).toMatchObject({ value: 1 - chance });
    expect(JSON.stringify(other?.spearman)).not.toBe(JSON.stringify(same?.spearman));
    expect(analysis?.inputs[0]?.files).toMatchObject({
      occlusion: { a: { map: 'compare/p0/a/occlusion/map.npy' }, other: { map: 'compare/p0/other/occlusion/map.npy' } },
    });
  });

  it('asks whether two saved lists changed alike', async () => {
    plant({ a: { weights: [1, -1], bias: [0, 0.3] }, b: { weights: [-1, 1], bias: [0.6, -0.2] } });
    const made = await patients(10, ramp);
    const entries = made.map((entry, p) => ({ ...entry, tags: { database: p < 5 ? 'site A' : 'site B' } }));
    const { summary } = await run([await list('both', entries)], { reference: 'a' });
    const [first] = summary.interactions;
    expect(first?.databases.map(({ database, patients: n }) => [database, n])).toEqual([
      ['site A', 5],
      ['site B', 5],
    ]);
    const [one, two] = first?.databases ?? [];
    expect(one?.difference).toBeCloseTo((one?.value ?? NaN) - (one?.reference ?? NaN), 12);
    expect(first?.interaction).toBeCloseTo((one?.difference ?? NaN) - (two?.difference ?? NaN), 12);
    expect(first?.p).toBeGreaterThan(0);
  });

  it('goes on without an input that one of them cannot answer, and resumes from what is there', async () => {
    plant({ a: { weights: [1], bias: [0] }, b: { weights: [2], bias: [0] } });
    const inputs = [...(await patients(3, ramp)), { array: 'missing.npy' }];
    const { results, summary } = await run(inputs, { reference: 'a' });
    expect(results.errors.map(({ code, where }) => [code, where.input])).toEqual([['job/no-such-file', 'missing']]);
    expect(summary.inputs).toBe(3);
    const again = await run(inputs, { reference: 'a' }, 'out', undefined, true);
    expect(again.summary).toEqual(summary);
  });

  it('comes out of shards as of one run', async () => {
    plant({ a: { weights: [1, 0.5], bias: [0, -0.1] }, b: { weights: [2, 0.5], bias: [0, -5] } });
    const inputs = await patients(5, ramp);
    const asked = { reference: 'a', analyses: [{ id: 'predict' }, { id: 'filters' }] };
    const whole = await run(inputs, asked, 'whole');
    const folders: string[] = [];
    for (const index of [1, 2]) {
      await run(inputs, asked, `part-${String(index)}`, { index, count: 2 });
      folders.push(inFolder(`part-${String(index)}`));
    }
    const { signal } = new AbortController();
    const { results } = await mergeShards(folders, {
      out: inFolder('merged'),
      signal,
      progress: () => undefined,
      open,
    });
    expect(JSON.parse(JSON.stringify(results.analyses))).toEqual(whole.results.analyses);
    expect(results.errors).toEqual(whole.results.errors);
  });

  it('is told what it costs as one analysis', async () => {
    plant({ a: { weights: [1], bias: [0] }, b: { weights: [2], bias: [0] } });
    const plan = await planJob(await jobOf(await patients(2, ramp), { reference: 'a' }), { open });
    const estimates = await estimatePlan(plan, 2 ** 26, new AbortController().signal);
    expect(estimates).toHaveLength(1);
    // Two inputs, two networks, predict and maps.
    expect(estimates[0]?.passes).toBeGreaterThanOrEqual(8);
    closePlan(plan);
  });

  it('refuses jobs that cannot be one, each for its reason', async () => {
    plant({ a: { weights: [1], bias: [0] }, b: { weights: [2], bias: [0] } });
    const inputs = await patients(1, ramp);
    const { job } = await jobOf(inputs, { reference: 'a' });
    const planned = (change: object) =>
      refusal(planJob({ job: checkJob({ ...job, ...change }), base: inFolder() }, { open }));
    const comparing = (parameters: object) => ({ analyses: [{ id: 'compare', parameters }] });
    expect(await planned(comparing({ reference: 'c' }))).toBe('compare/unknown-reference');
    expect(await planned({ networks: { a: { network: 'a.json' } } })).toBe('compare/one-network');
    expect(await planned({ networks: undefined, network: 'a.json' })).toBe('compare/one-network');
    expect(await planned({ network: 'a.json' })).toBe('compare/both-words');
    expect(await planned({ analyses: [{ id: 'compare' }, { id: 'predict' }] })).toBe('compare/not-alone');
    expect(await planned({ analyses: [{ id: 'predict' }] })).toBe('job/several-networks');
    expect(await planned(comparing({ analyses: [{ id: 'compare' }] }))).toBe('compare/compares-itself');
    expect(await planned(comparing({ analyses: [{ id: 'nothing' }] }))).toBe('job/unknown-analysis');
    expect(await planned(comparing({ analyses: [{ id: 'maps', parameters: { node: [] } }] }))).toBe('job/wrong-key');
    expect(await planned(comparing({ references: 'a' }))).toBe('job/wrong-key');
  });
});

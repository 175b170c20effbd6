import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filters } from '../../../../main/engine/analysis/filters/filters';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { estimatePlan } from '../../../../main/engine/job/estimate';
import { planJob } from '../../../../main/engine/job/plan';
import { checkJob } from '../../../../main/engine/job/readJob';
import { resultFolder } from '../../../../main/engine/job/resultFolder';
import { runPlan } from '../../../../main/engine/job/run';
import { readArray } from '../../../../main/engine/result/readArray';
import { npyHeader } from '../../../../main/engine/result/npy';
import { filters as definition, type FiltersSummary } from '../../../../shared/analysis/filters';
import { Results } from '../../../../shared/result';
import { contextOf, memoryWriter, runToEnd, writtenNetwork, type WrittenNode } from '../writtenNetwork';

const demo = (name: string): string =>
  new URL(`../../../../resources/demo/networks/${name}/model.json`, import.meta.url).pathname;

/** A node that has kernels and is never run. */
function holding(
  name: string,
  op: string,
  weights: readonly (readonly [string, readonly number[]])[],
  change: (values: Float32Array) => void = () => undefined,
): WrittenNode {
  const draws = drawsOf(1, name);
  return {
    name,
    op,
    inputs: ['x'],
    shape: [1],
    compute: () => [0],
    weights: weights.map(([weight, shape]) => {
      const values = Float32Array.from({ length: shape.reduce((all, n) => all * n, 1) }, () => draws.normal());
      change(values);
      return { name: weight, shape, values };
    }),
  };
}

/** Looks at hand-written nodes alone, and checks the summary against the published shape. */
async function look(nodes: readonly WrittenNode[], parameters: Record<string, unknown> = {}) {
  const network = writtenNetwork([4, 4, 1], nodes);
  const asked = definition.parameters.parse({ twins: 2, ...parameters });
  const { writer, arrays } = memoryWriter();
  const context = contextOf(network);
  if (!filters.onNetwork) throw new Error('filters look at the network');
  const { steps, part } = await runToEnd(filters.onNetwork(context, asked, writer, new AbortController().signal));
  const alone = JSON.parse(JSON.stringify(part)) as typeof part;
  const { summary, verdict } = filters.conclude([], { ...context, alone }, asked);
  const { layers, network: count } = definition.summary.parse(summary);
  return { steps, part, arrays, layers, count, verdict, warnings: part.result.warnings };
}

const every = [
  holding('line', 'conv1d', [['kernel', [5, 3, 4]]]),
  holding('plane', 'conv2d', [
    ['kernel', [3, 3, 4, 8]],
    ['bias', [8]],
  ]),
  holding('space', 'conv3d', [['kernel', [3, 3, 3, 2, 16]]]),
  holding('grouped', 'conv2d', [['kernel', [3, 3, 2, 8]]]),
  holding('up', 'convTranspose2d', [['kernel', [2, 2, 4, 8]]]),
  holding('groupedUp', 'groupedConvTranspose3d', [['kernel', [2, 2, 2, 4, 3]]]),
  holding('each', 'depthwiseConv2d', [['kernel', [3, 3, 6, 2]]]),
  holding('apart', 'separableConv2d', [
    ['depthwise', [3, 3, 6, 1]],
    ['pointwise', [1, 1, 6, 20]],
  ]),
  holding('mix', 'conv2d', [['kernel', [1, 1, 8, 20]]]),
  holding('head', 'dense', [
    ['kernel', [20, 3]],
    ['bias', [3]],
  ]),
  holding('norm', 'batchNorm', [
    ['gamma', [3]],
    ['beta', [3]],
  ]),
];

describe('filters of a network', () => {
  it('knows the kernels of every family of convolutions, 1D to 3D, and of dense layers', async () => {
    const { layers, count, verdict } = await look(every);
    expect(
      layers.map(({ node, weight, kernelSize, inputs, outputs }) => [node, weight, kernelSize, inputs, outputs]),
    ).toEqual([
      ['line', 'kernel', [5], 3, 4],
      ['plane', 'kernel', [3, 3], 4, 8],
      ['space', 'kernel', [3, 3, 3], 2, 16],
      ['grouped', 'kernel', [3, 3], 2, 8],
      ['up', 'kernel', [2, 2], 4, 8],
      ['groupedUp', 'kernel', [2, 2, 2], 4, 3],
      ['each', 'kernel', [3, 3], 6, 2],
      ['apart', 'depthwise', [3, 3], 6, 1],
      ['apart', 'pointwise', [1, 1], 6, 20],
      ['mix', 'kernel', [1, 1], 8, 20],
      ['head', 'kernel', [], 20, 3],
    ]);
    for (const { kernels, inputs, outputs, layer } of layers) {
      expect(kernels.length).toBe(Math.round((1 - layer.droppedShare) * inputs * outputs));
    }
    expect(count.layers).toBe(11);
    expect(verdict?.caveats.map(({ en }) => en)).toContain('the starting weights were not given');
  });

  it('leaves spatial figures of single weights null, and says so', async () => {
    const { layers, warnings } = await look(every, { nodes: ['mix', 'head'] });
    for (const { kernels, layer } of layers) {
      expect(kernels[0]).toMatchObject({ moranZ: null, gearyC: null, lowFrequencyShare: null });
      expect([layer.tests.p2, layer.tests.p3, layer.varianceEntropy]).toEqual([null, null, null]);
    }
    const [mix, head] = layers;
    expect(mix?.layer.tests.p1).not.toBeNull();
    // Three outputs are too few for directions, and for a law of the largest singular value.
    expect([head?.layer.tests.p1, head?.layer.tests.p4, head?.status]).toEqual([null, null, 'undetermined']);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'analysis/kernels-not-spatial', facts: { nodes: 'mix, head' } }),
    ]);
  });

  it('saves weights as they are, kernel axes first, then input and output', async () => {
    const { arrays, part, warnings } = await look(every, {
      save: ['space', 'apart', 'head', 'norm'],
      nodes: ['space'],
    });
    expect(part.result.files).toEqual({
      weights: {
        space: 'space.npy',
        apart: 'apart.npy',
        'apart/pointwise': 'apart_pointwise.npy',
        head: 'head.npy',
      },
    });
    expect(arrays.get('space')).toEqual({ shape: [3, 3, 3, 2, 16], values: every[2]?.weights?.[0]?.values });
    expect(arrays.get('apart_pointwise')?.shape).toEqual([1, 1, 6, 20]);
    expect(arrays.get('head')?.shape).toEqual([20, 3]);
    expect(warnings.map(({ code, facts }) => [code, facts?.['nodes']])).toEqual([['analysis/no-kernels', 'norm']]);
  });

  it('leaves kernels out that are next to nothing, and counts them', async () => {
    const thin = holding('thin', 'conv2d', [['kernel', [3, 3, 2, 4]]], (values) => {
      for (let t = 0; t < 9; t++) values[t * 8 + 5] = 0.005 * (values[0] ?? 1);
    });
    const { layers } = await look([thin]);
    expect(layers[0]?.layer.droppedShare).toBe(1 / 8);
    expect(layers[0]?.kernels.map((kernel) => [kernel.in, kernel.out])).not.toContainEqual([1, 1]);
    expect(layers[0]?.kernels).toHaveLength(7);
  });

  it('always says weights that are not numbers, of layers that were not asked for too, beside what can still be had', async () => {
    const broken = holding('broken', 'conv2d', [['kernel', [3, 3, 4, 8]]], (values) => {
      values[3] = NaN;
      values[4] = Infinity;
    });
    const { layers, verdict, warnings } = await look([broken, ...every]);
    const [own] = layers;
    expect([own?.node, own?.layer.notFinite, own?.kernels.length]).toEqual(['broken', 2, 30]);
    expect(own?.kernels[0]?.moranZ).not.toBeNull();
    expect([own?.layer.stableRank, own?.layer.tests.p4, own?.layer.initialiser]).toEqual([null, null, null]);
    expect(own?.layer.tests.p2).not.toBeNull();
    expect([verdict?.level, verdict?.code]).toEqual(['problem', 'invalid']);
    expect(warnings[0]).toMatchObject({ code: 'network/not-finite-weights', facts: { node: 'broken', count: 2 } });
    const other = await look([broken, ...every], { nodes: ['plane'] });
    expect(other.warnings[0]?.code).toBe('network/not-finite-weights');
  });

  it('of zeros alone cannot tell, and breaks nothing', async () => {
    const zero = holding('zero', 'conv2d', [['kernel', [3, 3, 4, 8]]], (values) => values.fill(0));
    const { layers, verdict } = await look([zero]);
    expect([layers[0]?.status, layers[0]?.layer.droppedShare, layers[0]?.kernels]).toEqual(['undetermined', 1, []]);
    expect([verdict?.level, verdict?.code]).toEqual(['cannot-say', 'too-few-kernels']);
  });

  it('of a network without kernels says that there are none', async () => {
    const { verdict, layers } = await look([holding('norm', 'batchNorm', [['gamma', [3]]])]);
    expect([verdict?.code, layers]).toEqual(['no-kernels', []]);
  });

  it('stopped in the middle keeps the layers done, and says so', async () => {
    const network = writtenNetwork([4, 4, 1], every);
    const stop = new AbortController();
    const parameters = definition.parameters.parse({ twins: 50 });
    const work = filters.onNetwork?.(contextOf(network), parameters, memoryWriter().writer, stop.signal);
    if (!work) throw new Error('filters look at the network');
    let part = await work.next();
    for (let n = 0; !part.done; n++) {
      if (n === 2) stop.abort();
      part = await work.next();
    }
    expect(part.value.partial).toBe(true);
    const { verdict, summary } = filters.conclude([], { ...contextOf(network), alone: part.value }, parameters);
    expect((summary as FiltersSummary).layers.length).toBeLessThan(11);
    expect(verdict?.caveats.map(({ en }) => en)).toContain('the run was stopped before its end');
  });
});

describe('the verdict', () => {
  const noise = (name: string) => holding(name, 'conv2d', [['kernel', [3, 3, 16, 32]]]);
  const waves = (name: string) =>
    holding(name, 'conv2d', [['kernel', [3, 3, 16, 32]]], (values) => {
      values.forEach((w, at) => (values[at] = w + 2 * Math.sin(Math.floor(at / (16 * 32)) / 2 + (at % 7))));
    });

  it.each([
    [['a', 'b', 'c'], [], 'problem', 'No. All 3 layers that can be tested still look like their random start.'],
    [['a'], [], 'problem', 'No. a, the only layer that can be tested, still looks like its random start.'],
    [['a'], ['b', 'c'], 'watch', 'Not fully. a still looks like its random start.'],
    [['a', 'b'], ['c'], 'watch', 'Not fully. a and b still look like their random start.'],
    [['a', 'b', 'd', 'e'], ['c'], 'watch', 'Not fully. a, b and 2 more still look like their random start.'],
    [[], ['a', 'b'], 'fine', 'Yes. None of the 2 layers tested looks like its random start.'],
    [[], ['a'], 'fine', 'Yes. a, the only layer that can be tested, does not look like its random start.'],
  ] as const)('of noise in %j and pattern in %j', async (plain, patterned, level, sentence) => {
    const { verdict, count } = await look([...plain.map(noise), ...patterned.map(waves)], { twins: 0 });
    expect([verdict?.level, verdict?.sentence.en]).toEqual([level, sentence]);
    expect(verdict?.sentence.fr).not.toBe('');
    expect([count.noiseLike, count.structured]).toEqual([plain.length, patterned.length]);
    // What noise-like layers do not show, and what pattern does not show, stands beside (methods §5).
    expect(verdict?.caveats[0]?.en).toMatch(
      plain.length > 0 ? /useful while near its start|threshold/ : /does not show/,
    );
    expect(JSON.stringify(verdict)).not.toMatch(/untrained|learning rate/);
  });

  it('is less sure where another threshold would give another answer', async () => {
    const few = holding('few', 'conv2d', [['kernel', [3, 3, 5, 22]]]);
    const { verdict } = await look([few], { twins: 0 });
    // 110 kernels are enough for 100, not for half as many again.
    expect([verdict?.code, verdict?.confidence]).toEqual(['noise-like', 'moderate']);
    expect(verdict?.caveats.map(({ en }) => en)).toContain('another threshold changes the answer');
  });
});

describe('a job of filters', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isolens-filters-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const job = (parameters: object, inputs: readonly object[] = []) =>
    checkJob({
      schema: 'isolens/job@1',
      network: demo('organs-unet-final'),
      inputs,
      analyses: [{ id: 'filters', parameters: { nodes: ['enc1a', 'dec3a', 'organs'], twins: 2, ...parameters } }],
    });
  const run = async (parameters: object, inputs: readonly object[] = [], resume = false) => {
    const own = job(parameters, inputs);
    const plan = await planJob({ job: own, base: folder });
    const stages: string[] = [];
    try {
      await runPlan(plan, {
        folder: await resultFolder(folder, own),
        signal: new AbortController().signal,
        resume,
        memoryBytes: 2 ** 28,
        progress: ({ stage }) => stages.push(stage),
      });
    } finally {
      plan.network.close();
    }
    const results = Results.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')));
    return { results, stages };
  };

  it('needs no inputs; its files and warnings are those of the network alone', async () => {
    const { results, stages } = await run({ save: ['dec3a'] });
    const [own] = results.analyses;
    expect([results.errors, own?.inputs]).toEqual([[], []]);
    expect(own?.files).toEqual({ weights: { dec3a: 'filters/network/dec3a.npy' } });
    const saved = await readArray(join(folder, 'filters/network/dec3a.npy'));
    expect(saved.shape).toEqual([3, 3, 96, 32]);
    expect(stages).toContain('filters: dec3a');
    const layers = (own?.summary as FiltersSummary).layers;
    expect(layers.map(({ node, status }) => [node, status])).toEqual([
      ['enc1a', 'undetermined'],
      ['dec3a', 'structured'],
      ['organs', 'undetermined'],
    ]);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('dec3a');

    const again = await run({ save: ['dec3a'] }, [], true);
    expect(again.stages).not.toContain('filters: dec3a');
    expect(again.results.analyses).toEqual(results.analyses);
  });

  it('takes the starting weights and a trained reference from other files', async () => {
    const { results } = await run({
      initial: demo('organs-unet-epoch-01'),
      reference: demo('organs-unet-lr-too-high'),
    });
    const [, dec3a] = (results.analyses[0]?.summary as FiltersSummary).layers;
    expect(dec3a?.layer.change?.relativeDistance).toBeCloseTo(0.1841, 3);
    expect(dec3a?.layer.change?.cosine).toBeCloseTo(0.9841, 3);
    expect(dec3a?.reference?.status).toBe('structured');
    expect(results.analyses[0]?.verdict?.detail?.en).toMatch(/^0\.02–0\.18 away from the starting weights/);
    const same = await run({ initial: demo('organs-unet-final') });
    const [first] = (same.results.analyses[0]?.summary as FiltersSummary).layers;
    expect(first?.layer.change).toEqual({ relativeDistance: 0, cosine: 1 });
  });

  it('names the file of starting weights that is not there', async () => {
    await expect(planJob({ job: job({ initial: 'nowhere.keras' }), base: folder })).rejects.toMatchObject({
      problem: { code: 'job/no-such-file', where: { file: 'nowhere.keras', key: 'initial' } },
    });
  });

  it('with inputs has an entry for each, with the same files', async () => {
    const values = new Float32Array(128 * 128).fill(0.5);
    await writeFile(join(folder, 'a.npy'), [npyHeader(values, [128, 128, 1]), new Uint8Array(values.buffer)]);
    const { results } = await run({ save: ['enc1a'] }, [{ array: 'a.npy' }, { array: 'missing.npy' }]);
    const [own] = results.analyses;
    expect(own?.inputs.map(({ id, files }) => [id, files])).toEqual([['a', own?.files]]);
    expect(results.errors.map(({ where }) => where.input)).toEqual(['missing']);
  });

  it('other analyses still need inputs, and an estimate without any is empty', async () => {
    const both = checkJob({ ...job({}), analyses: [{ id: 'filters' }, { id: 'predict' }] });
    await expect(planJob({ job: both, base: folder })).rejects.toMatchObject({ problem: { code: 'job/no-inputs' } });
    const plan = await planJob({ job: job({}), base: folder });
    expect(await estimatePlan(plan, 2 ** 28, new AbortController().signal)).toEqual([
      { passes: 0, seconds: null, bytes: 0, batch: 0, notes: [] },
    ]);
    plan.network.close();
  });
});

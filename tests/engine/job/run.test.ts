import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { estimatePlan, type EstimateMemory } from '../../../main/engine/job/estimate';
import { planJob } from '../../../main/engine/job/plan';
import { checkJob } from '../../../main/engine/job/readJob';
import { resultFolder } from '../../../main/engine/job/resultFolder';
import { runPlan } from '../../../main/engine/job/run';
import { npyHeader } from '../../../main/engine/result/npy';
import { maps } from '../../../shared/analysis/maps';
import type { Progress } from '../../../shared/job';
import { Results } from '../../../shared/result';
import { relu, writtenNetwork } from '../analysis/writtenNetwork';

/** Two filters over a 4 × 4 image: the value itself, and one that answers only above 5. */
const written = writtenNetwork(
  [4, 4, 1],
  [
    {
      name: 'conv',
      inputs: ['x'],
      shape: [4, 4, 2],
      activation: relu,
      compute: ([x]) => Array.from(x ?? [], (value) => [value, value - 5]).flat(),
    },
    {
      name: 'y',
      inputs: ['conv'],
      shape: [2],
      activation: { kind: 'softmax', axes: [-1] },
      compute: ([a]) => [a?.[0] ?? 0, a?.[1] ?? 0],
    },
  ],
);

const { description } = written;
const network = {
  ...written,
  description: {
    ...description,
    network: { ...description.network, inputs: [{ name: 'x', shape: [null, 4, 4, 1] }] },
  },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-run-'));
  await writeFile(join(folder, 'network.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true }));

async function array(name: string, values: readonly number[]): Promise<void> {
  const held = Float32Array.from({ length: 16 }, (_, v) => values[v % values.length] ?? 0);
  await writeFile(join(folder, name), [npyHeader(held, [4, 4, 1]), new Uint8Array(held.buffer)]);
}

/** Runs a job over a hand-written network; `after` is told the results that are on the disk whenever an input begins. */
async function run(job: object, language: 'en' | 'fr' = 'en') {
  const read = {
    job: checkJob({ schema: 'isolens/job@1', network: 'network.json', ...job }),
    base: folder,
  };
  const plan = await planJob(read, { open: () => Promise.resolve(network) });
  const out = await resultFolder(join(folder, 'out'), read.job, language);
  const progress: Progress[] = [];
  const { results } = await runPlan(plan, {
    folder: out,
    signal: new AbortController().signal,
    resume: false,
    memoryBytes: 2 ** 26,
    progress: (step) => progress.push(step),
  });
  const stored = Results.parse(JSON.parse(await readFile(join(out.path, 'results.json'), 'utf8')));
  return { results, stored, progress, report: await readFile(out.reportPath, 'utf8') };
}

describe('a job over several inputs', () => {
  it('names each in its progress, lists what fails, and gives figures of each and of all', async () => {
    await array('a.npy', [1, 2]);
    await array('b.npy', [3, 4]);
    await array('c.npy', [7, 0]);
    const { stored, progress } = await run({
      inputs: ['a.npy', 'b.npy', 'missing.npy', 'c.npy'].map((name) => ({ array: name })),
      analyses: [{ id: 'maps', parameters: { nodes: ['conv'] } }],
    });
    expect([...new Set(progress.map(({ input }) => input))]).toEqual(['a', 'b', 'missing', 'c', undefined]);
    const shares = progress.map(({ done, total }) => done / total);
    expect(shares.at(-1)).toBe(1);
    expect(stored.errors).toHaveLength(1);
    expect(stored.errors[0]).toMatchObject({ code: 'job/no-such-file', where: { input: 'missing' } });
    const [analysis] = stored.analyses;
    expect(analysis?.inputs.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    const each = analysis?.inputs.map(({ values }) => maps.values.parse(values).layers[0]?.channels ?? []);
    expect(each?.map((channels) => channels.map(({ max }) => max))).toEqual([
      [2, 0],
      [4, 0],
      [7, 2],
    ]);
    const joint = maps.summary.parse(analysis?.summary);
    expect(joint).toMatchObject({ patients: 3, inputs: 3 });
    const [value, above] = joint.layers[0]?.channels ?? [];
    // Over all voxels of all inputs: (1.5 + 3.5 + 3.5) / 3, and silent in two of three patients.
    expect(value?.mean).toBeCloseTo(17 / 6, 9);
    expect([above?.max, above?.zeroMapShare]).toEqual([2, 2 / 3]);
  });

  it('tells a length that arrays cannot have from one that was left out, also at its default', async () => {
    await array('a.npy', [1, 2]);
    const asked = (parameters: object) =>
      run({
        inputs: [{ array: 'a.npy' }],
        analyses: [{ id: 'occlusion', parameters: { target: { class: 0 }, ...parameters } }],
      });
    expect((await asked({})).stored.errors).toEqual([]);
    const { errors } = (await asked({ windowMm: 20 })).stored;
    expect(errors[0]).toMatchObject({
      code: 'analysis/length-without-geometry',
      where: { input: 'a', key: 'windowMm' },
    });
  });

  it('says everything in French in a French report, and keeps facts for others to say', async () => {
    await array('a.npy', [1, 2]);
    const { stored, report } = await run(
      {
        inputs: [{ array: 'a.npy' }, { array: 'missing.npy' }],
        analyses: [{ id: 'occlusion', parameters: { target: { class: 0 } } }],
      },
      'fr',
    );
    const [warning] = stored.analyses[0]?.inputs[0]?.warnings ?? [];
    expect(warning).toMatchObject({ code: 'analysis/window-assumed', facts: { window: '1 × 1' } });
    for (const { message } of [...stored.errors, ...(warning ? [warning] : [])]) {
      expect(message).not.toBe('');
      expect(report).not.toContain(message);
    }
    expect(report).toContain('1 × 1');
  });
});

describe('an estimate', () => {
  it('reads its input once, whatever parameters are tried, and anew for another', async () => {
    await array('a.npy', [1, 2]);
    await array('b.npy', [3, 4]);
    const memory: EstimateMemory = { last: null };
    const { signal } = new AbortController();
    const estimate = async (name: string, nodes: readonly string[]) => {
      const job = { schema: 'isolens/job@1', network: 'network.json', inputs: [{ array: name }] };
      const analyses = [{ id: 'maps', parameters: { nodes } }];
      const plan = await planJob(
        { job: checkJob({ ...job, analyses }), base: folder },
        { open: () => Promise.resolve(network) },
      );
      return (await estimatePlan(plan, 2 ** 26, signal, memory))[0];
    };
    const first = await estimate('a.npy', ['conv']);
    expect(first?.passes).toBeGreaterThan(0);
    await rm(join(folder, 'a.npy'));
    expect(await estimate('a.npy', ['conv'])).toEqual(first);
    expect((await estimate('b.npy', ['conv']))?.notes).toEqual([]);
    expect((await estimate('a.npy', ['conv']))?.notes).toMatchObject([{ code: 'job/no-such-file' }]);
  });
});

import fc from 'fast-check';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyses } from '../../../main/engine/analysis/list';
import { mergeShards } from '../../../main/engine/job/merge';
import { planJob } from '../../../main/engine/job/plan';
import { readJob } from '../../../main/engine/job/readJob';
import { resultFolder } from '../../../main/engine/job/resultFolder';
import { runPlan } from '../../../main/engine/job/run';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { npyHeader } from '../../../main/engine/result/npy';
import type { Results, Shard } from '../../../shared/result';

await startBackend({ rung: 'native' });

const network = join(import.meta.dirname, '../../../resources/demo/networks/organs-unet-final/model.json');
const { signal } = new AbortController();
const quiet = (): void => undefined;

let folder = '';

/** Those of one network: what compares several has a job of its own. */
const ofOneNetwork = analyses.filter(({ definition }) => definition.compares !== true);

/** The least of each analysis that asks for something; one that is not listed runs with its defaults. */
const asked: Readonly<Record<string, object>> = {
  predict: {},
  maps: { nodes: ['enc1a', 'enc1b', 'bottomb'], save: ['bottomb'] },
  filters: {},
  search: { nodes: ['enc1b'], top: 3, inFull: 2, synthesised: 1, synthesisSteps: 3, effectiveField: true },
  occlusion: { target: { label: 'SpinalCord' }, windowVoxels: [64, 64], strideVoxels: [64, 64], fill: 'mean' },
  robustness: { families: [{ id: 'white-noise', severities: [50] }], seeds: 1 },
};

const inputs = [
  { array: 'a.npy', patient: 'P1' },
  { array: 'b.npy', patient: 'P2' },
  { array: 'missing.npy' },
  { array: 'c.npy', patient: 'P1' },
  { array: 'narrow.npy' },
  { array: 'a.npy', patient: 'P3' },
  { array: 'd.npy' },
];

async function array(name: string, shape: readonly number[], seed: number): Promise<void> {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float32Array.from({ length: size }, (_, v) => (Math.sin(seed * 37 + v * 0.7 + (v * v) / 91) + 1) / 2);
  await writeFile(join(folder, name), [npyHeader(values, shape), new Uint8Array(values.buffer)]);
}

async function writtenJob(name: string, change: object = {}): Promise<string> {
  const file = join(folder, name);
  const steps = ofOneNetwork.map(({ definition: { id } }) => ({ id, parameters: asked[id] ?? {} }));
  await writeFile(file, JSON.stringify({ schema: 'isolens/job@1', network, inputs, analyses: steps, ...change }));
  return file;
}

async function run(job: string, out: string, { shard, resume = false }: { shard?: Shard; resume?: boolean } = {}) {
  const read = await readJob(job);
  const plan = await planJob(read, { open: openNetwork });
  try {
    const into = await resultFolder(out, read.job);
    await runPlan(plan, { folder: into, signal, resume, memoryBytes: 2 ** 28, shard, progress: quiet });
  } finally {
    plan.network.close();
  }
  return stored(out);
}

const stored = async (out: string): Promise<Results> =>
  JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as Results;

/** results.json but for what a merge may change. */
const comparable = (results: Results): unknown => {
  const { seconds, job, backend, shard, ...rest } = results;
  expect(seconds).toBeGreaterThanOrEqual(0);
  expect([typeof job, typeof backend]).toEqual(['object', 'object']);
  expect(shard).toBeUndefined();
  return rest;
};

async function savedFiles(out: string): Promise<Record<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const kept = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.parts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(results\.json|report\.html)$/.test(path));
  const pairs = kept.map(async (path) => [relative(out, path), (await readFile(path)).toString('base64')] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

const merge = (folders: readonly string[], out: string) =>
  mergeShards(folders, { out, signal, progress: quiet, open: openNetwork });

let whole = '';
let job = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-merge-'));
  for (const [n, name] of ['a', 'b', 'c', 'd'].entries()) await array(`${name}.npy`, [128, 128, 1], n + 1);
  await array('narrow.npy', [128, 1], 9);
  job = await writtenJob('job.json');
  whole = join(folder, 'whole');
  await run(job, whole);
});
afterAll(() => rm(folder, { recursive: true }));

describe('shards of one job', () => {
  it('computed on their own give what one run gives, bit for bit, with its files and errors', async () => {
    const one = await stored(whole);
    expect(one.errors.map(({ code }) => code)).not.toContain('engine/failed');
    expect(one.analyses.map(({ id }) => id)).toEqual(ofOneNetwork.map(({ definition }) => definition.id));
    for (const { id, inputs: done } of one.analyses) expect([id, done.length]).not.toEqual([id, 0]);
    expect(one.errors.map(({ where }) => where.input)).toEqual(expect.arrayContaining(['missing', 'narrow']));

    const shards = [1, 2].map((index) => ({ index, count: 2 }));
    const folders: string[] = [];
    for (const shard of shards) {
      const out = join(folder, `of-two-${String(shard.index)}`);
      const { shard: said, analyses: own } = await run(job, out, { shard });
      expect(said).toEqual(shard);
      expect(own[0]?.inputs.length).toBeLessThan(one.analyses[0]?.inputs.length ?? 0);
      folders.push(out);
    }
    const out = join(folder, 'of-two');
    await merge([...folders].reverse(), out);
    expect(JSON.stringify(comparable(await stored(out)))).toBe(JSON.stringify(comparable(one)));
    // A shard cannot know what the others hold: it may save crops that lose against theirs.
    expect(await savedFiles(out)).toMatchObject(await savedFiles(whole));
  });

  it('give it however many they are, in whatever order they are named, also more than there are inputs', async () => {
    const one = JSON.stringify(comparable(await stored(whole)));
    const files = await savedFiles(whole);
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 8 }).chain((count) =>
          fc.shuffledSubarray(
            Array.from({ length: count }, (_, n) => n + 1),
            { minLength: count },
          ),
        ),
        async (order) => {
          const place = join(folder, `split-${String(turn++)}`);
          const folders = order.map((index) => join(place, String(index)));
          for (const [at, index] of order.entries()) {
            const out = folders[at] ?? '';
            // Its parts are those of the whole run: only how they are put together differs.
            await mkdir(out, { recursive: true });
            for (const entry of await readdir(whole, { withFileTypes: true }))
              if (entry.isDirectory()) await cp(join(whole, entry.name), join(out, entry.name), { recursive: true });
            await run(job, out, { shard: { index, count: order.length }, resume: true });
          }
          const out = join(place, 'merged');
          await merge(folders, out);
          expect(JSON.stringify(comparable(await stored(out)))).toBe(one);
          expect(await savedFiles(out)).toEqual(files);
          await rm(place, { recursive: true });
        },
      ),
      { numRuns: 2 },
    );
  });

  it('belong together by what the job says, not by its name', async () => {
    const slim = { analyses: [{ id: 'predict' }], inputs: inputs.slice(0, 2) };
    const first = await writtenJob('first.json', slim);
    const renamed = await writtenJob('renamed.json', slim);
    const other = await writtenJob('other.json', { ...slim, inputs: inputs.slice(0, 3) });
    const at = (name: string): string => join(folder, `slim-${name}`);
    await run(first, at('1'), { shard: { index: 1, count: 2 } });
    await run(renamed, at('2'), { shard: { index: 2, count: 2 } });
    await run(other, at('other'), { shard: { index: 2, count: 2 } });
    await run(first, at('third'), { shard: { index: 2, count: 3 } });
    await run(first, at('again'), { shard: { index: 1, count: 2 } });
    await merge([at('1'), at('2')], at('merged'));
    expect((await stored(at('merged'))).analyses[0]?.inputs.map(({ id }) => id)).toEqual(['a', 'b']);

    const refused = async (...names: readonly string[]): Promise<string> => {
      try {
        await merge(names.map(at), at('refused'));
      } catch (thrown) {
        return (thrown as { problem: { code: string } }).problem.code;
      }
      return 'merged';
    };
    expect(await refused('1')).toBe('job/missing-shard');
    expect(await refused('1', 'other')).toBe('job/foreign-shard');
    expect(await refused('1', 'third')).toBe('job/foreign-shard');
    expect(await refused('1', '2', 'again')).toBe('job/doubled-shard');
    expect(await refused('1', 'nowhere')).toBe('job/not-a-shard');
    expect(await refused('1', 'merged')).toBe('job/not-a-shard');
    await rm(join(at('2'), 'predict', 'b'), { recursive: true });
    expect(await refused('1', '2')).toBe('job/broken-shard');
  });
});

describe('a run in a folder that holds its parts', () => {
  it('gives the same again, and computes anew only what comes of a file that has changed', async () => {
    const again = join(folder, 'again');
    await cp(whole, again, { recursive: true });
    const before = await stored(again);
    expect(comparable(await run(job, again, { resume: true }))).toEqual(comparable(before));

    const held = await readFile(join(folder, 'd.npy'));
    await array('d.npy', [128, 128, 1], 77);
    const after = await run(job, again, { resume: true });
    await writeFile(join(folder, 'd.npy'), held);
    const changed: string[] = [];
    for (const [n, { id: analysis, inputs: entries }] of after.analyses.entries()) {
      const old = before.analyses[n]?.inputs ?? [];
      expect(entries.map(({ id }) => id)).toEqual(old.map(({ id }) => id));
      for (const [at, { id, values }] of entries.entries())
        if (id !== 'd') expect(values).toEqual(old[at]?.values);
        else if (JSON.stringify(values) !== JSON.stringify(old[at]?.values)) changed.push(analysis);
    }
    expect(changed).toEqual(expect.arrayContaining(['predict', 'maps', 'occlusion']));
  });
});

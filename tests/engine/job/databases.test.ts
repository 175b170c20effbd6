import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planJob } from '../../../main/engine/job/plan';
import { checkJob } from '../../../main/engine/job/readJob';
import { resultFolder } from '../../../main/engine/job/resultFolder';
import { runPlan } from '../../../main/engine/job/run';
import { npyHeader } from '../../../main/engine/result/npy';
import { Results } from '../../../shared/result';
import { relu, writtenNetwork } from '../analysis/writtenNetwork';

const written = writtenNetwork(
  [4, 4, 1],
  [{ name: 'y', inputs: ['x'], shape: [4, 4, 1], activation: relu, compute: ([x]) => Array.from(x ?? []) }],
);
const { description } = written;
const inputs = [{ name: 'x', shape: [null, 4, 4, 1] }];
const network = { ...written, description: { ...description, network: { ...description.network, inputs } } };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-lists-'));
  await mkdir(join(folder, 'lists', 'x'), { recursive: true });
  await writeFile(join(folder, 'network.json'), '{}');
  for (const [n, name] of ['a', 'b', 'c'].entries()) {
    const held = new Float32Array(16).fill(n + 1);
    await writeFile(join(folder, 'lists', 'x', `${name}.npy`), [
      npyHeader(held, [4, 4, 1]),
      new Uint8Array(held.buffer),
    ]);
  }
});
afterEach(() => rm(folder, { recursive: true }));

const list = (name: string, content: object): Promise<void> =>
  writeFile(join(folder, 'lists', name), JSON.stringify({ schema: 'isolens/database@1', ...content }));

async function run(jobInputs: readonly object[]): Promise<Results> {
  const job = checkJob({
    schema: 'isolens/job@1',
    network: 'network.json',
    inputs: jobInputs,
    analyses: [{ id: 'maps', parameters: { nodes: ['y'] } }],
  });
  const plan = await planJob({ job, base: folder }, { open: () => Promise.resolve(network) });
  const out = await resultFolder(join(folder, 'out'), job);
  const { signal } = new AbortController();
  await runPlan(plan, { folder: out, signal, resume: false, memoryBytes: 2 ** 26, progress: () => undefined });
  return Results.parse(JSON.parse(await readFile(join(out.path, 'results.json'), 'utf8')));
}

const idsIn = ({ analyses }: Results): readonly string[] => analyses[0]?.inputs.map(({ id }) => id) ?? [];

describe('a saved list of studies as an input', () => {
  it('stands for what it includes, relative to its own file; what it leaves out is said with its reason', async () => {
    await list('site.json', {
      name: 'Site A',
      entries: [
        { array: 'x/a.npy', patient: 'P1' },
        { array: 'x/b.npy', id: 'second', patient: 'P1', included: false, reason: 'hip prosthesis' },
        { array: 'x/c.npy', patient: 'P1', tags: { KVP: 120 } },
      ],
    });
    const results = await run([{ array: 'lists/x/b.npy' }, { database: 'lists/site.json' }]);
    expect(idsIn(results)).toEqual(['b', 'a', 'c']);
    expect(results.analyses[0]?.summary).toMatchObject({ inputs: 3, patients: 2 });
    expect(results.errors).toEqual([]);
    expect(results.warnings).toMatchObject([
      { code: 'job/left-out', facts: { input: 'second', database: 'Site A', reason: 'hip prosthesis' } },
    ]);
    expect(results.warnings?.[0]?.message).toContain('hip prosthesis');
  });

  it('loses one study that cannot be read, and no other', async () => {
    await list('site.json', {
      name: 'Site A',
      entries: [{ array: 'x/a.npy' }, { array: 'x/gone.npy' }, { array: 'x/c.npy' }],
    });
    const results = await run([{ database: 'lists/site.json' }]);
    expect(idsIn(results)).toEqual(['a', 'c']);
    expect(results.errors).toMatchObject([{ code: 'job/no-such-file', where: { input: 'gone' } }]);
  });

  it('gives names of its own to two lists with the same studies', async () => {
    await list('one.json', { name: 'one', entries: [{ array: 'x/a.npy' }] });
    const results = await run([{ database: 'lists/one.json', id: 'before' }, { database: 'lists/one.json' }]);
    expect(idsIn(results)).toEqual(['before-a', 'a']);
  });

  it('fails alone where it is missing, no list, or has words that nobody knows; one that includes nothing says so', async () => {
    await list('odd.json', { name: 'odd', entries: [{ array: 'x/a.npy', inclded: true }] });
    await list('none.json', { name: 'none', entries: [{ array: 'x/a.npy', included: false }] });
    await writeFile(join(folder, 'lists', 'text.json'), 'not JSON');
    const results = await run([
      ...['odd', 'missing', 'text', 'none'].map((name) => ({ database: `lists/${name}.json` })),
      { array: 'lists/x/a.npy' },
    ]);
    expect(idsIn(results)).toEqual(['a']);
    expect(results.errors.map(({ code, where }) => [code, where.input, where.file])).toEqual(
      ['odd', 'missing', 'text'].map((name) => ['job/database-unreadable', name, `lists/${name}.json`]),
    );
    expect(results.errors[0]?.message).toContain('included');
    expect(results.warnings?.map(({ code }) => code)).toEqual(['job/left-out', 'job/database-empty']);
  });
});

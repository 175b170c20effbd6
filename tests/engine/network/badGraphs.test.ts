import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError, problemCodes, type Problem } from '../../../shared/problem/problem';
import { openNetwork } from '../../../main/engine/network/open';
import { graphFolder, unzipped } from './graphCases';
import { constant, field, graph, input, node, raw, tensor } from './graphFiles';
import { noise } from './handmade';

const folder = mkdtempSync(join(tmpdir(), 'isolens-graphs-'));
const small = unzipped('classifier3d.zip');
afterAll(() => {
  rmSync(folder, { recursive: true });
  small.remove();
});

const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** A copy of one of the small network's folders, to be spoilt. */
const copied = (name: string, as: string): string => {
  cpSync(join(small.folder, name), join(folder, as), { recursive: true });
  return join(folder, as);
};

/** The problem that opening gives, or null where it opens. Anything but a coded problem fails the test. */
async function problemOf(path: string): Promise<Problem | null> {
  try {
    (await openNetwork(path)).close();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof IsolensError)) throw thrown;
    expect(problemCodes).toContain(thrown.problem.code);
    expect(thrown.problem.where.file).toBeDefined();
    return thrown.problem;
  }
}

/** float_val: 1, which stands for every number of its tensor. */
const oneFloat = [0x2d, 0, 0, 0x80, 0x3f];

describe('graphs that are refused', () => {
  it('with a circle, naming a node of it', async () => {
    const bytes = graph(
      input('x', [1, 4]),
      node('AddV2', 'a', ['x', 'b']),
      node('Relu', 'b', ['a']),
      node('Relu', 'c', ['b']),
    );
    expect(await problemOf(put('circle.pb', bytes))).toMatchObject({ code: 'network/cyclic' });
  });

  it('that read what is not there', async () => {
    expect(await problemOf(put('absent.pb', graph(input('x', [1, 4]), node('Relu', 'a', ['y']))))).toMatchObject({
      code: 'network/bad-structure',
      facts: { reason: 'an operation reads y, which is not there' },
    });
  });

  it('whose only output hangs on nothing', async () => {
    const bytes = graph(input('x', [1, 4]), constant('c', tensor(1, [2], raw([1, 2]))));
    expect(await problemOf(put('alone.pb', bytes))).toMatchObject({ code: 'network/bad-structure' });
  });

  it('with a tensor that claims more bytes than it has', async () => {
    const bytes = graph(
      input('x', [1, 4]),
      constant('k', tensor(1, [4, 2 ** 30], raw([1, 2]))),
      node('MatMul', 'y', ['x', 'k']),
    );
    const problem = await problemOf(put('claims.pb', bytes));
    expect(problem).toMatchObject({ code: 'network/bad-structure' });
    expect(String(problem?.facts['reason'])).toContain('tensor of k');
  });

  it('with one number that is to stand for thousands of millions, before they are made', async () => {
    const one = (name: string): number[] => constant(name, tensor(1, [2 ** 15, 2 ** 15], oneFloat));
    const bytes = graph(input('x', [1, 4]), one('k'), node('AddV2', 'y', ['x', 'k']));
    expect(await problemOf(put('repeated.pb', bytes))).toMatchObject({
      code: 'network/too-large',
      where: { node: 'k' },
    });
    const many = Array.from({ length: 20 }, (_, i) => constant(`k${i}`, tensor(1, [2 ** 12, 2 ** 12], oneFloat)));
    const sum = node('Identity', 'y', ['x', ...many.map((_, i) => `k${i}`)]);
    expect(await problemOf(put('many.pb', graph(input('x', [1, 4]), ...many, sum)))).toMatchObject({
      code: 'network/too-large',
    });
  });

  it('of which the constants unfold by copying', async () => {
    const tiles = Array.from({ length: 12 }, (_, i) => node('Tile', `t${i + 1}`, [`t${i}`, 'times']));
    const bytes = graph(
      input('x', [1, 4]),
      constant('t0', tensor(1, [8, 8], raw(Array.from({ length: 64 }, () => 1)))),
      constant('times', tensor(3, [2], field(7, [16, 16]))),
      ...tiles,
      node('AddV2', 'y', ['x', 't12']),
    );
    expect((await problemOf(put('copies.pb', bytes)))?.code).toMatch(/network\/(bad-structure|too-large)/);
  });

  it('that are cut anywhere', async () => {
    const bytes = readFileSync(join(graphFolder, 'first.pb'));
    for (const share of [0.2, 0.5, 0.9, 0.999])
      expect(await problemOf(put('cut.pb', bytes.subarray(0, Math.floor(bytes.length * share))))).not.toBeNull();
  });
});

describe('operations that are not known', () => {
  const kernel = constant('k', tensor(1, [4, 2], raw([1, 2, 3, 4, 5, 6, 7, 8])));

  it('are named with the reason, what lies before them runs and what lies behind is shown', async () => {
    const bytes = graph(
      input('x', [1, 4]),
      kernel,
      node('MatMul', 'before', ['x', 'k']),
      node('Secret', 'secret', ['before']),
      node('Relu', 'after', ['secret']),
    );
    const network = await openNetwork(put('secret.pb', bytes));
    expect(network.description.unsupported).toEqual([
      { node: 'secret', op: 'Secret', reason: 'Isolens does not know this operation' },
    ]);
    expect(network.graph.nodes.map(({ name, op, outputShape }) => [name, op, outputShape])).toEqual([
      ['x', 'input', [null, 4]],
      ['before', 'dense', [null, 2]],
      ['secret', 'unknown', null],
      ['after', 'activation', null],
    ]);
    const results = await network.run({ x: { shape: [1, 4], values: Float32Array.of(1, 0, 0, 1) } }, [
      { node: 'before', stage: 'output' },
    ]);
    expect([...results.get('before')!.values]).toEqual([8, 10]);
    network.close();
  });

  it.each([
    ['text', 7, field(8, 'weights')],
    ['DT_QINT8', 11, field(4, [1, 2, 3, 4, 5, 6, 7, 8])],
  ] as const)('have weights of %s', async (what, type, content) => {
    const sizes = type === 7 ? [] : [4, 2];
    const bytes = graph(
      input('x', [1, 4]),
      constant('k', tensor(type, sizes, [...content])),
      node('MatMul', 'y', ['x', 'k']),
    );
    const network = await openNetwork(put('odd.pb', bytes));
    expect(network.description.unsupported).toEqual([
      { node: 'y', op: 'MatMul', reason: `its input 1 is ${what}, not a map` },
    ]);
    network.close();
  });
});

describe('a folder of several files', () => {
  it('without its variables, or with a shard cut short, changed or in another folder', async () => {
    const path = copied('saved_model', 'variables');
    const shard = join(path, 'variables/variables.data-00000-of-00001');
    const bytes = readFileSync(shard);
    writeFileSync(shard, bytes.subarray(0, 200));
    expect(await problemOf(path)).toMatchObject({ code: 'network/damaged' });
    const changed = Uint8Array.from(bytes);
    changed[400]! ^= 0x40;
    writeFileSync(shard, changed);
    expect(await problemOf(path)).toMatchObject({ code: 'network/damaged' });
    writeFileSync(join(folder, 'elsewhere'), bytes);
    rmSync(shard);
    expect(await problemOf(path)).toMatchObject({ code: 'network/weights-missing' });
    symlinkSync(join(folder, 'elsewhere'), shard);
    expect(await problemOf(path)).toMatchObject({ code: 'network/weights-missing' });
    rmSync(join(path, 'variables'), { recursive: true });
    expect(await problemOf(path)).toMatchObject({ code: 'network/weights-missing' });
  });

  it('whose index is compressed', async () => {
    const path = copied('saved_model', 'snappy');
    const index = join(path, 'variables/variables.index');
    const bytes = Uint8Array.from(readFileSync(index));
    // The type of the first block stands before its checksum, where the block of the index begins 5 bytes later.
    const view = new DataView(bytes.buffer);
    const footer = bytes.length - 48;
    const metaOffset = (bytes[footer]! & 0x7f) + (bytes[footer]! > 0x7f ? bytes[footer + 1]! * 128 : 0);
    expect(view.getUint8(metaOffset - 5)).toBe(0);
    bytes[metaOffset - 5] = 1;
    writeFileSync(index, bytes);
    const problem = await problemOf(path);
    expect(problem).toMatchObject({ code: 'network/damaged' });
    expect(String(problem?.facts['reason'])).toContain('compressed');
  });

  it('that names weights out of its folder', async () => {
    const path = copied('tfjs', 'outside');
    const json = readFileSync(join(path, 'model.json'), 'utf8');
    cpSync(join(path, 'group1-shard1of1.bin'), join(folder, 'stolen.bin'));
    writeFileSync(join(path, 'model.json'), json.replace('group1-shard1of1.bin', '../stolen.bin'));
    expect(await problemOf(path)).toMatchObject({ code: 'network/weights-missing', facts: { part: '../stolen.bin' } });
  });

  it('of Keras without weights, or with more than one file of them', async () => {
    const path = copied('split', 'split');
    rmSync(join(path, 'weights.h5'));
    expect(await problemOf(join(path, 'architecture.json'))).toMatchObject({ code: 'network/weights-missing' });
    for (const name of ['a.h5', 'b.h5']) cpSync(join(small.folder, 'split/weights.h5'), join(path, name));
    expect(await problemOf(join(path, 'architecture.json'))).toMatchObject({
      code: 'network/weights-missing',
      facts: { part: 'a.h5, b.h5' },
    });
  });
});

describe('mutated files', () => {
  const mutated = (bytes: Uint8Array, seed: number): Uint8Array => {
    const changed = Uint8Array.from(bytes);
    const random = noise(64, seed).map((v) => (v + 1) / 2);
    const at = (i: number): number => Math.min(bytes.length - 1, Math.floor(random[i]! * bytes.length));
    if (seed % 9 === 0) return changed.subarray(0, at(0));
    const count = 1 + Math.floor(random[1]! * 6);
    for (let m = 0; m < count; m++) changed[at(2 + 2 * m)] = Math.floor(random[3 + 2 * m]! * 256);
    if (seed % 7 === 0) changed.copyWithin(at(30), at(31), at(31) + 64);
    return changed;
  };
  const times = 500;

  /** Opens as many mutants; some must open, and some must not, or the mutation says nothing. */
  async function expectCoded(bytes: Uint8Array, target: string, path: string): Promise<void> {
    let refused = 0;
    for (let seed = 1; seed <= times; seed++) {
      writeFileSync(target, mutated(bytes, seed));
      if (await problemOf(path)) refused++;
    }
    expect(refused).toBeGreaterThan(times / 20);
  }

  it.each(['first.pb', 'phase.pb'])(
    `of %s: ${times} times a coded problem or a network`,
    async (name) => {
      const path = join(folder, `mutant-${name}`);
      await expectCoded(readFileSync(join(graphFolder, name)), path, path);
    },
    240_000,
  );

  it.each([
    ['saved_model', 'saved_model.pb'],
    ['saved_model', 'variables/variables.index'],
    ['tfjs', 'model.json'],
    ['folder', 'config.json'],
    ['folder', 'model.weights.h5'],
  ] as const)(
    `of %s/%s: ${times} times a coded problem or a network`,
    async (name, file) => {
      mkdirSync(join(folder, 'mutants'), { recursive: true });
      const path = copied(name, `mutants/${name}-${file.replaceAll('/', '-')}`);
      await expectCoded(readFileSync(join(path, file)), join(path, file), path);
    },
    240_000,
  );
});

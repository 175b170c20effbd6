import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError, problemCodes, sentencesOf, type Problem } from '../../../shared/problem/problem';
import { openHdf5 } from '../../../main/engine/network/hdf5';
import { openNetwork } from '../../../main/engine/network/open';
import { bytesOf, casesOf, inputsOf, largestDifference, unpacked } from './referenceCases';
import { noise } from './handmade';

const folder = mkdtempSync(join(tmpdir(), 'isolens-bad-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** The problem that opening gives, or null where it opens. Anything but a coded problem fails the test. */
async function problemOf(path: string): Promise<Problem | null> {
  try {
    (await openNetwork(path)).close();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof IsolensError)) throw thrown;
    expect(problemCodes).toContain(thrown.problem.code);
    expect(thrown.problem.code).not.toBe('engine/unexpected');
    return thrown.problem;
  }
}

/** One problem that names the file, in whole sentences. */
async function expectProblem(path: string, code: string): Promise<Problem> {
  const problem = await problemOf(path);
  expect(problem?.code).toBe(code);
  expect(problem!.where.file).toContain(folder);
  for (const language of ['en', 'fr'] as const) {
    const { message, wayOn } = sentencesOf(problem!, language);
    expect(`${message} ${wayOn}`).not.toMatch(/\{\w+\}|undefined/);
  }
  return problem!;
}

const keras = bytesOf('keras3-classifier.keras');
const h5 = bytesOf('keras3-classifier.h5.gz');
const entries = unzipSync(keras);

const rezipped = (changes: Record<string, Uint8Array | null>): Uint8Array =>
  zipSync(
    Object.fromEntries(Object.entries({ ...entries, ...changes }).filter(([, v]) => v !== null)) as Record<
      string,
      Uint8Array
    >,
  );

const withConfig = (change: (text: string) => string): Uint8Array =>
  rezipped({ 'config.json': strToU8(change(strFromU8(entries['config.json']!))) });

describe('files that are no whole network', () => {
  it('that is missing, a folder without a network, or something else entirely', async () => {
    await expectProblem(join(folder, 'absent.keras'), 'network/missing');
    await expectProblem(folder, 'network/not-a-network');
    await expectProblem(put('picture.keras', Buffer.from('\x89PNG\r\n\x1a\n')), 'network/not-a-network');
    await expectProblem(put('empty.h5', ''), 'network/not-a-network');
    await expectProblem(put('other.zip', zipSync({ 'readme.txt': strToU8('x') })), 'network/not-a-network');
  });

  it('is told by its content, whatever its name', async () => {
    expect(await problemOf(put('zip.h5', keras))).toBeNull();
    expect(await problemOf(put('hdf5.keras', h5))).toBeNull();
  });

  it('cut anywhere is damaged', async () => {
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      await expectProblem(put('cut.keras', keras.subarray(0, Math.floor(keras.length * share))), 'network/damaged');
      await expectProblem(put('cut.h5', h5.subarray(0, Math.floor(h5.length * share))), 'network/damaged');
    }
  });

  it('with weights alone', async () => {
    await expectProblem(put('weights.h5', entries['model.weights.h5']!), 'network/weights-only');
  });

  it('that is defined by code', async () => {
    await expectProblem(
      put(
        'sub.keras',
        withConfig((t) => t.replace('"Sequential"', '"MyModel"')),
      ),
      'network/bad-structure',
    );
  });

  it('whose zip claims sizes that it cannot have is refused before anything is unpacked', async () => {
    const bomb = zipSync({ 'config.json': strToU8('{}'), 'metadata.json': strToU8('{}') });
    const view = new DataView(bomb.buffer);
    for (let at = 0; at + 46 < bomb.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0xfffffff0, true);
    await expectProblem(put('bomb.keras', bomb), 'network/too-large');
  });

  it('whose weights are of another shape names the layer and both shapes', async () => {
    const wider = withConfig((t) =>
      t
        .replace('"filters": 3', '"filters": 3')
        .replace(/"name": "second"(.*?)"kernel_size": \[3, 3\]/, '"name": "second"$1"kernel_size": [5, 3]'),
    );
    const problem = await expectProblem(put('misfit.keras', wider), 'network/weights-do-not-fit');
    expect(problem.where.node).toBe('second');
    expect(problem.facts).toEqual({ found: 'kernel [3, 3, 3, 3]', wanted: '[5, 3, 3, 3]' });
  });

  it('with layers in a circle', async () => {
    const own = join(folder, 'circle');
    mkdirSync(own, { recursive: true });
    const layer = (name: string, from: string): object => ({
      class_name: 'Activation',
      name,
      config: { name, activation: 'relu' },
      inbound_nodes: [[[from, 0, 0, {}]]],
    });
    const config = {
      name: 'm',
      layers: [layer('a', 'b'), layer('b', 'a')],
      input_layers: [['a', 0, 0]],
      output_layers: [['b', 0, 0]],
    };
    writeFileSync(
      join(own, 'model.json'),
      JSON.stringify({ modelTopology: { class_name: 'Functional', config }, weightsManifest: [] }),
    );
    await expectProblem(own, 'network/cyclic');
  });

  it('that unfolds into millions of layers is refused', async () => {
    let inner: object = {
      class_name: 'Sequential',
      config: { name: 's0', layers: [{ class_name: 'Activation', config: { name: 'a', activation: 'relu' } }] },
    };
    for (let depth = 1; depth < 12; depth++) {
      const name = `s${depth}`;
      const io = {
        class_name: 'InputLayer',
        name: 'i',
        config: { name: 'i', batch_input_shape: [null, 4] },
        inbound_nodes: [],
      };
      const calls = Array.from({ length: 8 }, (_, c) => [
        [c === 0 ? 'i' : `s${depth - 1}`, c === 0 ? 0 : c - 1, 0, {}],
      ]);
      const layers = [io, { ...inner, name: `s${depth - 1}`, inbound_nodes: calls }];
      inner = {
        class_name: 'Functional',
        config: { name, layers, input_layers: [['i', 0, 0]], output_layers: [[`s${depth - 1}`, 7, 0]] },
      };
    }
    const own = join(folder, 'laughs');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'model.json'), JSON.stringify({ modelTopology: inner, weightsManifest: [] }));
    await expectProblem(own, 'network/bad-structure');
  });
});

describe('networks with something wrong in them', () => {
  it('with weights that are not numbers open, and say in which layer', async () => {
    const own = join(folder, 'nan');
    mkdirSync(own, { recursive: true });
    const config = {
      name: 'm',
      layers: [{ class_name: 'Dense', config: { name: 'd', units: 2, use_bias: false, batch_input_shape: [null, 2] } }],
    };
    const manifest = [{ paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 2], dtype: 'float32' }] }];
    writeFileSync(
      join(own, 'model.json'),
      JSON.stringify({ modelTopology: { class_name: 'Sequential', config }, weightsManifest: manifest }),
    );
    writeFileSync(join(own, 'w.bin'), Buffer.from(Float32Array.of(1, NaN, Infinity, 2).buffer));
    const network = await openNetwork(own);
    expect(network.description.warnings).toEqual([
      { code: 'network/not-finite-weights', message: 'Layer d has 2 weights that are not finite numbers.' },
    ]);
    network.close();
  });

  it.each([
    [2, 'keras2-unknown.h5.gz'],
    [3, 'keras3-unknown.keras'],
  ] as const)(
    'with a layer of unknown work (Keras %i): named, the rest shown, runs up to it',
    async (version, file) => {
      const reference = casesOf(version).find((c) => c.network === 'unknown')!;
      const network = await openNetwork(put(`unknown-${version}`, bytesOf(file)));
      expect(network.description.unsupported).toEqual([
        { node: 'secret', op: 'Lambda', reason: 'Isolens does not know this layer' },
      ]);
      expect(network.description.nodes.map((n) => [n.name, n.op, n.outputShape])).toEqual([
        ['x', 'input', [null, 6, 6, 1]],
        ['before', 'conv2d', [null, 4, 4, 2]],
        ['secret', 'unknown', null],
        ['after', 'conv2d', null],
      ]);
      expect(network.description.network.parameters).toBe(reference.parameters);
      const results = await network.run(inputsOf(reference), [{ node: 'before', stage: 'output' }]);
      expect(largestDifference(results.get('before')!, unpacked(reference.inner['before']!))).toBeLessThan(1e-5);
      const refused: unknown = await network
        .run(inputsOf(reference), [{ node: 'after', stage: 'output' }])
        .catch((reason: unknown) => reason);
      expect((refused as IsolensError).problem).toMatchObject({
        code: 'network/cannot-run',
        where: { node: 'secret' },
        facts: { op: 'Lambda' },
      });
      network.close();
    },
  );
});

describe('the HDF5 door', () => {
  it('refuses an array that claims more than its file can hold', async () => {
    const h5wasm = await import('h5wasm');
    const { FS } = await h5wasm.ready;
    const made = new h5wasm.File('/claims.h5', 'w');
    made.create_dataset({ name: 'huge', data: new Float32Array(16), shape: [16] });
    made.create_external_link('/etc/passwd', '/x', 'elsewhere');
    made.create_attribute('model_config', '{}');
    made.close();
    const bytes = FS.readFile('/claims.h5');
    FS.unlink('/claims.h5');
    // The dimension 16 stands as eight bytes in the dataset's dataspace: make it 2⁴⁰.
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let changed = 0;
    for (let at = 0; at + 8 <= bytes.length; at++) {
      if (view.getBigUint64(at, true) !== 16n) continue;
      view.setBigUint64(at, 2n ** 40n, true);
      changed++;
    }
    expect(changed).toBeGreaterThan(0);
    const read = async (): Promise<unknown> => {
      using hdf5 = await openHdf5(bytes, 'claims.h5');
      return hdf5.array('huge');
    };
    await expect(read()).rejects.toThrow(IsolensError);
  });

  it('does not follow links out of the file', async () => {
    const h5wasm = await import('h5wasm');
    const { FS } = await h5wasm.ready;
    const made = new h5wasm.File('/links.h5', 'w');
    made.create_external_link('/etc/passwd', '/x', 'elsewhere');
    made.create_soft_link('/nowhere', 'broken');
    made.close();
    const bytes = FS.readFile('/links.h5');
    FS.unlink('/links.h5');
    using hdf5 = await openHdf5(bytes, 'links.h5');
    for (const name of ['elsewhere', 'broken']) expect(() => hdf5.array(name)).toThrow(IsolensError);
  });
});

describe('mutated files', () => {
  const mutated = (bytes: Uint8Array, seed: number): Uint8Array => {
    const changed = Uint8Array.from(bytes);
    const random = noise(64, seed).map((v) => (v + 1) / 2);
    const at = (i: number): number => Math.min(bytes.length - 1, Math.floor(random[i]! * bytes.length));
    if (seed % 5 === 0) return changed.subarray(0, at(0));
    const count = 1 + Math.floor(random[1]! * 12);
    for (let m = 0; m < count; m++) changed[at(2 + 2 * m)] = Math.floor(random[3 + 2 * m]! * 256);
    if (seed % 7 === 0) changed.copyWithin(at(30), at(31), at(31) + 64);
    return changed;
  };
  const times = 500;

  it(`of .keras: ${times} times a coded problem or a network`, async () => {
    for (let seed = 1; seed <= times; seed++) await problemOf(put('mutant.keras', mutated(keras, seed)));
  }, 120_000);

  it(`of .keras, behind the zip's checksums: ${times} times a coded problem or a network`, async () => {
    for (let seed = 1; seed <= times; seed++) {
      const name = seed % 2 === 0 ? 'config.json' : 'model.weights.h5';
      await problemOf(put('inner.keras', rezipped({ [name]: mutated(entries[name]!, seed) })));
    }
  }, 120_000);

  it(`of .h5: ${times} times a coded problem or a network`, async () => {
    for (let seed = 1; seed <= times; seed++) await problemOf(put('mutant.h5', mutated(h5, seed)));
  }, 120_000);

  it(`of model.json: ${times} times a coded problem or a network`, async () => {
    const own = join(folder, 'mutants');
    mkdirSync(own, { recursive: true });
    const config = {
      name: 'm',
      layers: [
        {
          class_name: 'Conv2D',
          config: {
            name: 'c',
            filters: 2,
            kernel_size: [3, 3],
            strides: [1, 1],
            padding: 'same',
            use_bias: true,
            activation: 'relu',
            batch_input_shape: [null, 8, 8, 1],
          },
        },
        { class_name: 'Flatten', config: { name: 'f' } },
        { class_name: 'Dense', config: { name: 'd', units: 2, activation: 'softmax' } },
      ],
    };
    const weights = [
      { name: 'c/kernel', shape: [3, 3, 1, 2], dtype: 'float32' },
      { name: 'c/bias', shape: [2], dtype: 'float32' },
      { name: 'd/kernel', shape: [128, 2], dtype: 'float32' },
      { name: 'd/bias', shape: [2], dtype: 'float32' },
    ];
    const json = strToU8(
      JSON.stringify({
        modelTopology: { class_name: 'Sequential', config },
        weightsManifest: [{ paths: ['w.bin'], weights }],
      }),
    );
    writeFileSync(join(own, 'w.bin'), Buffer.from(noise(18 + 2 + 256 + 2, 4).buffer));
    writeFileSync(join(own, 'model.json'), json);
    expect(await problemOf(own)).toBeNull();
    for (let seed = 1; seed <= times; seed++) {
      writeFileSync(join(own, 'model.json'), mutated(json, seed));
      await problemOf(own);
    }
  }, 120_000);
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError, problemCodes, sentencesOf, type Problem } from '../../../../shared/problem/problem';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { openNetwork } from '../../../../main/engine/network/open';
import { noise } from '../handmade';
import { handmade, type HandGraph, type HandNode } from './handmadeOnnx';

const folder = mkdtempSync(join(tmpdir(), 'isolens-bad-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (bytes: Uint8Array, name = 'network.onnx'): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** The problem that opening gives, or null where it opens. Anything but a coded problem fails the test. */
async function problemOf(bytes: Uint8Array): Promise<Problem | null> {
  try {
    (await openNetwork(put(bytes))).close();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof IsolensError)) throw thrown;
    expect(problemCodes).toContain(thrown.problem.code);
    expect(thrown.problem.code).not.toBe('engine/unexpected');
    return thrown.problem;
  }
}

/** One problem that names the file, in whole sentences. */
async function expectProblem(bytes: Uint8Array, code: string): Promise<Problem> {
  const problem = await problemOf(bytes);
  expect(problem?.code).toBe(code);
  expect(problem!.where.file).toContain(folder);
  for (const language of ['en', 'fr'] as const) {
    const { message, wayOn } = sentencesOf(problem!, language);
    expect(`${message} ${wayOn}`).not.toMatch(/\{\w+\}|undefined/);
  }
  return problem!;
}

const opened = (bytes: Uint8Array, name?: string): Promise<LoadedNetwork> => openNetwork(put(bytes, name));

const models = (
  JSON.parse(
    gunzipSync(readFileSync(join(import.meta.dirname, '../../../references/network/onnx/networks.json.gz'))).toString(),
  ) as { readonly cases: readonly { readonly name: string; readonly model: string }[] }
).cases;
const unet = Buffer.from(models.find(({ name }) => name === 'unet2d')!.model, 'base64');
const classifier = Buffer.from(models.find(({ name }) => name === 'classifier3d')!.model, 'base64');

const relu = (name: string, from: string, to: string): HandNode => ({
  op: 'Relu',
  name,
  inputs: [from],
  outputs: [to],
});
const image = { x: [null, 2, 4, 4] };

/** x → `node` → y. */
const single = (node: Omit<HandNode, 'name' | 'outputs'>, rest: Omit<HandGraph, 'nodes'> = {}): HandGraph => ({
  nodes: [{ ...node, name: 'odd', outputs: ['y'] }],
  inputs: image,
  outputs: ['y'],
  ...rest,
});

describe('ONNX files that are no whole network', () => {
  it('cut anywhere are damaged', async () => {
    for (const share of [0.1, 0.5, 0.9, 0.999])
      await expectProblem(unet.subarray(0, Math.floor(unet.length * share)), 'network/damaged');
  });

  it('of versions that are not known are refused by their number', async () => {
    const graph = single({ op: 'Relu', inputs: ['x'] });
    for (const version of [5, 22, 99]) {
      const problem = await expectProblem(handmade(graph, { '': version }), 'network/opset');
      expect(problem.facts).toEqual({ version, oldest: 6, newest: 21 });
    }
    expect(await problemOf(handmade(graph, { '': 21 }))).toBeNull();
    await expectProblem(handmade(graph, { 'com.example': 1 }), 'network/bad-structure');
  });

  it('with operations in a circle name one of them', async () => {
    const nodes = [relu('first', 'b', 'a'), relu('second', 'a', 'b')];
    const problem = await expectProblem(handmade({ nodes, inputs: image, outputs: ['a'] }), 'network/cyclic');
    expect(['first', 'second']).toContain(problem.where.node);
  });

  it('that read or give what nobody makes, or make one value twice', async () => {
    await expectProblem(
      handmade({ nodes: [relu('r', 'nobody', 'y')], inputs: image, outputs: ['y'] }),
      'network/bad-structure',
    );
    await expectProblem(
      handmade({ nodes: [relu('r', 'x', 'y')], inputs: image, outputs: ['z'] }),
      'network/bad-structure',
    );
    const twice = [relu('r', 'x', 'y'), relu('s', 'x', 'y')];
    await expectProblem(handmade({ nodes: twice, inputs: image, outputs: ['y'] }), 'network/bad-structure');
    await expectProblem(handmade({ nodes: [relu('r', 'x', 'y')], outputs: ['y'] }), 'network/bad-structure');
  });

  it('whose tensors claim what is not there are refused before anything is made', async () => {
    const kernel = { name: 'w', dims: [2 ** 20, 2 ** 20], raw: new Uint8Array(64) };
    const matrix = single({ op: 'MatMul', inputs: ['x', 'w'] }, { weights: [kernel] });
    const problem = await expectProblem(handmade(matrix), 'network/bad-structure');
    expect(problem.facts['reason']).toContain('w');
    await expectProblem(
      handmade(single({ op: 'MatMul', inputs: ['x', 'w'] }, { weights: [{ name: 'w', dims: [-1, 4], floats: [1] }] })),
      'network/bad-structure',
    );
  });

  it('that make huge constants out of nothing are refused', async () => {
    const shape = { name: 'shape', dims: [2], ints: [2 ** 20, 2 ** 20] };
    const nodes: HandNode[] = [
      { op: 'ConstantOfShape', name: 'zeros', inputs: ['shape'], outputs: ['w'] },
      { op: 'MatMul', name: 'odd', inputs: ['x', 'w'], outputs: ['y'] },
    ];
    const problem = await expectProblem(
      handmade({ nodes, weights: [shape], inputs: image, outputs: ['y'] }),
      'network/too-large',
    );
    expect(problem.where.node).toBe('zeros');
  });

  it('with an operation that asks for more memory than there is say so before it is made', async () => {
    const pads = { pads: [0, 0, 2 ** 40, 0, 0, 0, 0, 0] };
    const network = await opened(handmade(single({ op: 'Pad', inputs: ['x'], ints: pads }), { '': 10 }));
    const refused: unknown = await network
      .run({ x: { shape: [1, 4, 4, 2], values: new Float32Array(32) } }, [{ node: 'odd', stage: 'output' }])
      .catch((thrown: unknown) => thrown);
    expect((refused as IsolensError).problem).toMatchObject({ code: 'network/out-of-memory', where: { node: 'odd' } });
    network.close();
  });

  it('whose weights do not fit name the operation', async () => {
    const weights = [{ name: 'w', dims: [3, 5, 1, 1], floats: Array.from({ length: 15 }, () => 1) }];
    const problem = await expectProblem(
      handmade(single({ op: 'Conv', inputs: ['x', 'w'] }, { weights })),
      'network/weights-do-not-fit',
    );
    expect(problem.where.node).toBe('odd');
  });
});

describe('ONNX operations that are not known', () => {
  const unknown: readonly (readonly [string, Omit<HandNode, 'name' | 'outputs'>, string, RegExp])[] = [
    [
      'of another domain',
      { op: 'Fused', domain: 'com.example', inputs: ['x'] },
      'com.example.Fused',
      /belongs to com.example/,
    ],
    [
      'that holds graphs',
      { op: 'If', inputs: ['x'], graph: { nodes: [relu('i', 'x', 'j')] } },
      'If',
      /graphs of its own/,
    ],
    ['of quantised numbers', { op: 'QuantizeLinear', inputs: ['x', 's'] }, 'QuantizeLinear', /quantised/],
    ['of texts', { op: 'Add', inputs: ['x', 't'] }, 'Add', /a tensor of string/],
    ['never heard of', { op: 'Nonsense', inputs: ['x'] }, 'Nonsense', /does not know this operation/],
  ];

  it.each(unknown)('%s stay in the graph, named, and are not run past', async (_, node, op, reason) => {
    const weights = [
      { name: 's', dims: [], floats: [1] },
      { name: 't', dims: [1], type: 8 },
    ];
    const nodes: HandNode[] = [
      relu('before', 'x', 'a'),
      { ...node, name: 'odd', inputs: ['a', ...node.inputs.slice(1)], outputs: ['b'] },
      relu('after', 'b', 'y'),
    ];
    const bytes = handmade({ nodes, weights, inputs: image, outputs: ['y'] }, { '': 17, 'com.example': 1 });
    const network = await opened(bytes);
    expect(network.description.unsupported[0]).toMatchObject({ node: 'odd', op });
    expect(network.description.unsupported[0]!.reason).toMatch(reason);
    expect(network.description.nodes.map(({ name }) => name)).toEqual(['x', 'before', 'odd', 'after']);
    expect(network.description.network.outputs).toEqual([{ name: 'y', shape: null }]);
    const array = { shape: [1, 4, 4, 2], values: new Float32Array(32) };
    const refused: unknown = await network
      .run({ x: array }, [{ node: 'after', stage: 'output' }])
      .catch((thrown: unknown) => thrown);
    expect((refused as IsolensError).problem).toMatchObject({ code: 'network/cannot-run', where: { node: 'odd' } });
    network.close();
  });

  it('without names are called by what they make', async () => {
    const nodes: HandNode[] = [
      { op: 'Relu', inputs: ['x'], outputs: ['inner'] },
      { op: 'Relu', name: 'x', inputs: ['inner'], outputs: ['y'] },
      { op: 'Relu', name: 'x', inputs: ['y'], outputs: ['z'] },
    ];
    const network = await opened(handmade({ nodes, inputs: image, outputs: ['z'] }));
    expect(network.description.nodes.map(({ name }) => name)).toEqual(['x', 'inner', 'y', 'z']);
    network.close();
  });
});

describe('inputs and layouts of ONNX files', () => {
  it('say how the axes lie in the file', async () => {
    const network = await opened(handmade(single({ op: 'Relu', inputs: ['x'] })));
    const { inputs, outputs } = network.description.network;
    expect(inputs).toEqual([{ name: 'x', shape: [null, 4, 4, 2], fileAxes: [0, 2, 3, 1] }]);
    expect(outputs).toEqual([{ name: 'y', shape: [null, 4, 4, 2], fileAxes: [0, 2, 3, 1] }]);
    network.close();
  });

  it('of texts have no map to begin with', async () => {
    await expectProblem(handmade(single({ op: 'Identity', inputs: ['x'] }, { inputType: 8 })), 'network/bad-structure');
  });
});

describe('weights beside an ONNX file', () => {
  const values = Float32Array.from([1, 2, 3, 4]);
  const graph = (external: Readonly<Record<string, string>>): Uint8Array =>
    handmade(single({ op: 'Add', inputs: ['x', 'w'] }, { weights: [{ name: 'w', dims: [4], external }] }));

  it('are read from where they lie, and count for its identity', async () => {
    const bytes = new Uint8Array(24);
    bytes.set(new Uint8Array(values.buffer), 8);
    put(bytes, 'weights.bin');
    const network = await opened(graph({ location: 'weights.bin', offset: '8', length: '16' }));
    expect([...network.graph.nodes.find(({ name }) => name === 'odd')!.weights[0]!.values]).toEqual([1, 2, 3, 4]);
    const before = network.sha256;
    network.close();
    put(bytes.fill(1, 0, 4), 'weights.bin');
    const other = await opened(graph({ location: 'weights.bin', offset: '8', length: '16' }));
    expect(other.sha256).not.toBe(before);
    other.close();
  });

  it('that are missing, too short or elsewhere are refused', async () => {
    put(new Uint8Array(16), 'short.bin');
    mkdirSync(join(folder, '../isolens-secret'), { recursive: true });
    for (const external of [
      { location: 'absent.bin' },
      { location: '/etc/passwd' },
      { location: '../isolens-secret/w.bin' },
      { location: 'short.bin', offset: '4', length: '16' },
      { location: 'short.bin', offset: '-4' },
      { location: 'short.bin', offset: 'x' },
    ])
      await expectProblem(graph(external), 'network/weights-missing');
    await expectProblem(graph({ location: 'short.bin', length: '12' }), 'network/bad-structure');
    rmSync(join(folder, '../isolens-secret'), { recursive: true });
  });

  it('are not followed out of the folder by a link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'isolens-outside-'));
    writeFileSync(join(outside, 'w.bin'), new Uint8Array(16));
    rmSync(join(folder, 'link.bin'), { force: true });
    symlinkSync(join(outside, 'w.bin'), join(folder, 'link.bin'));
    await expectProblem(graph({ location: 'link.bin' }), 'network/weights-missing');
    rmSync(outside, { recursive: true });
  });
});

describe('mutated ONNX files', () => {
  const mutated = (bytes: Uint8Array, seed: number): Uint8Array => {
    const changed = Uint8Array.from(bytes);
    const random = noise(64, seed).map((v) => (v + 1) / 2);
    // Weights are most of a file, and all alike: half of the changes go where the structure is.
    const at = (i: number): number => {
      const share = seed % 2 === 0 ? random[i]! : random[i]! ** 4;
      return Math.min(bytes.length - 1, Math.floor(share * bytes.length));
    };
    if (seed % 11 === 0) return changed.subarray(0, at(0));
    const count = 1 + Math.floor(random[1]! * 8);
    for (let m = 0; m < count; m++) changed[at(2 + 2 * m)] = Math.floor(random[3 + 2 * m]! * 256);
    if (seed % 7 === 0) changed.copyWithin(at(30), at(31), at(31) + 64);
    return changed;
  };

  it.each([
    ['a U-Net', unet],
    ['a classifier', classifier],
  ])(
    'of %s: 500 times a coded problem or a network',
    async (_, bytes) => {
      for (let seed = 1; seed <= 500; seed++) await problemOf(mutated(bytes, seed));
    },
    120_000,
  );
});

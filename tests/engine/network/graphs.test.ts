import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { distance, graphCases, graphFolder, runAll, unzipped, type GraphCase } from './graphCases';
import { largestDifference, unpacked } from './referenceCases';

await startBackend({ rung: 'native' });

const formats = [
  ['model.keras', 'keras2', 1e-5],
  ['model.h5', 'keras2', 1e-5],
  ['folder', 'keras2', 1e-5],
  ['split', 'keras2', 1e-5],
  ['saved_model', 'savedmodel', 1e-5],
  ['saved_model/saved_model.pb', 'savedmodel', 1e-5],
  ['frozen.pb', 'graphdef', 1e-5],
  ['tfjs', 'tfjs-graph', 1e-5],
  ['tfjs/model.json', 'tfjs-graph', 1e-5],
] as const;

async function expectEqual(path: string, format: string, reference: GraphCase, tolerance: number): Promise<void> {
  const before = tf.memory().numTensors;
  const found = await runAll(path, reference);
  expect(found.format).toBe(format);
  expect(largestDifference(found.result, unpacked(reference.result!))).toBeLessThan(tolerance);
  const far = [...found.inner].map(([name, own]) => [name, distance(own, reference.nodes![name]!)] as const);
  expect(far.filter(([, d]) => !(d < 1e-5))).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
  if (format === 'graphdef') expect(far.length).toBeGreaterThan(10);
}

describe.each(['classifier2d', 'unet2d', 'classifier3d', 'unet3d'])("%s equals Python's in every format", (name) => {
  const reference = graphCases(2).find((c) => c.network === name)!;
  it.each(formats)('%s', async (path, format, tolerance) => {
    const { folder, remove } = unzipped(`${name}.zip`);
    try {
      await expectEqual(join(folder, path), format, reference, tolerance);
    } finally {
      remove();
    }
  });
});

describe.each(['classifier2d', 'unet2d', 'classifier3d', 'unet3d'])("%s equals Python's Keras 3", (name) => {
  const reference = graphCases(3).find((c) => c.network === name)!;
  it.each([
    ['saved_model', 'savedmodel'],
    ['folder', 'keras3'],
  ] as const)('%s', async (path, format) => {
    const { folder, remove } = unzipped(`${name}-keras3.zip`);
    try {
      await expectEqual(join(folder, path), format, reference, 1e-5);
    } finally {
      remove();
    }
  });
});

describe('weights that were quantised', () => {
  const reference = graphCases(2).find((c) => c.network === 'classifier3d')!;
  it.each([
    ['float16', 5e-3],
    ['uint16', 5e-4],
    ['uint8', 5e-2],
  ] as const)('as %s are within what that leaves of them', async (kind, tolerance) => {
    const { folder, remove } = unzipped('classifier3d.zip');
    try {
      const { result } = await runAll(join(folder, `tfjs-${kind}`), { ...reference, nodes: {} });
      const far = largestDifference(result, unpacked(reference.result!));
      expect(far).toBeLessThan(tolerance);
      expect(far).toBeGreaterThan(0);
    } finally {
      remove();
    }
  });
});

describe('a SavedModel with an operation that is not known', () => {
  it('is computed by TensorFlow itself, looked into up to that operation, and says so', async () => {
    const { folder, remove } = unzipped('blackbox.zip');
    const before = tf.memory().numTensors;
    const stored = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Pick<GraphCase, 'array'> & {
      result: GraphCase['array'];
    };
    const network = await openNetwork(folder);
    expect(network.description.unsupported).toMatchObject([{ node: 'cumsum', op: 'Cumsum' }]);
    expect(network.description.warnings).toMatchObject([{ code: 'network/black-box' }]);
    const input = { image: unpacked(stored.array) };
    const [output] = network.graph.outputs;
    const whole = await network.run(input, [{ node: output!.node, stage: 'output' }]);
    expect(largestDifference(whole.get(output!.node)!, unpacked(stored.result))).toBeLessThan(1e-5);
    const inner = await network.run(input, [{ node: 'conv', stage: 'output' }]);
    expect(inner.get('conv')!.shape).toEqual([3, 6, 5, 3]);
    await expect(
      network.run(input, [
        { node: output!.node, stage: 'output' },
        { node: 'conv', stage: 'output' },
      ]),
    ).rejects.toMatchObject({ problem: { code: 'network/cannot-run', where: { node: 'cumsum' } } });
    network.close();
    remove();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a graph of TensorFlow 1 equals Python's at every node", () => {
  it('with dropout behind a switch, resizing, splitting and taking apart', async () => {
    const reference = graphCases(2).find((c) => c.network === 'phase')!;
    const { inner } = await runAll(join(graphFolder, 'phase.pb'), reference);
    const far = [...inner].map(([name, own]) => [name, distance(own, reference.nodes![name]!)] as const);
    expect(far.filter(([, d]) => !(d < 1e-5))).toEqual([]);
    const shown = [...inner.keys()];
    expect(shown).toEqual(
      expect.arrayContaining([
        'conv',
        'relu',
        'mirror',
        'aligned',
        'nearest',
        'halves',
        'finer',
        'turned',
        'twice',
        'classes',
      ]),
    );
  });

  it('that keeps channels first', async () => {
    const reference = graphCases(2).find((c) => c.network === 'first')!;
    const { inner } = await runAll(join(graphFolder, 'first.pb'), reference);
    const far = [...inner].map(([name, own]) => [name, distance(own, reference.nodes![name]!)] as const);
    expect(far.filter(([, d]) => !(d < 1e-5))).toEqual([]);
    expect([...inner.keys()]).toEqual(expect.arrayContaining(['conv', 'bias', 'relu', 'pool', 'cat', 'scores']));
  });
});

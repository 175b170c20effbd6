import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { graphFolder } from './graphCases';
import { noise } from './handmade';
import { filesOf, laidOut, pins } from './packages';
import { largestDifference } from './referenceCases';

const folder = mkdtempSync(join(tmpdir(), 'isolens-others-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deepbrain = await filesOf(pins.deepbrain);
const upscaler = await filesOf(pins.upscaler);
const esrganSlim = await filesOf(pins.esrganSlim);
await startBackend({ rung: 'native' });

/** The layers library of TensorFlow.js itself. */
interface Layers {
  loadLayersModel(address: string): Promise<{ predict(x: tf.Tensor): tf.Tensor; dispose(): void }>;
}

/** Why a package's network is left out. */
const lacking = (files: unknown): string => (typeof files === 'string' ? ` (left out: ${files})` : '');

describe.skipIf(typeof deepbrain === 'string')(`deepbrain 0.1, a frozen 3D U-Net${lacking(deepbrain)}`, () => {
  it("gives TensorFlow's probabilities for a volume of 128³, dropout left out", async () => {
    if (typeof deepbrain === 'string') return;
    const inside = 'deepbrain/models/';
    const network = await openNetwork(join(laidOut(deepbrain, inside, join(folder, 'deepbrain')), 'graph.pb'));
    expect(network.description).toMatchObject({
      network: { format: 'graphdef', inputs: [{ name: 'img', shape: [null, 128, 128, 128, 1] }] },
      unsupported: [],
      warnings: [{ code: 'network/switch-off' }],
    });
    expect(network.graph.outputs.map(({ name }) => name)).toEqual(['prob', 'pred']);
    const size = 128;
    const values = Float32Array.from({ length: size ** 3 }, (_, i) => {
      const [s, r, c] = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
      const bright = (s - 64) ** 2 + (r - 60) ** 2 + (c - 66) ** 2 < 45 ** 2 ? 0.5 : 0;
      return bright + ((i * 7919) % 1009) / 5045;
    });
    const input = { img: { shape: [1, size, size, size, 1], values } };
    const results = await network.run(input, [{ node: 'prob', stage: 'output' }]);
    const stored = JSON.parse(readFileSync(join(graphFolder, 'deepbrain.json'), 'utf8')) as {
      at: readonly number[];
      prob: readonly number[];
      mean: number;
    };
    const own = results.get('prob')!.values;
    const far = stored.at.map((at, i) => Math.abs(own[at]! - stored.prob[i]!));
    expect(Math.max(...far)).toBeLessThan(1e-5);
    expect(own.reduce((sum, v) => sum + v, 0) / own.length).toBeCloseTo(stored.mean, 6);
    network.close();
  }, 240_000);
});

describe.each([
  ['@upscalerjs/default-model', upscaler, 'package/models/', 2],
  ['@upscalerjs/esrgan-slim, fourfold', esrganSlim, 'package/models/x4/', 4],
] as const)('%s, a TF.js layers network', (name, files, below, factor) => {
  it.skipIf(typeof files === 'string')(
    "gives TensorFlow.js' own output",
    async () => {
      if (typeof files === 'string') return;
      const path = laidOut(files, below, join(folder, String(factor)));
      const network = await openNetwork(path);
      const array = { shape: [1, 11, 14, 3], values: noise(11 * 14 * 3, 5) };
      const [input] = network.graph.inputs;
      const [output] = network.graph.outputs;
      const results = await network.run({ [input!.name]: array }, [{ node: output!.node, stage: 'output' }]);
      network.close();
      const layers = createRequire(import.meta.url)('@tensorflow/tfjs-node') as Layers;
      const theirs = await layers.loadLayersModel(`file://${path}/model.json`);
      const wanted = theirs.predict(tf.tensor(array.values, array.shape));
      expect(wanted.shape).toEqual([1, 11 * factor, 14 * factor, 3]);
      const found = { shape: wanted.shape, values: (await wanted.data()) as Float32Array };
      const size = found.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      expect(largestDifference(results.get(output!.node)!, found)).toBeLessThan(1e-5 * Math.max(1, size));
      theirs.dispose();
    },
    120_000,
  );
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError } from '../../../shared/problem/problem';
import { openHdf5 } from '../../../main/engine/network/hdf5';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf, type Tensor } from '../../../main/engine/network/tensorflow';
import { bytesOf, casesOf, inputsOf, largestDifference, unpacked } from './referenceCases';
import { filled } from './handmade';

await startBackend({ rung: 'native' });

/** What of tfjs-layers the tests use: the package's own types come with tfjs-node only. */
interface LayersModel {
  predict(x: Tensor): Tensor;
  getWeights(): Tensor[];
  setWeights(weights: Tensor[]): void;
  save(url: string): Promise<unknown>;
  dispose(): unknown;
}
interface Layers {
  readonly input: (config: object) => object;
  readonly model: (config: object) => LayersModel;
  layers: Readonly<Record<string, (config: object) => { apply(inputs: object): object }>>;
}
const layersApi = createRequire(import.meta.url)('@tensorflow/tfjs-node') as unknown as Layers;

const folder = mkdtempSync(join(tmpdir(), 'isolens-tfjs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function unet(): LayersModel {
  const { layers, input, model } = layersApi;
  const add = (name: string, config: object, inputs: object): object => layers[name]!(config).apply(inputs);
  const x = input({ shape: [12, 10, 1], name: 'ct' });
  const a = add('conv2d', { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'a' }, x);
  const p = add('maxPooling2d', { poolSize: 2, name: 'pool' }, a);
  const b = add('conv2d', { filters: 6, kernelSize: 3, padding: 'same', useBias: false, name: 'b' }, p);
  const n = add('batchNormalization', { name: 'bn' }, b);
  const r = add('leakyReLU', { name: 'leaky' }, n);
  const s = add('separableConv2d', { filters: 5, kernelSize: 3, padding: 'same', name: 'sep' }, r);
  const d = add('depthwiseConv2d', { kernelSize: 3, padding: 'same', name: 'depth' }, s);
  const u = add('upSampling2d', { size: [2, 2], interpolation: 'bilinear', name: 'up' }, d);
  const t = add('conv2dTranspose', { filters: 4, kernelSize: 2, strides: 2, padding: 'same', name: 'turned' }, r);
  const h = add('activation', { activation: 'hardSigmoid', name: 'hard' }, t);
  const c = add('concatenate', { name: 'cat' }, [a, u, h]);
  const o = add('conv2d', { filters: 3, kernelSize: 1, activation: 'softmax', name: 'organs' }, c);
  return model({ inputs: x, outputs: o });
}

function scramble(model: LayersModel): void {
  const weights = model.getWeights();
  model.setWeights(
    weights.map((w, i) =>
      tf.tensor(
        filled(w.shape, i + 1, (v) => (w.rank === 1 ? 0.6 + 0.5 * v : v / 3)),
        w.shape,
      ),
    ),
  );
}

async function savedUnet(): Promise<{ readonly path: string; readonly x: Float32Array; readonly y: Float32Array }> {
  const path = join(folder, 'unet');
  const model = unet();
  scramble(model);
  await model.save(`file://${path}`);
  const x = filled([2, 12, 10, 1], 99);
  const y = model.predict(tf.tensor(x, [2, 12, 10, 1])).dataSync() as Float32Array;
  model.dispose();
  return { path, x, y };
}
const saved = await savedUnet();

const problemFrom = async (path: string): Promise<string> => {
  const thrown: unknown = await openNetwork(path).catch((reason: unknown) => reason);
  expect(thrown).toBeInstanceOf(IsolensError);
  return (thrown as IsolensError).problem.code;
};

describe('TensorFlow.js layers models', () => {
  it('compute what tfjs-layers computes, its own bilinear upsampling included, and say so', async () => {
    const network = await openNetwork(join(saved.path, 'model.json'));
    expect(network.format).toBe('tfjs-layers');
    expect(network.name).toBe('unet');
    const results = await network.run({ ct: { shape: [2, 12, 10, 1], values: saved.x } }, [
      { node: 'organs', stage: 'output' },
    ]);
    const wanted = { shape: [2, 12, 10, 3], values: saved.y };
    expect(largestDifference(results.get('organs')!, wanted)).toBeLessThan(1e-5);
    expect(network.description.warnings?.map((w) => w.code)).toEqual(['network/legacy-bilinear']);
    network.close();
  });

  it('may be opened by their folder and have one identity over all their files', async () => {
    const one = await openNetwork(saved.path);
    const other = await openNetwork(join(saved.path, 'model.json'));
    expect(one.sha256).toBe(other.sha256);
    const changed = join(folder, 'changed');
    mkdirSync(changed);
    writeFileSync(join(changed, 'model.json'), readFileSync(join(saved.path, 'model.json')));
    const weights = readFileSync(join(saved.path, 'weights.bin'));
    weights[0]! ^= 1;
    writeFileSync(join(changed, 'weights.bin'), weights);
    const third = await openNetwork(changed);
    expect(third.sha256).not.toBe(one.sha256);
    for (const network of [one, other, third]) network.close();
  });

  it.each(['uint8', 'uint16', 'float16'] as const)('have weights stored as %s widened', async (dtype) => {
    const own = join(folder, dtype);
    mkdirSync(own);
    const kernel = dtype === 'float16' ? [0x3c00, 0xc100, 0x3555, 0x0001] : [0, 1, 100, 255];
    const config = {
      name: 'm',
      layers: [
        {
          class_name: 'Dense',
          config: { name: 'd', units: 2, use_bias: false, activation: 'linear', batch_input_shape: [null, 2] },
        },
      ],
    };
    const quantization =
      dtype === 'float16'
        ? { dtype, original_dtype: 'float32' }
        : { dtype, scale: 0.5, min: -3, original_dtype: 'float32' };
    const manifest = [
      { paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 2], dtype: 'float32', quantization }] },
    ];
    writeFileSync(
      join(own, 'model.json'),
      JSON.stringify({
        format: 'layers-model',
        modelTopology: { class_name: 'Sequential', config },
        weightsManifest: manifest,
      }),
    );
    writeFileSync(
      join(own, 'w.bin'),
      dtype === 'uint8' ? Uint8Array.from(kernel) : Buffer.from(Uint16Array.from(kernel).buffer),
    );
    const network = await openNetwork(own);
    const found = network.graph.nodes.find((n) => n.name === 'd')!.weights[0]!.values;
    const wanted = dtype === 'float16' ? [1, -2.5, 0.333251953125, 2 ** -24] : [-3, -2.5, 47, 124.5];
    expect([...found]).toEqual(wanted);
    expect(network.graph.inputs[0]!.name).toBe('d_input');
    network.close();
  });

  it("equal Python's numbers when made from a Keras file as the converter makes them", async () => {
    for (const [name, fileName] of [
      ['classifier', 'keras2-classifier.h5.gz'],
      ['merges', 'keras2-merges.h5.gz'],
    ] as const) {
      const own = join(folder, `converted-${name}`);
      mkdirSync(own);
      using hdf5 = await openHdf5(bytesOf(fileName), fileName);
      const parts: Uint8Array[] = [];
      const weights = hdf5.keys('model_weights').flatMap((layer) =>
        hdf5.texts(`model_weights/${layer}`, 'weight_names').map((weight) => {
          const { shape, values } = hdf5.array(`model_weights/${layer}/${weight}`);
          parts.push(new Uint8Array(values.slice().buffer));
          return { name: weight.replace(/:0$/, ''), shape, dtype: 'float32' };
        }),
      );
      const topology = { model_config: JSON.parse(hdf5.text('', 'model_config')!) as unknown };
      const half = Math.ceil(parts.length / 2);
      writeFileSync(join(own, 'a.bin'), Buffer.concat(parts.slice(0, half)));
      writeFileSync(join(own, 'b.bin'), Buffer.concat(parts.slice(half)));
      const manifest = [{ paths: ['a.bin', 'b.bin'], weights }];
      writeFileSync(join(own, 'model.json'), JSON.stringify({ modelTopology: topology, weightsManifest: manifest }));
      const reference = casesOf(2).find((c) => c.network === name)!;
      const network = await openNetwork(own);
      const nodes = network.graph.outputs.map((o) => o.node);
      const results = await network.run(
        inputsOf(reference),
        nodes.map((node) => ({ node, stage: 'output' as const })),
      );
      nodes.forEach((node, i) =>
        expect(largestDifference(results.get(node)!, unpacked(reference.outputs[i]!)), node).toBeLessThan(1e-5),
      );
      network.close();
    }
  });

  it('without one of their shards, or with one cut short, name it', async () => {
    const own = join(folder, 'short');
    mkdirSync(own);
    writeFileSync(join(own, 'model.json'), readFileSync(join(saved.path, 'model.json')));
    expect(await problemFrom(own)).toBe('network/weights-missing');
    writeFileSync(join(own, 'weights.bin'), readFileSync(join(saved.path, 'weights.bin')).subarray(4));
    expect(await problemFrom(own)).toBe('network/weights-missing');
  });

  it('never read a shard outside their folder', async () => {
    const own = join(folder, 'escape');
    mkdirSync(own);
    writeFileSync(join(folder, 'secret.bin'), readFileSync(join(saved.path, 'weights.bin')));
    const json = readFileSync(join(saved.path, 'model.json'), 'utf8').replace(
      /"\.?\/?weights\.bin"/,
      '"../secret.bin"',
    );
    expect(json).toContain('../secret.bin');
    writeFileSync(join(own, 'model.json'), json);
    expect(await problemFrom(own)).toBe('network/weights-missing');
  });
});

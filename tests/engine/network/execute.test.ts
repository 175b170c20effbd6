import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { IsolensError } from '../../../shared/problem/problem';
import type { NetworkArray } from '../../../main/engine/network/network';
import { openNetwork } from '../../../main/engine/network/open';
import { backendInfo, startBackend, tf } from '../../../main/engine/network/tensorflow';
import { bytesOf, casesOf, inputsOf, largestDifference, onDisk, unpacked } from './referenceCases';
import { chain, filled, runOn, weight } from './handmade';

await startBackend({ rung: 'native', threads: 2 });

const sequence = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);
const valuesOf = async (
  graph: ReturnType<typeof chain>,
  shape: readonly number[],
  values: Float32Array,
): Promise<NetworkArray> => {
  const node = graph.outputs[0]!.node;
  return (await runOn(graph, { shape, values }, [node])).get(node)!;
};

async function opened(file: string, change?: (config: string) => string) {
  const bytes = bytesOf(file);
  const entries = change ? unzipSync(bytes) : null;
  if (entries && change) entries['config.json'] = strToU8(change(strFromU8(entries['config.json']!)));
  const { path, remove } = onDisk('network.keras', entries ? zipSync(entries) : bytes);
  const network = await openNetwork(path);
  remove();
  return network;
}

const caseOf = (name: string) => casesOf(3).find((c) => c.network === name)!;

describe('operations, by closed forms', () => {
  it('upsample by half-pixel centres as Keras and by source = o/f as tfjs-layers', async () => {
    const layer = (interpolation: string) => ({
      name: 'up',
      op: 'upsample2d',
      attributes: { factor: [1, 2], interpolation },
    });
    const shape = [1, 1, 4, 1];
    const kerasUp = await valuesOf(chain([null, 1, 4, 1], [layer('bilinear')]), shape, sequence(4));
    expect([...kerasUp.values]).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
    const legacy = await valuesOf(chain([null, 1, 4, 1], [layer('bilinear-legacy')]), shape, sequence(4));
    expect([...legacy.values]).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3]);
  });

  it('mirror a border without repeating its edge', async () => {
    const graph = chain([null, 4, 1], [{ name: 'p', op: 'reflectPad1d', attributes: { amounts: [[2, 1]] } }]);
    expect([...(await valuesOf(graph, [1, 4, 1], sequence(4))).values]).toEqual([2, 1, 0, 1, 2, 3, 2]);
  });

  it('convolve groups of channels by kernels of their own', async () => {
    const kernel = weight('kernel', [1, 1, 2, 2], [1, 10, 2, 20]);
    const attributes = { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'same', groups: 2 };
    const graph = chain([null, 1, 1, 4], [{ name: 'g', op: 'conv2d', attributes, weights: [kernel] }]);
    // Filter 0 sees channels 0 and 1 by (1, 2), filter 1 channels 2 and 3 by (10, 20).
    expect([...(await valuesOf(graph, [1, 1, 1, 4], Float32Array.of(1, 2, 3, 4))).values]).toEqual([5, 110]);
  });

  it('convolve volumes with dilation', async () => {
    const attributes = { kernelSize: [2, 1, 1], strides: [1, 1, 1], dilation: [3, 1, 1], padding: 'valid', groups: 1 };
    const kernel = weight('kernel', [2, 1, 1, 1, 1], [1, 100]);
    const graph = chain([null, 5, 1, 1, 1], [{ name: 'd', op: 'conv3d', attributes, weights: [kernel] }]);
    expect([...(await valuesOf(graph, [1, 5, 1, 1, 1], sequence(5))).values]).toEqual([300, 401]);
  });

  it('give a mean of the cells inside at a padded border', async () => {
    const attributes = { kernelSize: [3, 3, 3], strides: [1, 1, 1], padding: 'same' };
    const graph = chain([null, 3, 3, 3, 1], [{ name: 'm', op: 'averagePool3d', attributes }]);
    const { values } = await valuesOf(graph, [1, 3, 3, 3, 1], new Float32Array(27).fill(2));
    values.forEach((v) => expect(v).toBeCloseTo(2, 6));
  });
});

describe('running', () => {
  it('says what computes', () => {
    expect(backendInfo()).toMatchObject({ rung: 'native', threads: 2, refused: [] });
    expect(backendInfo()!.versions['libtensorflow']).toMatch(/^\d+\.\d+/);
  });

  it('gives a value before its activation: of softmax the logits, of an activation layer its input', async () => {
    const network = await opened('keras3-unet2d.keras');
    const results = await network.run(inputsOf(caseOf('unet2d')), [
      { node: 'organs', stage: 'preActivation' },
      { node: 'organs', stage: 'output' },
      { node: 'a_relu', stage: 'preActivation' },
      { node: 'a_bn', stage: 'output' },
    ]);
    const logits = results.get('organs:preActivation')!;
    const probabilities = results.get('organs')!;
    for (let v = 0; v < logits.values.length; v += 3) {
      const powers = [0, 1, 2].map((c) => Math.exp(logits.values[v + c]!));
      const sum = powers.reduce((s, p) => s + p, 0);
      powers.forEach((p, c) => expect(probabilities.values[v + c]!).toBeCloseTo(p / sum, 5));
    }
    expect(results.get('a_relu:preActivation')).toEqual(results.get('a_bn'));
    network.close();
  });

  it('keeps no tensor from run to run, and none when closed', async () => {
    const before = tf.memory().numTensors;
    const network = await opened('keras3-unet2d.keras');
    const fetch = [{ node: 'organs', stage: 'output' }] as const;
    await network.run(inputsOf(caseOf('unet2d')), fetch);
    const between = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await network.run(inputsOf(caseOf('unet2d')), fetch);
    expect(tf.memory().numTensors).toBe(between);
    network.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops between layers when asked, and frees what it held', async () => {
    const network = await opened('keras3-unet2d.keras');
    const inputs = inputsOf(caseOf('unet2d'));
    await network.run(inputs, [{ node: 'organs', stage: 'output' }]);
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const run = network.run(inputs, [{ node: 'organs', stage: 'output' }], stop.signal);
    setImmediate(() => stop.abort());
    const thrown: unknown = await run.catch((reason: unknown) => reason);
    expect((thrown as IsolensError).problem.code).toBe('engine/cancelled');
    expect(tf.memory().numTensors).toBe(before);
    network.close();
  });

  it('cuts a batch that would take long without changing its numbers', async () => {
    const attributes = { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding: 'same', groups: 1 };
    const graph = chain(
      [null, 64, 64, 32],
      [{ name: 'c', op: 'conv2d', attributes, weights: [weight('kernel', [3, 3, 32, 64], filled([3, 3, 32, 64], 1))] }],
    );
    // 75 million multiply-adds an entry: more than 40 of them are cut.
    const one = filled([1, 64, 64, 32], 2);
    const many = new Float32Array(one.length * 44);
    for (let b = 0; b < 44; b++) many.set(one, b * one.length);
    const whole = await valuesOf(graph, [44, 64, 64, 32], many);
    const alone = await valuesOf(graph, [1, 64, 64, 32], one);
    expect(whole.shape).toEqual([44, 64, 64, 64]);
    for (const b of [0, 39, 40, 43]) {
      const part = whole.values.subarray(b * alone.values.length, (b + 1) * alone.values.length);
      expect(largestDifference({ shape: alone.shape, values: part }, alone)).toBeLessThan(1e-4);
    }
  });

  it('refuses inputs that do not fit, naming both shapes', async () => {
    const network = await opened('keras3-unet2d.keras');
    const thrown: unknown = await network
      .run({ ct: { shape: [1, 20, 20, 1], values: new Float32Array(400) } }, [{ node: 'organs', stage: 'output' }])
      .catch((reason: unknown) => reason);
    expect((thrown as IsolensError).message).toBe(
      'The network wants [?, 20, 18, 1] for its input ct, but got [1, 20, 20, 1].',
    );
    network.close();
  });

  it('takes batches within a budget: never below one, more for more memory', async () => {
    const network = await opened('keras3-unet2d.keras');
    expect(network.batchFor([20, 18, 1], 1)).toBe(1);
    const some = network.batchFor([20, 18, 1], 2 ** 20);
    expect(network.batchFor([20, 18, 1], 2 ** 24)).toBeGreaterThan(8 * some);
    // Skips a (4 channels) and b (6 channels at half size), and the map being made, have to fit.
    expect(some * 20 * 18 * 4 * 4).toBeLessThan(2 ** 20);
    network.close();
  });

  it('turns a network that keeps channels first once, on reading', async () => {
    const reference = caseOf('unet2d');
    const turn = (config: string): string =>
      config
        .replaceAll('"data_format": "channels_last"', '"data_format": "channels_first"')
        .replaceAll('"batch_shape": [null, 20, 18, 1]', '"batch_shape": [null, 1, 20, 18]')
        .replaceAll(/("class_name": "(BatchNormalization|Concatenate)".*?"axis": )-?\d/g, '$11');
    const network = await opened('keras3-unet2d.keras', turn);
    expect(network.description.network.inputs).toEqual([{ name: 'ct', shape: [null, 20, 18, 1] }]);
    // Its last softmax is over the last axis of the file, the columns: what lies before it is the same map.
    const plain = await opened('keras3-unet2d.keras');
    const fetch = [{ node: 'organs', stage: 'preActivation' }] as const;
    const [a, b] = await Promise.all([network.run(inputsOf(reference), fetch), plain.run(inputsOf(reference), fetch)]);
    expect(a.get('organs:preActivation')).toEqual(b.get('organs:preActivation'));
    expect(
      largestDifference(
        (await plain.run(inputsOf(reference), [{ node: 'organs', stage: 'output' }])).get('organs')!,
        unpacked(reference.outputs[0]!),
      ),
    ).toBeLessThan(1e-5);
    network.close();
    plain.close();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../main/engine/network/bounds';
import { openNetwork } from '../../../main/engine/network/open';
import type { Fetch } from '../../../main/engine/network/network';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { useOf } from '../../../main/engine/network/use';
import { bytesOf, casesOf, onDisk } from './referenceCases';
import { chain, filled, runOn, weight } from './handmade';

await startBackend({ rung: 'native' });

const box = (channels: number, lower: number, upper: number) => ({
  lower: new Float64Array(channels).fill(lower),
  upper: new Float64Array(channels).fill(upper),
});

const conv1x1 = (values: readonly number[], inside: number, bias: readonly number[], activation: unknown = null) => ({
  name: 'conv',
  op: 'conv2d',
  attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid', groups: 1, activation },
  weights: [weight('kernel', [1, 1, inside, values.length / inside], values), weight('bias', [bias.length], bias)],
});

describe('interval bounds', () => {
  it('of the first affine layer are those of the worst vertex: w = (1, −2, 0.5), b = −1.5 on [−1, 1]³', () => {
    const graph = chain([null, 1, 1, 3], [conv1x1([1, -2, 0.5], 3, [-1.5])]);
    const found = boundsOf(graph, box(3, -1, 1)).get('conv')!;
    expect(found.preUpper[0]).toBeCloseTo(2, 5);
    expect(found.preLower[0]).toBeCloseTo(-5, 5);
    expect(found.preUpper[0]).toBeGreaterThanOrEqual(2);
    expect(found.preLower[0]).toBeLessThanOrEqual(-5);
  });

  it('certify the filter w = 1, b = −5 on [0, 4] as dead and not b = −3.9', () => {
    const relu = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };
    const graph = chain([null, 2, 2, 1], [conv1x1([1, 1], 1, [-5, -3.9], relu)]);
    const found = boundsOf(graph, box(1, 0, 4)).get('conv')!;
    expect(found.preUpper[0]).toBeLessThanOrEqual(0);
    expect(found.upper[0]).toBe(0);
    expect(found.preUpper[1]).toBeGreaterThan(0);
  });

  // Every operation of the reference networks, under random inputs of the box, corners included.
  const names = ['unet2d', 'windows2d', 'volume3d', 'lines1d', 'activations', 'merges', 'classifier', 'arithmetic'];
  it.each(names)('are never left by what %s really computes', async (name) => {
    const reference = casesOf(3).find((c) => c.network === name)!;
    const { path, remove } = onDisk('network.keras', bytesOf(reference.files[0]!));
    const network = await openNetwork(path);
    remove();
    const boxes = Object.fromEntries(network.graph.inputs.map((i) => [i.name, box(i.shape.at(-1)!, -1.5, 2)]));
    const bounds = boundsOf(network.graph, boxes);
    const nodes = network.graph.nodes.map((node) => node.name);
    expect(nodes.filter((node) => !bounds.has(node))).toEqual([]);
    const fetches = nodes.flatMap((node): Fetch[] => [
      { node, stage: 'output' },
      { node, stage: 'preActivation' },
    ]);
    for (const seed of [1, 2, 3]) {
      const spread = seed === 1 ? (v: number) => (v < 0 ? -1.5 : 2) : (v: number) => 0.25 + 1.75 * v;
      const inputs = Object.fromEntries(
        network.graph.inputs.map((i, at) => {
          const shape = [2, ...i.shape.slice(1)] as number[];
          return [i.name, { shape, values: filled(shape, seed * 10 + at, spread) }];
        }),
      );
      const results = await network.run(inputs, fetches);
      for (const node of nodes) {
        const { lower, upper, preLower, preUpper } = bounds.get(node)!;
        const check = (key: string, low: Float64Array, high: Float64Array): void => {
          const { values, shape } = results.get(key)!;
          const channels = shape.at(-1)!;
          expect(low.length, key).toBe(channels);
          const outside = values.findIndex((v, i) => v < low[i % channels]! || v > high[i % channels]!);
          expect(outside, `${key} leaves its bounds at ${outside}: ${values[outside]}`).toBe(-1);
        };
        check(node, lower, upper);
        check(`${node}:preActivation`, preLower, preUpper);
      }
    }
    network.close();
  });

  it('hold for random affine layers at every corner of the box', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (seed) => {
        const graph = chain([null, 1, 1, 3], [conv1x1([...filled([6], seed)], 3, [...filled([2], seed + 1)])]);
        const { preLower, preUpper } = boundsOf(graph, box(3, -1, 1)).get('conv')!;
        const corners = Float32Array.from({ length: 24 }, (_, i) => ((Math.floor(i / 3) >> (i % 3)) & 1) * 2 - 1);
        const { values } = (await runOn(graph, { shape: [8, 1, 1, 3], values: corners }, ['conv'])).get('conv')!;
        for (const c of [0, 1]) {
          const own = values.filter((_, i) => i % 2 === c);
          expect(Math.max(...own)).toBeLessThanOrEqual(preUpper[c]!);
          expect(Math.max(...own)).toBeGreaterThan(preUpper[c]! - 1e-5);
          expect(Math.min(...own)).toBeGreaterThanOrEqual(preLower[c]!);
        }
      }),
      { numRuns: 25, seed: 3 },
    );
  });
});

describe('downstream use', () => {
  const relu = {
    name: 'relu',
    op: 'activation',
    attributes: { activation: { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 } },
  };

  it('is the norm of the weights that read the channel over the median', () => {
    const graph = chain(
      [null, 4, 4, 1],
      [conv1x1([1, 1, 1], 1, [0, 0, 0]), relu, { ...conv1x1([3, 4, 0, 0, 1, 0], 3, [0, 0]), name: 'next' }],
    );
    // Rows of the next kernel: (3, 4), (0, 0), (1, 0): norms 5, 0, 1, median 1.
    expect([...useOf(graph, 'conv')!]).toEqual([5, 0, 1]);
    expect(useOf(graph, 'next')).toBeNull();
  });

  it('follows channels through concatenation and flatten, and takes the greatest of several readers', () => {
    const graph = chain(
      [null, 1, 2, 1],
      [
        conv1x1([1, 1], 1, [0, 0]),
        { name: 'cat', op: 'concatenate', inputs: ['input', 'conv'], attributes: { axis: -1 } },
        { name: 'flat', op: 'flatten' },
        // Six rows: (input, c0, c1) of the first voxel, then of the second.
        { name: 'dense', op: 'dense', weights: [weight('kernel', [6, 1], [0, 3, 2, 0, 4, 0])] },
      ],
    );
    // Norms: c0 = 5, c1 = 2, the input's rows 0 and 0: the median of 5, 2, 0, 0 is 1.
    expect([...useOf(graph, 'conv')!]).toEqual([5, 2]);
  });

  it('counts the scale of a normalisation on the way', () => {
    const graph = chain(
      [null, 4, 4, 1],
      [
        conv1x1([1, 1, 1], 1, [0, 0, 0]),
        {
          name: 'bn',
          op: 'batchNorm',
          attributes: { epsilon: 0 },
          weights: [
            weight('gamma', [3], [2, 0, 1]),
            weight('mean', [3], [0, 0, 0]),
            weight('variance', [3], [1, 1, 1]),
          ],
        },
        { ...conv1x1([1, 1, 1], 3, [0]), name: 'next' },
      ],
    );
    expect([...useOf(graph, 'conv')!]).toEqual([2, 0, 1]);
  });
});

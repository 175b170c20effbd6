import { describe, expect, it } from 'vitest';
import { CompiledNetwork } from '../../../main/engine/network/compiled/compiled';
import { planOf } from '../../../main/engine/network/compiled/plan';
import { inferShapes } from '../../../main/engine/network/assemble';
import { acceptInputs, computeNode, execute, fetchKey, HeldWeights } from '../../../main/engine/network/execute';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import type { Fetch, NetworkArray } from '../../../main/engine/network/network';
import type { Activation } from '../../../main/engine/network/operation/activation';
import { plainActivations } from '../../../main/engine/network/operation/activation';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { chain, filled, weight } from './handmade';
import { Draws, randomNetwork } from './incremental/randomNetworks';

await startBackend({ rung: 'native', threads: 2 });

const bothStages = (graph: NetworkGraph): Fetch[] =>
  graph.nodes
    .filter((node) => node.op !== 'input')
    .flatMap(({ name }): Fetch[] => [
      { node: name, stage: 'output' },
      { node: name, stage: 'preActivation' },
    ]);

const outputOf = (graph: NetworkGraph): Fetch[] => [{ node: graph.outputs[0]!.node, stage: 'output' }];

async function ran(
  graph: NetworkGraph,
  input: NetworkArray,
  fetches: readonly Fetch[],
  way: 'whole' | 'nodes',
): Promise<ReadonlyMap<string, NetworkArray>> {
  const weights = new HeldWeights();
  try {
    return await execute(graph, weights, acceptInputs(graph, { input }), fetches, undefined, way);
  } finally {
    weights.free();
  }
}

/** Largest difference of any fetched value over the largest of its map, at least 1. */
function apart(a: ReadonlyMap<string, NetworkArray>, b: ReadonlyMap<string, NetworkArray>): number {
  let worst = 0;
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
  for (const [key, { shape, values }] of a) {
    const other = b.get(key)!;
    expect(shape, key).toEqual(other.shape);
    const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
    values.forEach((v, n) => {
      const difference = Math.abs(v - other.values[n]!) / size;
      worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    });
  }
  return worst;
}

async function compared(graph: NetworkGraph, input: NetworkArray): Promise<number> {
  let worst = 0;
  for (const fetches of [outputOf(graph), bothStages(graph)])
    worst = Math.max(
      worst,
      apart(await ran(graph, input, fetches, 'whole'), await ran(graph, input, fetches, 'nodes')),
    );
  return worst;
}

const activations: readonly (Activation | null)[] = [
  null,
  ...plainActivations.map((kind): Activation => ({ kind })),
  { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 },
  { kind: 'relu', negativeSlope: 0, maxValue: 6, threshold: 0 },
  { kind: 'relu', negativeSlope: 0, maxValue: 0.5, threshold: 0 },
  { kind: 'relu', negativeSlope: 0.2, maxValue: null, threshold: 0 },
  { kind: 'relu', negativeSlope: 0.1, maxValue: 1, threshold: 0.25 },
  { kind: 'elu', alpha: 1 },
  { kind: 'elu', alpha: 0.5 },
  { kind: 'celu', alpha: 0.7 },
  { kind: 'gelu', approximate: false },
  { kind: 'gelu', approximate: true },
  { kind: 'softmax', axes: [-1] },
  { kind: 'softmax', axes: [1] },
  { kind: 'logSoftmax', axes: [-1] },
  { kind: 'softShrink', at: 0.3, value: 0 },
  { kind: 'hardShrink', at: 0.3, value: 0 },
  { kind: 'threshold', at: 0.2, value: -1 },
];

function drawnNetwork(seed: number): { readonly graph: NetworkGraph; readonly input: NetworkArray } {
  const { graph, sizes, channels } = randomNetwork(seed % 2 === 0 ? 2 : 3, new Draws(seed), seed % 3 === 0);
  const shape = [1 + (seed % 2), ...sizes, channels];
  return { graph, input: { shape, values: filled(shape, seed) } };
}

type Layer = Parameters<typeof chain>[1][number];

/** One layer of a kind that slides, its numbers drawn, and the channels that it makes. */
function slidingLayer(draws: Draws, rank: number, channels: number, activation: Activation | null): Layer {
  const each = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw);
  const seed = draws.integer(1, 1e6);
  const kernelSize = each(() => draws.integer(1, 3));
  const strided = draws.chance(0.4);
  const dilated = draws.chance(0.3);
  const sliding = {
    kernelSize,
    strides: each(() => (strided ? draws.integer(1, 2) : 1)),
    dilation: each(() => (dilated ? draws.integer(1, 2) : 1)),
    padding: draws.among(['same', 'valid', each(() => [draws.integer(0, 2), draws.integer(0, 2)])] as const),
  };
  const bias = (count: number) => (draws.chance(0.7) ? [weight('bias', [count], filled([count], seed + 1))] : []);
  const out = draws.among([2, 4, 6]);
  switch (draws.among(['conv', 'conv', 'conv', 'grouped', 'depthwise', 'transposed'] as const)) {
    case 'grouped':
    case 'conv': {
      const groups = channels % 2 === 0 && draws.chance(0.3) ? 2 : 1;
      const shape = [...kernelSize, channels / groups, out];
      return {
        name: 'layer',
        op: `conv${rank}d`,
        attributes: { ...sliding, groups, activation },
        weights: [weight('kernel', shape, filled(shape, seed)), ...bias(out)],
      };
    }
    case 'depthwise': {
      const flat = Math.min(rank, 2);
      if (rank > flat) return slidingLayer(draws, rank, channels, activation);
      const shape = [...kernelSize, channels, 2];
      return {
        name: 'layer',
        op: `depthwiseConv${rank}d`,
        attributes: { ...sliding, activation },
        weights: [weight('kernel', shape, filled(shape, seed)), ...bias(2 * channels)],
      };
    }
    case 'transposed': {
      const tiled = draws.chance(0.6);
      const shape = [...kernelSize, channels, out];
      const attributes = {
        kernelSize,
        strides: tiled ? kernelSize : sliding.strides,
        dilation: each(() => 1),
        padding: draws.among(['same', 'valid'] as const),
        activation,
      };
      return {
        name: 'layer',
        op: `convTranspose${rank}d`,
        attributes,
        weights: [weight('kernel', shape, filled(shape, seed)), ...bias(out)],
      };
    }
  }
}

describe("networks as TensorFlow's own graph", () => {
  it('give what each node gives by itself, over drawn layers with every activation', async () => {
    const draws = new Draws(7);
    for (let n = 0; n < 3 * activations.length; n++) {
      const rank = (n % 3) + 1;
      const channels = draws.integer(1, 4);
      const sizes = Array.from({ length: rank }, () => draws.integer(5, 9));
      const layer = slidingLayer(draws, rank, channels, activations[Math.floor(n / 3)]!);
      const graph = chain([null, ...sizes, channels], [layer]);
      const shape = [draws.integer(1, 3), ...sizes, channels];
      const worst = await compared(graph, { shape, values: filled(shape, n) });
      expect(worst, JSON.stringify({ ...layer, weights: [] })).toBeLessThan(1e-5);
    }
  }, 120_000);

  it('give what each node gives by itself, over drawn networks of everything', async () => {
    for (let seed = 1; seed <= 24; seed++) {
      const { graph, input } = drawnNetwork(seed);
      expect(await compared(graph, input), `seed ${seed}`).toBeLessThan(1e-5);
    }
  }, 120_000);

  it('keep the border of a depthwise convolution that is padded by numbers', async () => {
    const attributes = {
      kernelSize: [3, 3],
      strides: [1, 1],
      dilation: [1, 1],
      padding: [
        [1, 0],
        [2, 1],
      ],
      activation: { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 },
    };
    const weights = [weight('kernel', [3, 3, 2, 1], filled([3, 3, 2, 1], 1)), weight('bias', [2], [0.5, -0.25])];
    const graph = chain([null, 6, 5, 2], [{ name: 'layer', op: 'depthwiseConv2d', attributes, weights }]);
    expect(await compared(graph, { shape: [1, 6, 5, 2], values: filled([1, 6, 5, 2], 3) })).toBeLessThan(1e-5);
  });

  it('take a normalisation into the convolution before it, and know that convolution still', async () => {
    const vector = (name: string, seed: number) =>
      weight(
        name,
        [3],
        filled([3], seed, (v) => 1 + v / 2),
      );
    const graph = chain(
      [null, 6, 5, 2],
      [
        {
          name: 'convolution',
          op: 'conv2d',
          attributes: { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding: 'same', groups: 1 },
          weights: [weight('kernel', [3, 3, 2, 3], filled([3, 3, 2, 3], 1)), weight('bias', [3], [1, -2, 3])],
        },
        {
          name: 'norm',
          op: 'batchNorm',
          attributes: {
            axis: -1,
            epsilon: 1e-3,
            activation: { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 },
          },
          weights: [vector('gamma', 2), vector('beta', 3), vector('mean', 4), vector('variance', 5)],
        },
      ],
    );
    const shape = [2, 6, 5, 2];
    expect(await compared(graph, { shape, values: filled(shape, 6) })).toBeLessThan(1e-5);
    const shapes = inferShapes(graph.nodes, new Map([['input', shape]]));
    const opsFor = (fetches: readonly Fetch[]): string[] =>
      planOf(graph.nodes, shapes, fetches, Infinity).flatMap((step) =>
        'stretch' in step ? step.stretch.writing.nodes.map(({ op }) => op) : [],
      );
    expect(opsFor(outputOf(graph))).not.toContain('Mul');
    expect(opsFor(bothStages(graph).filter(({ stage }) => stage === 'output'))).toContain('Mul');
  });

  it('give the same bits at each run, and in another graph of the same', async () => {
    const { graph, input } = drawnNetwork(3);
    const weights = new HeldWeights();
    const inputs = acceptInputs(graph, { input });
    const run = (held: HeldWeights) => execute(graph, held, inputs, bothStages(graph), undefined, 'whole');
    const [first, second] = [await run(weights), await run(weights)];
    const other = new HeldWeights();
    const third = await run(other);
    for (const [key, { values }] of first) {
      expect(second.get(key)!.values).toEqual(values);
      expect(third.get(key)!.values).toEqual(values);
    }
    weights.free();
    other.free();
  });

  it('can be cut anywhere: the values and the tensors held do not hang on it', async () => {
    const { graph, input } = drawnNetwork(5);
    const weights = new HeldWeights();
    const inputs = acceptInputs(graph, { input });
    const fetches = outputOf(graph);
    const shapes = inferShapes(graph.nodes, new Map([['input', input.shape]]));
    const wanted = await ran(graph, input, fetches, 'nodes');
    const count = (budget: number): number => planOf(graph.nodes, shapes, fetches, budget).length;
    expect(count(1)).toBeGreaterThan(count(Infinity));
    for (const budget of [1, 1e4, Infinity]) {
      const compiled = new CompiledNetwork();
      const once = async (): Promise<ReadonlyMap<string, NetworkArray>> => {
        const found = await compiled.run({
          nodes: graph.nodes,
          shapes,
          inputs,
          fetches,
          budget,
          weightsOf: (node, before) => weights.of(node, before),
          runNode: (node, before) => computeNode(node, before, weights, inputs, false),
          look: () => undefined,
        });
        return new Map(fetches.map((fetch, n) => [fetchKey(fetch), found[n]!]));
      };
      expect(apart(await once(), wanted)).toBeLessThan(1e-5);
      const held = tf.memory().numTensors;
      for (let n = 0; n < 20; n++) await once();
      expect(tf.memory().numTensors).toBe(held);
      compiled.free();
    }
    weights.free();
  });

  it('hold no more tensors after 1000 runs', async () => {
    const { graph, input } = drawnNetwork(2);
    const weights = new HeldWeights();
    const inputs = acceptInputs(graph, { input });
    const run = () => execute(graph, weights, inputs, outputOf(graph), undefined, 'whole');
    await run();
    const held = tf.memory().numTensors;
    for (let n = 0; n < 1000; n++) await run();
    expect(tf.memory().numTensors).toBe(held);
    weights.free();
  }, 60_000);

  it('stop between two calls', async () => {
    const { graph, input } = drawnNetwork(2);
    const weights = new HeldWeights();
    const held = tf.memory().numTensors;
    const stopped = execute(
      graph,
      weights,
      acceptInputs(graph, { input }),
      outputOf(graph),
      AbortSignal.abort(),
      'whole',
    );
    await expect(stopped).rejects.toMatchObject({ problem: { code: 'engine/cancelled' } });
    weights.free();
    expect(tf.memory().numTensors).toBe(held);
  });
});

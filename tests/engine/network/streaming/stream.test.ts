import { beforeAll, describe, expect, it } from 'vitest';
import { execute, fetchKey, HeldWeights } from '../../../../main/engine/network/execute';
import type { NetworkGraph, Shape } from '../../../../main/engine/network/graph';
import { programOf } from '../../../../main/engine/network/incremental/program';
import type { Fetch, NetworkArray } from '../../../../main/engine/network/network';
import { rowCount, schedule } from '../../../../main/engine/network/streaming/schedule';
import { streamed } from '../../../../main/engine/network/streaming/stream';
import { peakBytes, thicknessWithin } from '../../../../main/engine/network/streaming/thickness';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { Draws, randomNetwork } from '../incremental/randomNetworks';

const networks = 120;
const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

beforeAll(async () => {
  await startBackend();
});

function shapesOf(inputs: ReadonlyMap<string, NetworkArray>): ReadonlyMap<string, Shape> {
  return new Map([...inputs].map(([name, { shape }]) => [name, [1, ...shape.slice(1)]]));
}

async function whole(
  graph: NetworkGraph,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetch: Fetch,
): Promise<NetworkArray> {
  const weights = new HeldWeights();
  try {
    return (await execute(graph, weights, inputs, [fetch])).get(fetchKey(fetch))!;
  } finally {
    weights.free();
  }
}

describe('a network run in parts', () => {
  it(`gives what a whole run gives, for ${networks} random networks with single rows`, async () => {
    const before = tf.memory().numTensors;
    let [several, thin] = [0, 0];
    for (let n = 0; n < networks; n++) {
      const draws = new Draws(7000 + n);
      const network = randomNetwork(n % 2 === 0 ? 2 : 3, draws, n % 5 === 4);
      const node = network.graph.nodes.at(-1)!.name;
      const fetch: Fetch = { node, stage: draws.chance(0.2) ? 'preActivation' : 'output' };
      const shape = [draws.integer(1, 2), ...network.sizes, network.channels];
      const inputs = new Map([[network.graph.inputs[0]!.node, { shape, values: draws.normal(product(shape)) }]]);
      const program = programOf(network.graph, shapesOf(inputs), network.graph.inputs[0]!.node, fetch)!;
      const least = peakBytes(program, () => 1);
      const { thickness, peak } = thicknessWithin(program, least);
      const budget = { budgetBytes: Math.max(peak, least), wholeBytes: Infinity };
      const computed = [...schedule(program, thickness)].filter(({ kind }) => kind === 'compute');
      if (computed.length > 2 * program.steps.length) several += 1;
      if (program.steps.some((step) => thickness(step) === 1 && rowCount(step) > 1)) thin += 1;
      const full = await whole(network.graph, inputs, fetch);
      const parts = await streamed(network.graph, inputs, fetch, budget);
      expect(parts?.shape).toEqual(full.shape);
      const largest = full.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      const worst = full.values.reduce((most, v, at) => Math.max(most, Math.abs(v - parts!.values[at]!)), 0);
      const made = network.graph.nodes.map(({ op }) => op).join(' ');
      expect(worst, `network ${n}: ${made}`).toBeLessThanOrEqual(1e-5 * Math.max(1, largest));
    }
    // The seeds are such that most really ran row by row.
    expect(several).toBeGreaterThan(networks / 2);
    expect(thin).toBeGreaterThan(networks / 2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('computes every row of every map exactly once, none before what it reads', () => {
    for (let n = 0; n < 60; n++) {
      const draws = new Draws(9000 + n);
      const network = randomNetwork(n % 2 === 0 ? 2 : 3, draws, n % 4 === 3);
      const input = network.graph.inputs[0]!.node;
      const shapes = new Map([[input, [1, ...network.sizes, network.channels]]]);
      const node = network.graph.nodes.at(-1)!.name;
      const program = programOf(network.graph, shapes, input, { node, stage: 'output' })!;
      const done = program.steps.map(() => 0);
      const kept = program.steps.map(() => 0);
      const thickness = draws.integer(1, 3);
      for (const event of schedule(program, () => thickness)) {
        const { index } = event.step;
        if (event.kind === 'drop') {
          kept[index] = event.before;
          continue;
        }
        expect(event.rows.from).toBe(done[index]);
        for (const [source, { from, to }] of event.reads) {
          expect(from).toBeGreaterThanOrEqual(kept[source]!);
          expect(Math.min(to, rowCount(program.steps[source]!))).toBeLessThanOrEqual(done[source]!);
        }
        done[index] = event.rows.to;
      }
      expect(done[program.target]).toBe(rowCount(program.steps[program.target]!));
    }
  });
});

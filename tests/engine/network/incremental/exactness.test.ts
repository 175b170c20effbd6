import { beforeAll, describe, expect, it } from 'vitest';
import type { HiddenPlace } from '../../../../main/engine/network/network';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { comparedWithFull } from './againstFull';
import { Draws, randomNetwork } from './randomNetworks';

/** ISOLENS_NETWORKS asks for more of them, ISOLENS_SEED for others. */
const networks = Number(process.env['ISOLENS_NETWORKS'] ?? 200);
const firstSeed = Number(process.env['ISOLENS_SEED'] ?? 1);

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** Windows on a lattice, a constant or an image in each, some of them the image itself. */
function drawnPlaces(sizes: readonly number[], channels: number, entries: number, draws: Draws): HiddenPlace[] {
  const window = sizes.map(() => draws.integer(1, 5));
  const step = sizes.map(() => draws.integer(2, 4));
  let starts: number[][] = [[]];
  for (const [a, size] of sizes.entries()) {
    const own: number[] = [];
    for (let s = 0; s < size; s += step[a]!) own.push(s);
    starts = starts.flatMap((before) => own.map((s) => [...before, s]));
  }
  const kept = starts.filter((_, n) => n % Math.ceil(starts.length / 24) === 0);
  const constant = draws.normal(1)[0]!;
  const isConstant = draws.chance(0.5);
  return Array.from({ length: entries }, (_, entry) =>
    kept.map((start): HiddenPlace => {
      const end = start.map((s, a) => Math.min(sizes[a]!, s + window[a]!));
      const count = product(end.map((to, a) => to - start[a]!)) * channels;
      const values = isConstant ? new Float32Array(count).fill(constant) : draws.normal(count);
      return { entry, box: { start, end }, values };
    }),
  ).flat();
}

beforeAll(async () => {
  await startBackend();
});

describe('incremental occlusion', () => {
  it(`gives what full inference gives, at every place of ${networks} random networks`, async () => {
    const before = tf.memory().numTensors;
    const seen = new Map<string, number>();
    let [worst, places, effective] = [0, 0, 0];
    for (let n = 0; n < networks; n++) {
      const draws = new Draws(firstSeed * 1000 + n);
      const network = randomNetwork(n % 2 === 0 ? 2 : 3, draws, n % 5 === 4);
      const entries = draws.integer(1, 2);
      const shape = [entries, ...network.sizes, network.channels];
      const input = { shape, values: draws.normal(product(shape)) };
      const hidden = drawnPlaces(network.sizes, network.channels, entries, draws);
      const node = network.graph.nodes.at(-1)!.name;
      const whole = { start: network.map.sizes.map(() => 0), end: network.map.sizes };
      const start = network.map.sizes.map((size) => draws.integer(0, size - 1));
      const region =
        network.head !== 'map'
          ? null
          : draws.chance(0.3)
            ? whole
            : { start, end: start.map((s, a) => draws.integer(s + 1, network.map.sizes[a]!)) };
      const stage = draws.chance(0.2) ? 'preActivation' : 'output';
      const compared = await comparedWithFull(network.graph, input, hidden, { node, stage }, region);
      expect(compared.outcomes).toBe(hidden.length);
      const made = network.graph.nodes.map(({ op }) => op).join(' ');
      expect(compared.worst, `network ${n}: ${made}`).toBeLessThanOrEqual(1e-5);
      worst = Math.max(worst, compared.worst);
      places += hidden.length;
      if (compared.effect > 1e-3) effective += 1;
      for (const kind of network.used) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(tf.memory().numTensors).toBe(before);
    // A check that hid nothing would say nothing.
    expect(effective).toBeGreaterThan(networks / 2);
    // What they were made of: every kind must have come up.
    expect([...seen].filter(([, count]) => count > 0).length).toBeGreaterThanOrEqual(Math.min(26, networks / 8));
    expect(places).toBeGreaterThan(10 * networks);
    expect(worst).toBeGreaterThan(0);
  }, 600_000);
});

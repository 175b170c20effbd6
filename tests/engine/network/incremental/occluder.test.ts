import { beforeAll, describe, expect, it } from 'vitest';
import { acceptInputs, execute, HeldWeights } from '../../../../main/engine/network/execute';
import type { NetworkGraph } from '../../../../main/engine/network/graph';
import { occluderOf } from '../../../../main/engine/network/incremental/occluder';
import type { HiddenOutcome, HiddenPlace, Occluder, VoxelBox } from '../../../../main/engine/network/network';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { comparedWithFull } from './againstFull';
import { Builder, Draws, relu } from './randomNetworks';

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** A constant in a box of a map of one channel. */
const filled = (start: readonly number[], end: readonly number[], value: number, entry = 0): HiddenPlace => ({
  entry,
  box: { start, end },
  values: new Float32Array(product(end.map((to, a) => to - (start[a] ?? 0)))).fill(value),
});

/** Windows side by side over a map. */
function tiles(sizes: readonly number[], window: number, value: number, entry = 0): HiddenPlace[] {
  let starts: number[][] = [[]];
  for (const size of sizes) {
    const own = Array.from({ length: Math.ceil(size / window) }, (_, n) => n * window);
    starts = starts.flatMap((before) => own.map((s) => [...before, s]));
  }
  return starts.map((start) =>
    filled(
      start,
      start.map((s, a) => Math.min(sizes[a] ?? 0, s + window)),
      value,
      entry,
    ),
  );
}

async function opened(
  graph: NetworkGraph,
  input: { readonly shape: readonly number[]; readonly values: Float32Array },
  region: VoxelBox | null = null,
  budgetBytes = 2 ** 30,
): Promise<Occluder> {
  const node = graph.nodes.at(-1)?.name ?? '';
  const fetch = { node, stage: 'output' } as const;
  const occluder = await occluderOf(graph, { inputs: { input }, hiddenIn: 'input', fetch, region, budgetBytes });
  if (!occluder) throw new Error('there is no occluder for this network');
  return occluder;
}

async function all(occluder: Occluder, places: readonly HiddenPlace[]): Promise<HiddenOutcome[]> {
  const found: HiddenOutcome[] = [];
  for await (const { outcomes } of occluder.hide(places)) found.push(...outcomes);
  return found.sort((a, b) => a.place - b.place);
}

function unet(rank: 2 | 3, size: number, draws: Draws): NetworkGraph {
  const net = new Builder(
    Array.from({ length: rank }, () => size),
    1,
    draws,
  );
  const twice = (x: Parameters<Builder['convolution']>[0], channels: number) =>
    net.convolution(net.convolution(x, channels, 3, { activation: relu }), channels, 3, { activation: relu });
  const skip = twice(net.input, 4);
  const deep = twice(net.pool(skip, 'max', 2, 2, 'valid'), 8);
  const low = twice(net.pool(deep, 'max', 2, 2, 'valid'), 8);
  const up = twice(net.add('concatenate', [deep, net.transposed(low, 8, 2, 2)], { axis: -1 }), 8);
  const grown = net.add(`upsample${rank}d`, [up], { factor: net.each(2), interpolation: 'nearest' });
  const top = twice(net.add('concatenate', [skip, grown], { axis: -1 }), 4);
  net.convolution(top, 3, 1, { activation: { kind: 'softmax', axes: [-1] } });
  return net.graph();
}

beforeAll(async () => {
  await startBackend();
});

describe('an occluder', () => {
  it('gives the numbers worked out by hand: a sum of three, cut at zero, and only what they reach', async () => {
    const net = new Builder([1, 6], 1, new Draws(1));
    // y(i) = relu(x(i − 1) + 2 x(i) + 3 x(i + 1) − 4), zeros outside.
    net.add(
      'conv2d',
      [net.input],
      { kernelSize: [1, 3], strides: [1, 1], dilation: [1, 1], padding: 'same', groups: 1, activation: relu },
      [
        { name: 'kernel', shape: [1, 3, 1, 1], values: Float32Array.of(1, 2, 3) },
        { name: 'bias', shape: [1], values: Float32Array.of(-4) },
      ],
    );
    const occluder = await opened(net.graph(), { shape: [1, 1, 6, 1], values: Float32Array.of(1, 0, 2, 1, 0, 3) });
    // Intact: 2+0−4, 1+0+6−4, 0+4+3−4, 2+2+0−4, 1+0+9−4, 0+6−4.
    expect([...(await occluder.intact(0))]).toEqual([0, 3, 3, 0, 6, 2]);
    const [outcome] = await all(occluder, [filled([0, 2], [1, 4], 0)]);
    // With x = 1 0 0 0 0 3 the four outputs 1 … 4 are 1−4, 0−4, 0−4, 9−4.
    expect(outcome?.box).toEqual({ start: [0, 1], end: [1, 5] });
    expect([...(outcome?.values ?? [])]).toEqual([0, 0, 0, 5]);
    occluder.close();
  });

  it('says that a place out of reach changes nothing, and computes only what the region demands', async () => {
    const net = new Builder([40, 40], 1, new Draws(2));
    net.convolution(net.convolution(net.input, 4, 3, { activation: relu }), 1, 3);
    const region = { start: [30, 30], end: [34, 34] };
    const occluder = await opened(net.graph(), { shape: [1, 40, 40, 1], values: new Draws(3).normal(1600) }, region);
    expect(await occluder.intact(0)).toHaveLength(16);
    const [far, near] = await all(occluder, [filled([0, 0], [4, 4], 9), filled([30, 30], [32, 32], 9)]);
    // Two convolutions of 3 reach two voxels: 28 is the first that the region reads.
    const [edge] = await all(occluder, [filled([27, 27], [29, 29], 9)]);
    expect(far?.box).toBeNull();
    expect(near?.box).toEqual({ start: [30, 30], end: [34, 34] });
    expect(edge?.box).toEqual({ start: [30, 30], end: [31, 31] });
    const { macs, macsHidden } = occluder.forecast([filled([30, 30], [32, 32], 9)]);
    expect(macsHidden).toBeLessThan(macs / 20);
    occluder.close();
  });

  it('shrinks a window, by quarters, to the voxels that really change, and leaves one alone that changes none', async () => {
    const net = new Builder([20, 20], 1, new Draws(4));
    net.convolution(net.input, 2, 3);
    const values = new Float32Array(400);
    values[5 * 20 + 7] = 1;
    const occluder = await opened(net.graph(), { shape: [1, 20, 20, 1], values });
    const [changed, same] = await all(occluder, [filled([2, 2], [10, 10], 0), filled([10, 10], [18, 18], 0)]);
    // Of rows 2 … 9 the second quarter changes, of the columns the third; the convolution reaches one further.
    expect(changed?.box).toEqual({ start: [3, 5], end: [7, 9] });
    expect(same?.box).toBeNull();
    occluder.close();
  });

  it('equals full inference on U-Nets with skips, 2D and 3D, in a region, with several fillings in one pass', async () => {
    for (const rank of [2, 3] as const) {
      const draws = new Draws(10 + rank);
      const size = rank === 2 ? 48 : 20;
      const graph = unet(rank, size, draws);
      const shape = [2, ...Array.from({ length: rank }, () => size), 1];
      const input = { shape, values: draws.normal(product(shape)) };
      const places = [-1, 0.5, 3].flatMap((value, n) => tiles(shape.slice(1, -1), rank === 2 ? 8 : 7, value, n % 2));
      const region = { start: shape.slice(1, -1).map(() => 9), end: shape.slice(1, -1).map(() => 17) };
      const node = graph.nodes.at(-1)?.name ?? '';
      const { worst, effect, outcomes } = await comparedWithFull(
        graph,
        input,
        places,
        { node, stage: 'preActivation' },
        region,
      );
      expect(outcomes).toBe(places.length);
      expect(effect).toBeGreaterThan(0.1);
      expect(worst).toBeLessThanOrEqual(1e-5);
    }
  });

  it('holds the maps of only as many entries as the budget allows, with the same numbers', async () => {
    const draws = new Draws(21);
    const graph = unet(2, 32, draws);
    const input = { shape: [4, 32, 32, 1], values: draws.normal(4096) };
    const places = [0, 1, 2, 3].flatMap((entry) => tiles([32, 32], 8, 0, entry));
    const fetch = { node: graph.nodes.at(-1)?.name ?? '', stage: 'output' } as const;
    const compared = await comparedWithFull(graph, input, places, fetch, null, 4 * 2 ** 20);
    expect(compared.outcomes).toBe(places.length);
    expect(compared.worst).toBeLessThanOrEqual(1e-5);
    const none = { inputs: { input }, hiddenIn: 'input', fetch, region: null, budgetBytes: 2 ** 16 };
    expect(await occluderOf(graph, none)).toBeNull();
  });

  it('computes whole maps behind what mixes them, says where from, and foresees that this gains little', async () => {
    const draws = new Draws(31);
    const plain = new Builder([64, 64], 1, draws);
    const mixed = new Builder([64, 64], 1, draws);
    for (const net of [plain, mixed]) {
      let x = net.convolution(net.input, 4, 3, { activation: relu });
      if (net === mixed) x = net.add('instanceNorm', [x], { epsilon: 1e-3 });
      net.convolution(net.convolution(x, 8, 3, { activation: relu }), 2, 3);
    }
    const input = { shape: [1, 64, 64, 1], values: draws.normal(4096) };
    const places = tiles([64, 64], 8, 0);
    const [a, b] = [await opened(plain.graph(), input), await opened(mixed.graph(), input)];
    expect(a.forecast(places)).toMatchObject({ wholeFrom: null });
    expect(a.forecast(places).gain).toBeGreaterThan(5);
    expect(b.forecast(places).wholeFrom).toMatch(/^instanceNorm/);
    expect(b.forecast(places).gain).toBeLessThan(1.5);
    const some = places.slice(0, 9);
    const fetch = { node: mixed.graph().nodes.at(-1)?.name ?? '', stage: 'output' } as const;
    expect((await comparedWithFull(mixed.graph(), input, some, fetch, null)).worst).toBeLessThanOrEqual(1e-5);
    a.close();
    b.close();
  });

  it('takes the plain form where the intact maps are not finite', async () => {
    const draws = new Draws(41);
    const net = new Builder([24, 24], 1, draws);
    const wide = net.convolution(net.convolution(net.input, 16, 3), 16, 3);
    net.convolution(net.convolution(wide, 16, 3), 1, 3);
    const values = draws.normal(576);
    values[3 * 24 + 3] = Infinity;
    const graph = net.graph();
    const occluder = await opened(graph, { shape: [1, 24, 24, 1], values });
    // The window takes the infinite voxel away, or lies far from it: both times the changed values are finite.
    const outcomes = await all(occluder, [filled([1, 1], [6, 6], 0), filled([16, 16], [20, 20], 0)]);
    const own = Float32Array.from(values);
    for (let r = 1; r < 6; r++) own.fill(0, r * 24 + 1, r * 24 + 6);
    const weights = new HeldWeights();
    const node = graph.nodes.at(-1)?.name ?? '';
    const accepted = acceptInputs(graph, { input: { shape: [1, 24, 24, 1], values: own } });
    const full = (await execute(graph, weights, accepted, [{ node, stage: 'output' }])).get(node)?.values ?? [];
    const { box, values: hidden } = outcomes[0] ?? { box: null, values: new Float32Array(0) };
    const [r0, c0] = box?.start ?? [0, 0];
    const width = (box?.end[1] ?? 0) - (c0 ?? 0);
    let worst = 0;
    hidden.forEach((v, n) => {
      const at = ((r0 ?? 0) + Math.floor(n / width)) * 24 + (c0 ?? 0) + (n % width);
      worst = Math.max(worst, Math.abs(v - (full[at] ?? NaN)));
    });
    expect(worst).toBeLessThanOrEqual(1e-5);
    expect(outcomes[1]?.values.every(Number.isFinite)).toBe(true);
    weights.free();
    occluder.close();
  });

  it('stops when asked to, between native calls, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const draws = new Draws(51);
    const graph = unet(3, 32, draws);
    const occluder = await opened(graph, { shape: [1, 32, 32, 32, 1], values: draws.normal(32 ** 3) });
    const controller = new AbortController();
    const places = tiles([32, 32, 32], 2, 0);
    const running = occluder.hide(places, controller.signal);
    await running.next();
    controller.abort();
    await expect(
      (async () => {
        for (let n = 0; n < 1e4; n++) if ((await running.next()).done) return;
      })(),
    ).rejects.toMatchObject({ problem: { code: 'engine/cancelled' } });
    occluder.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('holds no tensor more after a thousand places one by one', async () => {
    const draws = new Draws(61);
    const net = new Builder([16, 16], 1, draws);
    net.dense(net.add('globalAveragePool', [net.convolution(net.input, 4, 3, { activation: relu })], {}), 2);
    const occluder = await opened(net.graph(), { shape: [1, 16, 16, 1], values: draws.normal(256) });
    await all(occluder, [filled([0, 0], [3, 3], 0)]);
    const before = tf.memory().numTensors;
    for (let n = 0; n < 1000; n++) await all(occluder, [filled([n % 13, n % 11], [(n % 13) + 3, (n % 11) + 3], n)]);
    expect(tf.memory().numTensors).toBe(before);
    occluder.close();
  });

  it('counts cost, rising to all of it', async () => {
    const draws = new Draws(71);
    const graph = unet(2, 64, draws);
    const occluder = await opened(graph, { shape: [1, 64, 64, 1], values: draws.normal(4096) });
    const shares: number[] = [];
    for await (const { done } of occluder.hide(tiles([64, 64], 4, 0))) shares.push(done);
    expect(shares.length).toBeGreaterThan(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(shares.at(-1)).toBeCloseTo(1, 9);
    occluder.close();
  });
});

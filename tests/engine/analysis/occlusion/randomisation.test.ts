import { describe, expect, it } from 'vitest';
import { freshWeights, groupsFromTop, ownLaw } from '../../../../main/engine/analysis/freshWeights';
import { evenly, latticeOf, middleOf, withPlanes } from '../../../../main/engine/analysis/occlusion/lattice';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import { likeness, outcomeOf } from '../../../../main/engine/analysis/occlusion/randomisation';
import type { Node } from '../../../../main/engine/network/graph';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { occlusion as definition } from '../../../../shared/analysis/occlusion';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { assembledNetwork, vector } from '../assembledNetwork';
import { contextOf, relu, writtenNetwork } from '../writtenNetwork';
import { body, box, indexOf, opened, recipeOf, size, voxels } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;
const organ = box('Organ', 'ORGAN', [4, 4, 2], [6, 6, 3]);
const inOrgan = (v: number): boolean => {
  const [i, j, k] = indexOf(v);
  return i >= 4 && i <= 6 && j >= 4 && j <= 6 && k >= 2 && k <= 3;
};
/** Texture about 0 HU whose strength grows from left to right. */
const hu = Int16Array.from({ length: voxels }, (_, v) => Math.round((20 + 60 * (v % nx)) * Math.sin(v * 12.9898)));
const recipe = recipeOf({ dims: 3, channels: [{ image: 'CT', clip: [-1000, 1000], scale: [-1, 1], outside: 0 }] });

const draws = drawsOf(7, 'test');
const kernel = {
  name: 'kernel',
  shape: [3, 3, 3, 1, 4],
  values: Float32Array.from({ length: 108 }, () => draws.normal() / 4),
};
const convolution = { name: 'conv', op: 'conv3d', inputs: ['x'], attributes: { kernelSize: [3, 3, 3], strides: [1, 1, 1], dilation: [1, 1, 1], padding: 'same', activation: relu }, weights: [kernel, vector('bias', [0, 0, 0, 0])] }; // prettier-ignore
const draft = (layers: readonly Omit<Node, 'outputShape'>[]) => ({
  name: 'planted',
  nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, ...layers],
  inputs: [{ name: 'x', node: 'x', shape: [null, nz, ny, nx, 1] }],
  outputs: [{ name: 'y', node: 'y' }],
});
const dense = (inputs: string, values: readonly number[]) => ({
  name: 'y',
  op: 'dense',
  inputs: [inputs],
  attributes: {},
  weights: [{ name: 'kernel', shape: [values.length, 1], values: Float32Array.from(values) }, vector('bias', [0])],
});

/** One number a voxel, then their mean: whatever its weights, its map is the image, up to its sign and scale. */
const brightness = (): Promise<LoadedNetwork> =>
  assembledNetwork(
    draft([
      {
        ...convolution,
        attributes: { ...convolution.attributes, kernelSize: [1, 1, 1], activation: { kind: 'linear' } },
        weights: [{ name: 'kernel', shape: [1, 1, 1, 1, 1], values: Float32Array.of(0.5) }, vector('bias', [0])],
      },
      { name: 'pool', op: 'globalAveragePool', inputs: ['conv'], attributes: { keepDims: false }, weights: [] },
      dense('pool', [1]),
    ]),
  );
/** What the organ shows, and nothing else. */
const looking = (): Promise<LoadedNetwork> =>
  assembledNetwork(
    draft([
      convolution,
      { name: 'flat', op: 'flatten', inputs: ['conv'], attributes: {}, weights: [] },
      dense(
        'flat',
        Array.from({ length: voxels * 4 }, (_, n) => (inOrgan(Math.floor(n / 4)) ? 1 : 0)),
      ),
    ]),
  );

async function check(network: LoadedNetwork, more: Record<string, unknown> = {}, signal?: AbortSignal, own = recipe) {
  const input = await opened(own, [null, nz, ny, nx, 1], [body, organ], hu);
  const context = contextOf(network, { recipe: own });
  const asked = { windowVoxels: 3, strideVoxels: 2, fill: { constant: 0 }, target: { output: 0, channel: 0 }, game: false, randomisation: true, ...more }; // prettier-ignore
  return { ...(await occlude(input, context, asked, signal)), input, context };
}

describe('the check with random weights', () => {
  it('fails a network whose map is the image, whatever its weights', async () => {
    const { values } = await check(await brightness());
    const found = values.randomisation;
    expect(found?.outcome).toBe('mirrors-the-image');
    expect(found?.likeness).toBeGreaterThan(0.99);
    expect(found?.limit).toBe(0.95);
    expect(found?.cascade[0]?.likeness).toBeGreaterThan(0.99);
  });

  it('passes a network that has learnt where to look', async () => {
    const { values } = await check(await looking());
    const found = values.randomisation;
    expect(found?.outcome).toBe('passed');
    expect(found?.likeness).toBeLessThan(0.4);
    expect(found).toMatchObject({ seeds: 5, silent: 0, laws: [{ law: 'glorot-uniform', layers: 2, from: 'assumed' }] });
    expect(found?.cascade.map(({ node, layers }) => [node, layers])).toEqual([
      ['y', 1],
      ['conv', 2],
    ]);
    expect(found?.cascade.at(-1)?.likenesses).toEqual(found?.likenesses);
    expect(found?.likenesses).toHaveLength(5);
  });

  it('gives the same numbers for the same seed, and others for another', async () => {
    const network = await looking();
    const [one, again, other] = [await check(network), await check(network), await check(network, { seed: 2 })];
    expect(again.values.randomisation).toEqual(one.values.randomisation);
    expect(other.values.randomisation?.likenesses).not.toEqual(one.values.randomisation?.likenesses);
  });

  it('leaves the network as it was, and costs no more than was told', async () => {
    const network = await looking();
    const before = await check(network, { randomisation: false });
    const after = await check(network);
    expect(after.drops).toEqual(before.drops);
    expect((await check(network, { randomisation: false })).drops).toEqual(before.drops);
    const told = occlusion.passes(after.input, after.context, after.asked) - occlusion.passes(after.input, after.context, before.asked); // prettier-ignore
    expect(after.values.randomisation?.passes).toBeLessThanOrEqual(told);
    expect(told).toBeGreaterThan(0);
  });

  it('draws another where the map of a random network is the same everywhere, and says how often', async () => {
    // Of one weight and a ReLU on values above 0: every second draw is below 0, and answers nothing.
    const half = await assembledNetwork(
      draft([
        {
          ...convolution,
          attributes: { ...convolution.attributes, kernelSize: [1, 1, 1] },
          weights: [{ name: 'kernel', shape: [1, 1, 1, 1, 1], values: Float32Array.of(0.5) }, vector('bias', [0])],
        },
        { name: 'pool', op: 'globalAveragePool', inputs: ['conv'], attributes: { keepDims: false }, weights: [] },
        dense('pool', [1]),
      ]),
    );
    const { values } = await check(half, {}, undefined, recipeOf({ dims: 3 }));
    const found = values.randomisation;
    expect(found?.silent).toBeGreaterThan(0);
    expect(found?.likenesses.length).toBe(Math.min(5, 10 - (found?.silent ?? NaN)));
    expect(found?.likenesses.every((own) => own !== null && own > 0.99)).toBe(true);
  });

  it('ends without a finding when it is stopped, and keeps the map', async () => {
    const network = await looking();
    const stop = new AbortController();
    const stopping: LoadedNetwork = {
      ...network,
      withWeights: (values) => {
        stop.abort();
        return network.withWeights?.(values) ?? network;
      },
    };
    const { values, part } = await check(stopping, {}, stop.signal);
    expect(part.partial).toBe(true);
    expect(values.randomisation).toBeUndefined();
    expect(values.computed).toBeGreaterThan(0);
  });

  it('says that a network whose weights cannot be drawn has no such check', async () => {
    const written = writtenNetwork(
      [nz, ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [x?.[0] ?? NaN] }],
    );
    const { values, part } = await check(written);
    expect(values.randomisation).toBeUndefined();
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/weights-cannot-be-drawn');
  });

  it('counts patients by outcome', async () => {
    const one = await check(await looking());
    const other = await check(await brightness());
    const renamed = { ...other.part, kept: { ...(other.part.kept as Record<string, unknown>), patient: 'P2' } };
    const { summary } = occlusion.conclude([one.part, renamed], one.context, one.asked);
    const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
    expect(read.randomisation).toMatchObject({ passed: 1, mirrors: 1, undetermined: 0 });
    expect(read.randomisation?.cascade).toHaveLength(2);
  });
});

describe('the rule of the check', () => {
  const pairs = [0.1, 0.2, 0.3, 0.4, 0.5, 0.1, 0.2, 0.3, 0.4, 0.5];

  it('allows 0.05 beyond the 95th percentile between random networks, and no more', () => {
    // Type 7 of ten values: 0.5 at 0.95 · 9 = 8.55, between two values of 0.5.
    expect(outcomeOf([0.5, 0.5, 0.5, 0.6, 0.6], pairs, 50)).toMatchObject({
      between95: 0.5,
      limit: 0.55,
      outcome: 'passed',
    });
    expect(outcomeOf([0.5, 0.5, 0.6, 0.6, 0.6], pairs, 50).outcome).toBe('mirrors-the-image');
  });

  it('never passes a map that is the random networks’ own', () => {
    expect(outcomeOf([1, 1, 1, 1, 1], [1, 1, 1], 50)).toMatchObject({ limit: 0.95, outcome: 'mirrors-the-image' });
  });

  it('cannot say from fewer than five networks that answer, or fewer than ten positions', () => {
    expect(outcomeOf([0.1, 0.1, 0.1, 0.1, null], pairs, 50).outcome).toBe('undetermined');
    expect(outcomeOf([0.1, 0.1, 0.1, 0.1, 0.1], pairs, 9).outcome).toBe('undetermined');
    expect(outcomeOf([], [], 50)).toMatchObject({ likeness: null, limit: null, outcome: 'undetermined' });
  });

  it('takes likeness without its sign, and none of an even map', () => {
    expect(likeness([1, 2, 3], [30, 20, 10])).toBe(1);
    expect(likeness([1, 2, 3], [5, 5, 5])).toBeNull();
    expect(likeness([1, 2, 3], [5, NaN, 7])).toBeNull();
  });
});

describe('the positions that are looked at again', () => {
  it('are spread evenly, each once, and all where there are few', () => {
    const positions = Array.from({ length: 100 }, (_, n) => 3 * n);
    expect([...evenly(positions, 4)]).toEqual([36, 111, 186, 261]);
    expect([...evenly(positions.slice(0, 3), 4)]).toEqual([0, 3, 6]);
    expect(new Set(evenly(positions, 99)).size).toBe(99);
  });

  it('lie in the body by the middle of their window', () => {
    const lattice = withPlanes(latticeOf([6, 8], [3, 3], [3, 5], 'inside'), 5);
    // Plane 2, row 3 … 5, column 5 … 7.
    expect(middleOf(lattice, 2 * 4 + 3)).toBe((2 * 6 + 4) * 8 + 6);
  });
});

describe('fresh weights', () => {
  const node = (attributes: Record<string, unknown>) => ({ attributes });

  it('follow the law that the file names, else the usual one of what writes such files', () => {
    expect(ownLaw(node({ initialiser: { name: 'HeNormal' } }), 'keras3')).toEqual({ law: 'he-normal', from: 'file' });
    expect(ownLaw(node({ initialiser: { name: 'glorot_uniform' } }), 'keras2')).toEqual({ law: 'glorot-uniform', from: 'file' }); // prettier-ignore
    const scaled = { name: 'VarianceScaling', scale: 2, mode: 'fanIn', distribution: 'normal' };
    expect(ownLaw(node({ initialiser: scaled }), 'tfjs-layers')).toEqual({ law: 'tfjs-he-normal', from: 'file' });
    expect(ownLaw(node({ initialiser: { ...scaled, scale: 3 } }), 'keras3').from).toBe('assumed');
    expect(ownLaw(node({}), 'onnx')).toEqual({ law: 'torch-uniform', from: 'assumed' });
  });

  it('are drawn for kernels, and stand where they began for all else; an array used twice stays one', () => {
    const shared = Float32Array.from([1, 2, 3, 4]);
    const layer = (name: string): Node => ({
      name,
      op: 'dense',
      inputs: [],
      attributes: {},
      outputShape: null,
      weights: [{ name: 'kernel', shape: [2, 2], values: shared }, vector('bias', [3, 3])],
    });
    const norm: Node = {
      name: 'norm',
      op: 'batchNorm',
      inputs: [],
      attributes: {},
      outputShape: null,
      weights: [vector('gamma', [2]), vector('beta', [2]), vector('mean', [2]), vector('variance', [2])],
    };
    const fresh = freshWeights([layer('a'), norm, layer('b')], 'keras3', 1);
    const limit = Math.sqrt(6 / 4);
    for (const value of fresh.get(shared) ?? []) expect(Math.abs(value)).toBeLessThanOrEqual(limit);
    expect(new Set(fresh.get(shared)).size).toBe(4);
    expect(norm.weights.map(({ values }) => fresh.get(values)?.[0])).toEqual([1, 0, 0, 1]);
    expect(fresh.get(layer('a').weights[1]?.values ?? shared)).toBeUndefined();
    const groups = groupsFromTop([layer('a'), norm, layer('b')]).map((group) => group.map(({ name }) => name));
    expect(groups).toEqual([['b'], ['norm', 'a']]);
  });
});

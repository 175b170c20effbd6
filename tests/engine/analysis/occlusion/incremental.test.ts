import { describe, expect, it } from 'vitest';
import type { OpenInput } from '../../../../main/engine/analysis/analysis';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import type { GraphDraft } from '../../../../main/engine/network/assemble';
import type { LoadedNetwork, Occluder } from '../../../../main/engine/network/network';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import { occlusion as definition } from '../../../../shared/analysis/occlusion';
import { Recipe } from '../../../../shared/recipe';
import { assembledNetwork } from '../assembledNetwork';
import { Builder, Draws, relu } from '../../network/incremental/randomNetworks';
import { arrayInput, contextOf } from '../writtenNetwork';
import { occlude } from './run';

/** How often occluders answered, of the networks that were made to ask one whatever it gains. */
interface Asked {
  passes: number;
}

/** A network whose occluder is used even where it gains nothing, as on these small ones. */
function always(network: LoadedNetwork, asked: Asked): LoadedNetwork {
  const { occluder } = network;
  if (!occluder) throw new Error('the network has no occluder');
  return {
    ...network,
    occluder: async (question) => {
      const own = await occluder(question);
      if (!own) return null;
      const eager: Occluder = {
        shape: own.shape,
        forecast: (places) => ({ ...own.forecast(places), gain: 100 }),
        intact: (entry, signal) => own.intact(entry, signal),
        hide: (places, signal) => {
          asked.passes += places.length;
          return own.hide(places, signal);
        },
        close: () => {
          own.close();
        },
      };
      return eager;
    },
  };
}

const never = ({ occluder: _, ...network }: LoadedNetwork): LoadedNetwork => network;

const layer = (name: string, op: string, from: string, more: Partial<NodeCore> = {}): NodeCore => ({
  name,
  op,
  inputs: [from],
  attributes: {},
  weights: [],
  ...more,
});

const draftOf = (shape: readonly number[], layers: readonly NodeCore[]): GraphDraft => ({
  name: 'peers',
  nodes: [layer('x', 'input', '', { inputs: [] }), ...layers],
  inputs: [{ name: 'x', node: 'x', shape: [null, ...shape] }],
  outputs: [{ name: 'y', node: layers.at(-1)?.name ?? '' }],
});

/** f = Σ w·x with w = (7i + j + 1)/10 on a 5 × 7 image of ones: the example of the peers, as layers. */
const linear = () =>
  assembledNetwork(
    draftOf(
      [5, 7, 1],
      [
        layer('row', 'flatten', 'x'),
        layer('f', 'dense', 'row', {
          weights: [
            { name: 'kernel', shape: [35, 1], values: Float32Array.from({ length: 35 }, (_, v) => (v + 1) / 10) },
          ],
        }),
      ],
    ),
  );

const value = { target: { output: 0, channel: 0 }, fill: { constant: 0 } };

describe('occlusion on what a window changes', () => {
  it('gives Captum’s map, windows cut at the edge', async () => {
    const asked = { passes: 0 };
    const ones = arrayInput(new Float32Array(35).fill(1), [5, 7, 1]);
    const { map } = await occlude(ones, contextOf(always(await linear(), asked)), {
      ...value,
      windowVoxels: [2, 3],
      strideVoxels: [2, 2],
      placement: 'truncated',
    });
    // Captum 0.9.0, run: rows 0, 2 and 4.
    const rows = [
      [3.3, 3.3, 3.9, 4.5, 5.1, 5.7, 5.7],
      [11.7, 11.7, 12.3, 12.9, 13.5, 14.1, 14.1],
      [9, 9, 9.3, 9.6, 9.9, 10.2, 10.2],
    ];
    rows.forEach((row, n) => {
      row.forEach((expected, c) => {
        expect(map[2 * n * 7 + c]).toBeCloseTo(expected, 4);
      });
    });
    expect(asked.passes).toBe(9);
  });

  it('is f(x) − MONAI, the last window moved inside', async () => {
    const asked = { passes: 0 };
    const ones = arrayInput(new Float32Array(35).fill(1), [5, 7, 1]);
    const { map, values } = await occlude(ones, contextOf(always(await linear(), asked)), {
      ...value,
      windowVoxels: [2, 3],
      strideVoxels: [2, 3],
    });
    // MONAI 1.6.1, run, mask 2 × 3, constant fill, no overlap.
    const monai = [59.7, 59.7, 59.7, 57.9, 57.6, 57.6, 57.3];
    monai.forEach((hidden, c) => {
      expect(map[c]).toBeCloseTo(63 - hidden, 4);
    });
    expect(values.baseline).toBeCloseTo(63, 4);
    expect(asked.passes).toBe(values.lattice.count.reduce((a, b) => a * b, 1));
  });

  it('gives the page worked by hand to 1e-6: relu(2x − 1), relu(3 − y), sum', async () => {
    const asked = { passes: 0 };
    const one = (name: string, from: string, factor: number, offset: number): NodeCore =>
      layer(name, 'conv2d', from, {
        attributes: {
          kernelSize: [1, 1],
          strides: [1, 1],
          dilation: [1, 1],
          padding: 'valid',
          groups: 1,
          activation: relu,
        },
        weights: [
          { name: 'kernel', shape: [1, 1, 1, 1], values: Float32Array.of(factor) },
          { name: 'bias', shape: [1], values: Float32Array.of(offset) },
        ],
      });
    const network = await assembledNetwork(
      draftOf(
        [2, 3, 1],
        [
          one('a', 'x', 2, -1),
          one('b', 'a', -1, 3),
          layer('row', 'flatten', 'b'),
          layer('c', 'dense', 'row', {
            weights: [{ name: 'kernel', shape: [6, 1], values: new Float32Array(6).fill(1) }],
          }),
        ],
      ),
    );
    const input = arrayInput([0, 1, 2, 0.5, 1, 0], [2, 3, 1]);
    const single = await occlude(input, contextOf(always(network, asked)), {
      ...value,
      windowVoxels: 1,
      strideVoxels: 1,
    });
    [0, -1, -3, 0, -1, 0].forEach((drop, n) => {
      expect(single.drops[n]).toBeCloseTo(drop, 6);
    });
    const pair = await occlude(input, contextOf(always(network, asked)), {
      ...value,
      windowVoxels: 2,
      strideVoxels: 1,
    });
    expect(pair.drops.map((drop) => Math.round(drop * 1e6) / 1e6)).toEqual([-2, -5]);
    // Two voxels are 0 already: they cost no pass.
    expect(asked.passes).toBe(4 + 2);
  });
});

describe('occlusion on what a window changes, against whole runs', () => {
  const sizes = [24, 20];
  const draws = new Draws(5);
  const input = (): OpenInput => arrayInput(new Draws(6).normal(24 * 20), [...sizes, 1]);

  async function segmenter(): Promise<LoadedNetwork> {
    const net = new Builder(sizes, 1, draws);
    const skip = net.convolution(net.input, 4, 3, { activation: relu });
    const low = net.convolution(net.pool(skip, 'max', 2, 2, 'valid'), 6, 3, { activation: relu });
    const up = net.add('concatenate', [skip, net.transposed(low, 4, 2, 2)], { axis: -1 });
    net.convolution(net.convolution(up, 4, 3, { activation: relu }), 3, 1);
    const { nodes, inputs, outputs, name } = net.graph();
    return assembledNetwork({ name, nodes, inputs, outputs });
  }

  async function classifier(): Promise<LoadedNetwork> {
    const net = new Builder(sizes, 1, draws);
    const deep = net.convolution(
      net.pool(net.convolution(net.input, 4, 3, { activation: relu }), 'max', 2, 2, 'valid'),
      6,
      3,
      {
        activation: relu,
      },
    );
    net.dense(net.add('globalAveragePool', [deep], {}), 3, { kind: 'softmax', axes: [-1] });
    const { nodes, inputs, outputs, name } = net.graph();
    return assembledNetwork({ name, nodes, inputs, outputs });
  }

  const segmentation = Recipe.parse({
    schema: 'isolens/recipe@1',
    dims: 2,
    grid: {},
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'segmentation', labels: ['background', 'Organ', 'Other'], activation: 'softmax' },
  });

  it.each([
    ['a class', classifier, {}, {}],
    ['a class’ probability', classifier, {}, { score: 'probability' }],
    ['a label', segmenter, { recipe: segmentation }, { target: { label: 'Organ' } }],
    [
      'a label in a box',
      segmenter,
      { recipe: segmentation },
      { target: { label: 'Other', region: { start: [4, 5], size: [9, 8] } }, score: 'mean' },
    ],
    ['one voxel', segmenter, {}, { target: { output: 0, channel: 2, voxel: [11, 7] } }],
    ['one voxel under noise', segmenter, {}, { target: { output: 0, channel: 1, voxel: [3, 9] }, fill: 'noise' }],
    ['a class under two fillings', classifier, {}, { fill: ['blur', { constant: 0.3 }] }],
  ] as const)('gives the same drops for %s', async (_, make, more, parameters) => {
    const asked = { passes: 0 };
    const network = await make();
    const asking = { windowVoxels: 5, strideVoxels: 3, ...parameters };
    const fast = await occlude(input(), contextOf(always(network, asked), more), asking);
    const full = await occlude(input(), contextOf(never(network), more), asking);
    expect(asked.passes).toBeGreaterThan(0);
    expect(fast.values.baseline).toBe(full.values.baseline);
    expect(fast.values.computed).toBe(full.values.computed);
    const largest = Math.max(...full.drops.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-3);
    fast.drops.forEach((drop, n) => {
      expect(Math.abs(drop - (full.drops[n] ?? NaN))).toBeLessThanOrEqual(1e-5 * Math.max(1, largest));
    });
    // The self-check runs some of them whole.
    expect(fast.values.selfCheck.positions).toBeGreaterThanOrEqual(2);
    expect(fast.values.selfCheck.largestDifference).toBeLessThanOrEqual(1e-5 * Math.max(1, largest));
    network.close();
  });

  it('opens one occluder for all fillings and closes it', async () => {
    const network = await classifier();
    const eager = always(network, { passes: 0 });
    let [opened, closed] = [0, 0];
    const counted: LoadedNetwork = {
      ...eager,
      occluder: async (question) => {
        const own = await eager.occluder?.(question);
        if (!own) return null;
        opened += 1;
        return {
          ...own,
          close: () => {
            closed += 1;
            own.close();
          },
        };
      },
    };
    const fill = ['blur', { constant: 0.3 }, { constant: 1 }] as const;
    await occlude(input(), contextOf(counted), { windowVoxels: 5, strideVoxels: 3, fill });
    expect([opened, closed]).toEqual([1, 1]);
    network.close();
  });

  it('forecasts the passes that remain by the gain, and none where everything is run whole', async () => {
    const network = await segmenter();
    const asked = definition.parameters.parse({
      windowVoxels: 5,
      strideVoxels: 3,
      target: { output: 0, channel: 2, voxel: [11, 7] },
    });
    const { signal } = new AbortController();
    const of = (own: LoadedNetwork) => occlusion.forecast?.(input(), contextOf(own), asked, signal);
    const forecast = await of(always(network, { passes: 0 }));
    // 8 × 6 places of the lattice, and the intact input once.
    expect(occlusion.passes(input(), contextOf(network), asked)).toBe(8 * 6 + 1);
    expect(forecast).toEqual({ gain: 100, passes: 1 + 1, wholeFrom: null });
    expect(await of(never(network))).toBeNull();
    network.close();
  });

  it('tells progress that only rises', async () => {
    const network = await segmenter();
    const { steps } = await occlude(input(), contextOf(always(network, { passes: 0 })), {
      windowVoxels: 5,
      strideVoxels: 3,
      target: { output: 0, channel: 2, voxel: [11, 7] },
    });
    const shares = steps.flatMap((step) => (step.kind === 'progress' ? [step.done] : []));
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(shares.at(-1)).toBeGreaterThan(0.9);
    network.close();
  });

  it('keeps what was computed when it is stopped', async () => {
    const network = await segmenter();
    const controller = new AbortController();
    const stopping = always(network, { passes: 0 });
    const { occluder } = stopping;
    const stopped: LoadedNetwork = {
      ...stopping,
      occluder: async (question) => {
        const own = await occluder?.(question);
        if (!own) return null;
        return {
          ...own,
          hide: async function* (places, signal) {
            for await (const part of own.hide(places, signal)) {
              yield part;
              controller.abort();
              signal?.throwIfAborted();
            }
          },
        };
      },
    };
    const { part, values, drops } = await occlude(
      input(),
      contextOf(stopped),
      { windowVoxels: 3, strideVoxels: 1, target: { output: 0, channel: 2, voxel: [11, 7] } },
      controller.signal,
    );
    expect(part.partial).toBe(true);
    expect(values.computed).toBeGreaterThan(0);
    expect(drops.filter((drop) => !Number.isNaN(drop))).toHaveLength(values.computed);
    network.close();
  });
});

import { describe, expect, it } from 'vitest';
import { maps } from '../../../../main/engine/analysis/maps/maps';
import { maps as definition, type LayerFigures } from '../../../../shared/analysis/maps';
import { InputResult } from '../../../../shared/result';
import { Verdict } from '../../../../shared/verdict';
import {
  arrayInput,
  contextOf,
  memoryWriter,
  relu,
  runToEnd,
  writtenNetwork,
  type WrittenNode,
} from '../writtenNetwork';

type Image = readonly number[];

/** Runs maps over inputs of one size, checks its results against the published schemas, and gives the summary's layers. */
async function layersOf(
  nodes: readonly WrittenNode[],
  images: readonly Image[],
  { shape = [2, 2, 1], patients = [] as string[], batch = 4, parameters = {} } = {},
) {
  const network = writtenNetwork(shape, nodes, { batch });
  const context = contextOf(network, { inputCount: images.length });
  const asked = definition.parameters.parse(parameters);
  const parts = [];
  for (const [i, image] of images.entries()) {
    const input = arrayInput(image, shape, { id: `p${String(i)}`, patient: patients[i] ?? `p${String(i)}` });
    const { part } = await runToEnd(
      maps.onInput(input, context, asked, memoryWriter().writer, new AbortController().signal),
    );
    InputResult.parse(part.result);
    definition.values.parse(part.result.values);
    parts.push(JSON.parse(JSON.stringify(part)) as typeof part);
  }
  const conclusion = maps.conclude(parts, context, asked);
  const summary = definition.summary.parse(JSON.parse(JSON.stringify(conclusion.summary)));
  const layer = (node: string): LayerFigures => {
    const found = summary.layers.find((candidate) => candidate.node === node);
    if (!found) throw new Error(`no layer ${node}`);
    return found;
  };
  return { layer, summary, verdict: Verdict.parse(conclusion.verdict), parts };
}

/** One value a voxel and channel from the input's value there. */
const pointwise = (
  name: string,
  functions: readonly ((x: number, v: number) => number)[],
  more: Partial<WrittenNode> = {},
  places: readonly number[] = [2, 2],
): WrittenNode => ({
  name,
  inputs: ['x'],
  shape: [...places, functions.length],
  weights: [{ name: 'kernel', shape: [1, 1, 1, functions.length], values: new Float32Array(functions.length) }],
  compute: ([x]) => Array.from(x ?? []).flatMap((value, v) => functions.map((f) => f(value, v))),
  ...more,
});

const statusesOf = ({ channels }: LayerFigures) => channels.map(({ status }) => status);
const many = (n: number, image: (i: number) => Image): Image[] => Array.from({ length: n }, (_, i) => image(i));
const varied = (i: number): Image => [((i * 7) % 5) / 5, ((i * 3) % 4) / 4, ((i * 11) % 7) / 7, 4];

/** Every voxel takes other values from patient to patient. */
const moving = (i: number): Image => [((i * 7) % 5) / 5, ((i * 3) % 4) / 4, ((i * 11) % 7) / 7, ((i * 5) % 9) / 9];

describe('the status of a channel', () => {
  it('is dead when silent in all of 30 patients, silent so far in 29, with the bound printed', async () => {
    const net = [pointwise('conv', [(x) => x - 5, (x) => x], { activation: relu })];
    const dead = (await layersOf(net, many(30, varied))).layer('conv').channels[0];
    expect(dead).toMatchObject({ status: 'dead', zeroVoxelShare: 1, zeroMapShare: 1, max: 0, min: 0 });
    expect(dead?.bound95).toBeCloseTo(0.09503385285530419, 12);
    const silent = (await layersOf(net, many(29, varied))).layer('conv').channels[0];
    expect(silent?.status).toBe('silent-so-far');
    expect(silent?.bound95).toBeCloseTo(0.0981446276772957, 12);
  });

  it('counts patients, not inputs: 40 inputs of 20 patients do not make a dead filter', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 5, (x) => x], { activation: relu })],
      many(40, varied),
      {
        patients: Array.from({ length: 40 }, (_, i) => `patient ${String(i % 20)}`),
      },
    );
    expect(statusesOf(layer('conv'))[0]).toBe('silent-so-far');
  });

  it('is nearly dead with bias −3.9 where one voxel is 4 in one of 40 patients', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 3.9, (x) => x], { activation: relu })],
      many(40, (i) => [1, 2, 3, i === 17 ? 4 : 0.5]),
    );
    const [channel] = layer('conv').channels;
    expect(channel?.status).toBe('nearly-dead');
    expect(channel?.zeroMapShare).toBeCloseTo(39 / 40, 12);
    expect(channel?.bound95).toBeNull();
    expect(channel?.zeroVoxelShare).toBeCloseTo(159 / 160, 12);
  });

  it('names a dead ReLU behind a normalisation frozen at its constant', async () => {
    const { layer } = await layersOf(
      [
        pointwise('conv', [(x) => x - 5, (x) => x], { activation: relu }),
        {
          name: 'bn',
          inputs: ['conv'],
          shape: [2, 2, 2],
          compute: ([x]) => (x ?? new Float32Array()).map((v) => v * 0.5 - 0.25),
        },
      ],
      many(12, varied),
    );
    expect(statusesOf(layer('bn'))).toEqual(['frozen', 'alive']);
    expect(layer('bn').filters).toBe('conv');
  });

  it('is position-only when the map hangs on the place and not on the patient', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(_, v) => v + 1, (x, v) => v + 1 + 0.01 * x, (x) => x], { activation: relu })],
      many(12, varied),
    );
    expect(statusesOf(layer('conv'))).toEqual(['position-only', 'position-only', 'alive']);
    expect(layer('conv').channels[0]?.positionShare).toBe(1);
  });

  it('knows the position share exactly on small maps, and not below ten inputs', async () => {
    const images = many(10, varied);
    const net = [pointwise('conv', [(x, v) => x + 0.3 * v])];
    const share = (await layersOf(net, images)).layer('conv').channels[0]?.positionShare;
    const values = images.map((image) => image.map((x, v) => Math.fround(x + 0.3 * v)));
    const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const variance = (list: readonly number[]) => mean(list.map((x) => (x - mean(list)) ** 2));
    const columns = [0, 1, 2, 3].map((v) => values.map((row) => row[v] as number));
    const between = variance(columns.map(mean));
    expect(share).toBeCloseTo(between / (between + mean(columns.map(variance))), 6);
    expect((await layersOf(net, many(9, varied))).layer('conv').channels[0]?.positionShare).toBeNull();
  });

  it('is border-only for a zero-sum kernel with padding on a constant image', async () => {
    const shape = [6, 6, 1];
    const laplacian: WrittenNode = {
      name: 'conv',
      inputs: ['x'],
      shape: [6, 6, 2],
      activation: relu,
      weights: [{ name: 'kernel', shape: [3, 3, 1, 2], values: new Float32Array(18) }],
      receptiveField: { size: [3, 3], step: [1, 1], start: [-1, -1] },
      compute: ([x]) => {
        const at = (r: number, c: number) => (r < 0 || c < 0 || r > 5 || c > 5 ? 0 : (x?.[r * 6 + c] ?? 0));
        return Array.from({ length: 36 }, (_, v) => {
          const [r, c] = [Math.floor(v / 6), v % 6];
          return [4 * at(r, c) - at(r - 1, c) - at(r + 1, c) - at(r, c - 1) - at(r, c + 1), at(r, c)];
        }).flat();
      },
    };
    const { layer } = await layersOf(
      [laplacian],
      many(3, (i) => Array.from({ length: 36 }, () => i + 1)),
      { shape },
    );
    expect(layer('conv').channels[0]).toMatchObject({ status: 'border-only', borderMass: 1 });
    expect(layer('conv').channels[1]?.borderMass).toBeCloseTo(20 / 36, 12);
  });

  it('is saturated behind a tanh of gain 100 on normal numbers, at 98.167 % of voxels', async () => {
    const shape = [64, 64, 1];
    const quantiles = Array.from({ length: 4096 }, (_, v) => normalQuantile((v + 0.5) / 4096));
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => 100 * x], { activation: { kind: 'tanh' } }, [64, 64])],
      [quantiles],
      { shape },
    );
    expect(layer('conv').channels[0]?.status).toBe('saturated');
    expect(layer('conv').channels[0]?.saturatedShare).toBeCloseTo(0.98167, 3);
  });

  it('is dormant at a fortieth of the mean response, and the mean over the layer is 1', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => 0.001 * x, (x) => x, (x) => 2 * x], { activation: relu })],
      many(3, varied),
    );
    expect(statusesOf(layer('conv'))).toEqual(['dormant', 'alive', 'alive']);
    const mean = layer('conv').channels.reduce((sum, { dormancy }) => sum + (dormancy ?? NaN), 0) / 3;
    expect(Math.abs(mean - 1)).toBeLessThan(1e-12);
  });

  it('is one-sided for a leaky unit below zero everywhere, never dead', async () => {
    const leaky = { ...relu, negativeSlope: 0.1 };
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 10, (x) => x - 0.4], { activation: leaky })],
      many(30, moving),
    );
    expect(statusesOf(layer('conv'))).toEqual(['one-sided', 'alive']);
  });

  it('is always-on where the pre-activation is above zero everywhere', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x + 1, (x) => x - 1], { activation: relu })],
      many(3, varied),
    );
    expect(statusesOf(layer('conv'))).toEqual(['always-on', 'alive']);
  });

  it('is invalid when a value is not a number, and the values are counted', async () => {
    const { layer, verdict } = await layersOf(
      [pointwise('conv', [(x, v) => (v === 2 ? NaN : x), (x) => x])],
      many(2, varied),
    );
    expect(layer('conv').channels[0]).toMatchObject({ status: 'invalid', notFinite: 2 });
    expect(verdict).toMatchObject({ code: 'invalid', level: 'problem' });
  });

  it('calls SiLU off by its pre-activation below −8, and gives it no share of zeros', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 13, (x) => x - 6, (x) => x], { activation: { kind: 'silu' } })],
      many(2, varied),
    );
    expect(statusesOf(layer('conv'))[0]).toBe('silent-so-far');
    expect(statusesOf(layer('conv'))[1]).not.toBe('silent-so-far');
    expect(layer('conv').channels[2]?.zeroVoxelShare).toBeNull();
  });

  it('calls ELU off at 0.96 of its lower end', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 8, (x) => x - 5], { activation: { kind: 'elu', alpha: 2 } })],
      many(2, varied),
    );
    expect(statusesOf(layer('conv'))).toEqual(['silent-so-far', 'alive']);
  });

  it('takes as zero, without a rectifier, what is below a millionth of the largest value, seen in any batch', async () => {
    const { layer } = await layersOf([pointwise('conv', [(_, v) => [5e-7, 0, 2e-6, 1][v] ?? 0])], [[0, 0, 0, 0]]);
    expect(layer('conv').channels[0]?.zeroVoxelShare).toBeCloseTo(0.5, 12);
  });
});

describe('the figures of a channel', () => {
  it('pool over all voxels of all inputs, sd divided by n', async () => {
    const images = [
      [1, 2, 3, 4],
      [10, 20, 30, 40],
    ];
    const { layer } = await layersOf([pointwise('conv', [(x) => x])], images);
    const all = images.flat();
    const mean = all.reduce((a, b) => a + b, 0) / 8;
    const sd = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / 8);
    const [channel] = layer('conv').channels;
    expect(channel).toMatchObject({ min: 1, max: 40 });
    expect(channel?.mean).toBeCloseTo(mean, 12);
    expect(channel?.sd).toBeCloseTo(sd, 12);
  });

  it('hang on the job order alone, not on the batches', async () => {
    const planes = Array.from({ length: 28 }, (_, v) => Math.sin(v * 1.7));
    const net = [pointwise('conv', [(x) => x - 0.2, (x) => 1 - x], { activation: relu })];
    const run = async (batch: number) => {
      const network = writtenNetwork([2, 2, 1], net, { batch });
      const input = arrayInput(planes, [2, 2, 1]);
      const prepared = { ...input.prepared, array: { shape: [7, 2, 2, 1], values: Float32Array.from(planes) } };
      const { part } = await runToEnd(
        maps.onInput(
          { ...input, prepared },
          contextOf(network),
          definition.parameters.parse({}),
          memoryWriter().writer,
          new AbortController().signal,
        ),
      );
      return part;
    };
    expect(await run(1)).toEqual(await run(5));
  });

  it('give the margin in standard deviations of the layer, at most 0 for a dead filter', async () => {
    const { layer } = await layersOf(
      [pointwise('conv', [(x) => x - 5, (x) => x], { activation: relu })],
      many(5, varied),
    );
    expect(layer('conv').channels[0]?.margin).toBeLessThanOrEqual(0);
    expect(layer('conv').channels[1]?.margin).toBeGreaterThan(0);
  });
});

describe('the verdict of maps', () => {
  it('counts the dead filters of a layer in words', async () => {
    const { verdict } = await layersOf(
      [pointwise('conv2', [(x) => x - 5, (x) => x - 6, (x) => x - 1, (x) => 2 - x], { activation: relu })],
      many(30, varied),
    );
    expect(verdict).toMatchObject({
      level: 'problem',
      code: 'dead',
      sentence: { en: 'Yes. 2 of the 4 filters of conv2 are dead.', fr: 'Oui. 2 des 4 filtres de conv2 sont morts.' },
    });
  });

  it('says that nothing was found as an answer', async () => {
    const net = [pointwise('conv', [(x) => x - 0.4, (x) => 0.6 - x], { activation: relu })];
    const { verdict } = await layersOf(net, many(24, moving));
    expect(verdict).toMatchObject({
      level: 'fine',
      confidence: 'high',
      sentence: { en: 'No dead filter in 1 layer (2 channels, 24 patients).' },
    });
  });

  it('is unsure of one patient, and says so', async () => {
    const { verdict } = await layersOf(
      [pointwise('conv', [(x) => x - 5, (x) => x - 1], { activation: relu })],
      many(1, varied),
    );
    expect(verdict).toMatchObject({ level: 'watch', code: 'silent', confidence: 'moderate' });
    expect(verdict.caveats).toContainEqual({ en: 'one patient', fr: 'un seul patient' });
  });
});

/** The normal quantile by bisection of an integral of the density: enough digits for a share of voxels. */
function normalQuantile(p: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function normalCdf(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 1; k < 300; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

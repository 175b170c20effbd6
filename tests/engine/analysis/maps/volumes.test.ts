import { describe, expect, it } from 'vitest';
import type { OpenInput, Part } from '../../../../main/engine/analysis/analysis';
import { maps } from '../../../../main/engine/analysis/maps/maps';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { maps as definition } from '../../../../shared/analysis/maps';
import { volumePercents, type MapsVolumes } from '../../../../shared/analysis/mapsVolumes';
import { IsolensError } from '../../../../shared/problem/problem';
import { Recipe } from '../../../../shared/recipe';
import { convolution, draftOf, node, relu } from '../../../planted/written';
import { axialGrid, boxStructure, doseOf, imageOf, studyOf } from '../../recipe/study';
import { assembledNetwork } from '../assembledNetwork';
import { arrayInput, contextOf, memoryWriter, runToEnd } from '../writtenNetwork';

const size = [12, 10, 6] as const;
const grid = axialGrid([12, 10, 6], [2, 2, 3]);
const count = size[0] * size[1] * size[2];
const at = (v: number) => [v % 12, Math.floor(v / 12) % 10, Math.floor(v / 120)] as const;
const low = [2, 3, 1] as const;
const high = [6, 7, 4] as const;
const isInOrgan = (v: number): boolean => at(v).every((i, axis) => i >= (low[axis] ?? 0) && i <= (high[axis] ?? 0));
/** Dose rises from the first slice to the last: 6, 18, 30, 42, 54, 66 Gy. */
const gyOf = (v: number): number => 6 + 12 * at(v)[2];

const recipe = (dims: 2 | 3): Recipe =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    dims,
    grid: {},
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [-1, 1], outside: -1000 }],
    output: { kind: 'regression', quantity: 'dose' },
  });

async function patient(id: string, hu: (v: number) => number, dims: 2 | 3, name = 'Organ'): Promise<OpenInput> {
  const values = Int16Array.from({ length: count }, (_, v) => hu(v));
  const study = studyOf({
    images: [imageOf(grid, values)],
    structures: [boxStructure(name, grid, [...low], [...high])],
    doses: [
      doseOf(
        grid,
        Float32Array.from({ length: count }, (_, v) => gyOf(v)),
      ),
    ],
  });
  const shape = dims === 3 ? [null, 6, 10, 12, 1] : [null, 10, 12, 1];
  const multiple = shape.slice(1, -1).map(() => 1);
  const prepared = await prepareStudy(study, recipe(dims), { name: 'x', shape, multiple }, { id, patient: id });
  return { prepared, spec: { study: id }, study, label: null, truth: null };
}

const identity = (dims: 2 | 3): NodeCore =>
  convolution('same', 'x', dims, { kernel: 1, filters: [[1], [0]], bias: [0, 0.25] });

async function measured(
  inputs: readonly OpenInput[],
  dims: 2 | 3,
  layers: readonly NodeCore[],
  { volumes = ['same'] as unknown, memoryBytes = 2 ** 28 } = {},
) {
  const network = await assembledNetwork(draftOf(dims === 3 ? [6, 10, 12, 1] : [10, 12, 1], layers));
  try {
    const asked = definition.parameters.parse({ volumes });
    const context = contextOf(network, { recipe: recipe(dims), memoryBytes, inputCount: inputs.length });
    const parts: Part[] = [];
    for (const input of inputs) {
      const run = maps.onInput(input, context, asked, memoryWriter().writer, new AbortController().signal);
      const { part, steps } = await runToEnd(run);
      const done = steps.flatMap((step) => (step.kind === 'progress' ? [step.done] : []));
      expect(done).toEqual([...done].sort((a, b) => a - b));
      definition.values.parse(part.result.values);
      parts.push(JSON.parse(JSON.stringify(part)) as Part);
    }
    const { volumes: pooled } = definition.summary.parse(maps.conclude(parts, context, asked).summary);
    return { parts, own: parts.map(({ result }) => result.values['volumes'] as MapsVolumes[] | undefined), pooled };
  } finally {
    network.close();
  }
}

/** The largest value that at least this share of the values reaches, by counting. */
function reachedBy(values: readonly number[], percent: number): number {
  const needed = Math.max(1, Math.ceil((percent / 100) * values.length - 1e-9));
  return Math.max(...values.filter((value) => values.filter((other) => other >= value).length >= needed));
}

const hounsfield = (v: number): number => Math.round(700 * Math.sin(v * 12.9898));

describe.each([2, 3] as const)('the neuron DVH in a %iD network', (dims) => {
  it('of a channel that is the CT number is the structure’s CT histogram, and each dose band’s', async () => {
    const { own } = await measured([await patient('P1', hounsfield, dims)], dims, [identity(dims)]);
    const regions = own[0]?.[0]?.channels[0]?.regions ?? [];
    expect(regions.map(({ name, kind }) => [name, kind])).toEqual([
      ['Organ', 'structure'],
      ['5–20 Gy', 'dose'],
      ['20–40 Gy', 'dose'],
      ['40–57 Gy', 'dose'],
      ['≥ 57 Gy', 'dose'],
    ]);
    const members: Readonly<Record<string, (v: number) => boolean>> = {
      Organ: isInOrgan,
      '5–20 Gy': (v) => gyOf(v) < 20,
      '20–40 Gy': (v) => gyOf(v) === 30,
      '40–57 Gy': (v) => gyOf(v) > 40 && gyOf(v) < 57,
      '≥ 57 Gy': (v) => gyOf(v) > 57,
    };
    for (const { name, voxels, curve } of regions) {
      const values = Array.from({ length: count }, (_, v) => v)
        .filter((v) => members[name]?.(v))
        .map((v) => hounsfield(v) / 1000);
      expect(voxels).toBe(values.length);
      curve.forEach((value, n) => {
        expect(value).toBeCloseTo(reachedBy(values, volumePercents[n] ?? NaN), 6);
      });
    }
  });

  it('of a uniform channel is a step: every share of the volume reaches the one value', async () => {
    const { own } = await measured([await patient('P1', hounsfield, dims)], dims, [identity(dims)]);
    for (const { curve } of own[0]?.[0]?.channels[1]?.regions ?? []) expect(new Set(curve)).toEqual(new Set([0.25]));
  });

  it('pools by patient: median and band over patients, names of one structure together', async () => {
    const inputs = [
      await patient('P1', () => 100, dims),
      await patient('P2', () => 300, dims, 'ORGAN'),
      await patient('P3', () => 800, dims),
    ];
    const { pooled } = await measured(inputs, dims, [identity(dims)]);
    expect(pooled?.percents).toEqual([...volumePercents]);
    const organ = pooled?.layers[0]?.channels[0]?.regions[0];
    expect(organ).toMatchObject({ name: 'Organ', kind: 'structure', patients: 3 });
    // Type 7 quantiles of 0.1, 0.3, 0.8.
    expect(organ?.median[10]).toBeCloseTo(0.3, 6);
    expect(organ?.low[10]).toBeCloseTo(0.12, 6);
    expect(organ?.high[10]).toBeCloseTo(0.75, 6);
  });

  it('counts several inputs of one patient as one', async () => {
    const [first, second, other] = [
      await patient('a', () => 100, dims),
      await patient('b', () => 500, dims),
      await patient('P2', () => 900, dims),
    ];
    const of = (input: OpenInput, name: string): OpenInput => ({
      ...input,
      prepared: { ...input.prepared, patient: name },
    });
    const { pooled } = await measured([of(first, 'P1'), of(second, 'P1'), other], dims, [identity(dims)]);
    const organ = pooled?.layers[0]?.channels[0]?.regions[0];
    expect(organ?.patients).toBe(2);
    expect(organ?.median[0]).toBeCloseTo((0.3 + 0.9) / 2, 6);
  });

  it('is the same however little memory there is, and of the channels that are named', async () => {
    const layers = [
      convolution('same', 'x', dims, {
        kernel: 3,
        filters: [1, 2, 3].map((f) => Array.from({ length: 3 ** dims }, (_, n) => Math.sin(f * n))),
        activation: relu,
      }),
    ];
    const input = await patient('P1', hounsfield, dims);
    const whole = await measured([input], dims, layers);
    const small = await measured([input], dims, layers, { memoryBytes: 12_000 });
    expect(small.own).toEqual(whole.own);
    const one = await measured([input], dims, layers, { volumes: [{ node: 'same', channels: [2] }] });
    expect(one.own[0]?.[0]?.channels).toEqual([whole.own[0]?.[0]?.channels[2]]);
  });

  it('lays a coarse map on the input by the centres of what its voxels see', async () => {
    const pool = node('coarse', `averagePool${String(dims)}d`, 'x', {
      attributes: {
        kernelSize: Array.from({ length: dims }, () => 2),
        strides: Array.from({ length: dims }, () => 2),
        padding: 'valid',
      },
    });
    // A plane wave without curvature is its own mean at the centre: what is linear stays linear but for the outermost half voxel.
    const { own } = await measured([await patient('P1', (v) => 40 * at(v)[0], dims)], dims, [pool], {
      volumes: ['coarse'],
    });
    const organ = own[0]?.[0]?.channels[0]?.regions[0];
    expect(organ?.curve[0]).toBeCloseTo(0.24, 5);
    expect(organ?.curve.at(-1)).toBeCloseTo(0.08, 5);
  });
});

describe('a neuron DVH that cannot be had', () => {
  it('is said for an array, which has no structures, and the maps are there all the same', async () => {
    const network = await assembledNetwork(draftOf([6, 10, 12, 1], [identity(3)]));
    const asked = definition.parameters.parse({ volumes: ['same'] });
    const run = maps.onInput(
      arrayInput(new Float32Array(count), [6, 10, 12, 1]),
      contextOf(network),
      asked,
      memoryWriter().writer,
      new AbortController().signal,
    );
    const { part } = await runToEnd(run);
    network.close();
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/volumes-need-regions');
    expect(part.result.values['volumes']).toBeUndefined();
    expect(maps.conclude([part], contextOf(network), asked).summary).toMatchObject({ volumes: { layers: [] } });
  });

  it('is said for a layer without places, and a channel that is not there is refused', async () => {
    const flat = [identity(3), node('mean', 'globalAveragePool', 'same')];
    const input = await patient('P1', hounsfield, 3);
    const { parts } = await measured([input], 3, flat, { volumes: ['mean', 'same'] });
    expect(parts[0]?.result.warnings.map(({ code }) => code)).toContain('analysis/volumes-no-place');
    expect((parts[0]?.result.values['volumes'] as MapsVolumes[]).map((own) => own.node)).toEqual(['same']);
    await expect(measured([input], 3, flat, { volumes: [{ node: 'same', channels: [7] }] })).rejects.toThrow(
      IsolensError,
    );
  });
});

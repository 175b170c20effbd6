import { afterEach, describe, expect, it } from 'vitest';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { reportHtml } from '../../../../main/engine/result/writeReport';
import { assembledNetwork } from '../assembledNetwork';
import { arrayInput } from '../writtenNetwork';
import { draftOf, layer, neuronOf, obliqueAffine, placedInput, recipeOf, searched } from './planted';

/** A planted filter: signs and sizes that no neighbour shares. */
const weightsOf = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => (n % 3 === 0 ? -1 : 1) * (0.5 + ((n * 7) % 5) / 10));

function planted(
  dims: number,
  { bias = 0.25, activation = null as object | null, scale = 1 } = {},
): readonly NodeCore[] {
  const size = Array.from({ length: dims }, () => 3);
  return [
    layer('y', `conv${String(dims)}d`, 'x', {
      attributes: {
        kernelSize: size,
        strides: size.map(() => 1),
        dilation: size.map(() => 1),
        padding: 'same',
        groups: 1,
        activation,
      },
      weights: [
        { name: 'kernel', shape: [...size, 1, 1], values: weightsOf(3 ** dims).map((w) => scale * w) },
        { name: 'bias', shape: [1], values: Float32Array.from([bias]) },
      ],
    }),
  ];
}

const filled = (count: number, of: (n: number) => number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => of(n));

/** The largest answer inside [low, high]: the high end where a weight is positive, the low end elsewhere. */
const closedForm = (weights: Float32Array, low: number, high: number, bias: number): number =>
  weights.reduce((sum, w) => sum + w * (w > 0 ? high : low), bias);

describe('a synthesised input', () => {
  let network: LoadedNetwork | null = null;
  afterEach(() => network?.close());

  it.each([2, 3])('of an affine channel is the matched filter of the box, in %iD', async (dims) => {
    const sizes = Array.from({ length: dims }, () => 9);
    network = await assembledNetwork(draftOf([...sizes.map(() => null), 1], planted(dims)));
    const inputs = [0, 1].map((n) =>
      arrayInput(
        filled(9 ** dims, (v) => Math.sin(v + n)),
        [...sizes, 1],
        { id: `I${String(n)}` },
      ),
    );
    const asked = { nodes: ['y'], synthesised: 1, regularisation: 0 };
    const { neurons, arrays, alone } = await searched(network, inputs, asked);
    const { synthesised, top } = neuronOf(neurons, 'y');
    const weights = weightsOf(3 ** dims);
    const [bound] = synthesised?.bounds ?? [];
    const [low, high] = [bound?.low ?? NaN, bound?.high ?? NaN];
    // What the database holds bounds an array of which nothing is known.
    expect([low, high]).toEqual([
      Math.min(...inputs.flatMap(({ prepared }) => [...prepared.array.values])),
      Math.max(...inputs.flatMap(({ prepared }) => [...prepared.array.values])),
    ]);
    expect(bound?.from).toBe('database');
    const best = closedForm(weights, low, high, 0.25);
    expect(synthesised?.value).toBeLessThanOrEqual(best + 1e-5);
    expect(synthesised?.value).toBeGreaterThan(best - 1e-3 * Math.abs(best));
    expect(synthesised?.databaseMax).toBe(top[0]?.value);
    expect(synthesised?.timesDatabaseMax).toBeCloseTo((synthesised?.value ?? NaN) / (top[0]?.value ?? NaN), 12);
    expect(synthesised?.reached).toHaveLength(4);
    const file = arrays.get(`synthesised/y/0`);
    expect(file?.shape).toEqual([...sizes.map(() => 3), 1]);
    weights.forEach((w, n) => {
      expect(file?.values[n]).toBeCloseTo(w > 0 ? high : low, 2);
    });
    expect(synthesised?.atBounds).toBe(1);
    expect(synthesised?.outsideReality).toBe(true);
    expect(synthesised?.note.en).toContain('not a patient');
    expect(synthesised?.note.fr).toContain('pas un patient');
    expect(alone?.result.files).toMatchObject({ synthesised: { 'y/0': 'synthesised/y/0.npy' } });
  });

  it('stays within the bounds of the recipe, in HU, and below what they allow, with every regularisation', async () => {
    network = await assembledNetwork(draftOf([null, null, null, 1], planted(3, { scale: 0.01 })));
    const recipe = recipeOf(3);
    const affine = obliqueAffine(0, [1, 1, 2], [0, 0, 0]);
    const given = [1, 2].map((n) => {
      const values = filled(8 ** 3, (v) => (((v * 37 + n) % 101) / 100) * 2 - 1);
      const input = placedInput(`P${String(n)}`, values, [8, 8, 8], affine, recipe);
      const transforms = [
        {
          kind: 'image' as const,
          name: 'CT',
          clip: [-1000, 1000] as const,
          slope: 0.001,
          intercept: 0,
        },
      ];
      return { ...input, prepared: { ...input.prepared, transforms } };
    });
    const asked = { nodes: ['y'], synthesised: 1, synthesisSteps: 40, top: 2 };
    const first = await searched(network, given, asked, recipe);
    const again = await searched(network, given, asked, recipe);
    const { synthesised } = neuronOf(first.neurons, 'y');
    expect(synthesised?.bounds).toEqual([{ name: 'CT', unit: 'HU', low: -1000, high: 1000, from: 'recipe' }]);
    const values = [...(first.arrays.get('synthesised/y/0')?.values ?? [])];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    const best = closedForm(
      weightsOf(27).map((w) => 0.01 * w),
      -1,
      1,
      0.25,
    );
    expect(synthesised?.value).toBeLessThanOrEqual(best);
    expect(synthesised?.value).toBeGreaterThan(synthesised?.databaseMax ?? Infinity);
    // The same seed makes the same input; another seed another.
    expect(again.arrays.get('synthesised/y/0')).toEqual(first.arrays.get('synthesised/y/0'));
    expect(neuronOf(again.neurons, 'y').synthesised).toEqual(synthesised);
    const other = await searched(network, given, { ...asked, seed: 2 }, recipe);
    expect(neuronOf(other.neurons, 'y').synthesised?.reached).not.toEqual(synthesised?.reached);
    // The report says it too.
    const said = reportHtml(
      {
        schema: 'isolens/results@1',
        isolens: '',
        backend: null,
        job: null,
        network: null,
        seconds: 0,
        errors: [],
        analyses: [{ id: 'search', parameters: {}, verdict: null, summary: first.summary, inputs: [] }],
      },
      'en',
    );
    expect(said).toContain('not a patient');
  });

  it('starts a neuron that a rectifier keeps silent', async () => {
    const relu = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };
    network = await assembledNetwork(draftOf([9, 9, 1], planted(2, { bias: -3, activation: relu })));
    const inputs = [0, 1].map((n) =>
      arrayInput(
        filled(81, (v) => (v % 2 === n ? 1 : 0)),
        [9, 9, 1],
        { id: `I${String(n)}` },
      ),
    );
    const { neurons } = await searched(network, inputs, {
      nodes: ['y'],
      synthesised: 1,
      regularisation: 0,
    });
    const { synthesised } = neuronOf(neurons, 'y');
    expect(synthesised?.value).toBeCloseTo(closedForm(weightsOf(9), 0, 1, -3), 2);
    // Without a ratio to a database that never made it fire.
    expect(synthesised?.databaseMax).toBe(0);
    expect(synthesised?.timesDatabaseMax).toBeNull();
  });

  it('of the least asked neuron falls as far as the box allows', async () => {
    network = await assembledNetwork(draftOf([9, 9, 1], planted(2)));
    const inputs = [0, 1].map((n) =>
      arrayInput(
        filled(81, (v) => Math.cos(v + n)),
        [9, 9, 1],
        { id: `I${String(n)}` },
      ),
    );
    const asked = { nodes: ['y'], extreme: 'least', synthesised: 1, regularisation: 0 };
    const { neurons } = await searched(network, inputs, asked);
    const { synthesised } = neuronOf(neurons, 'y');
    const { low = NaN, high = NaN } = synthesised?.bounds[0] ?? {};
    const least = -closedForm(
      weightsOf(9).map((w) => -w),
      low,
      high,
      -0.25,
    );
    expect(synthesised?.value).toBeGreaterThanOrEqual(least - 1e-5);
    expect(synthesised?.value).toBeLessThan(least + 1e-3 * Math.abs(least));
  });

  it('is off unless asked for, and a network without a gradient says so', async () => {
    network = await assembledNetwork(draftOf([9, 9, 1], planted(2)));
    const inputs = [arrayInput(filled(81, Math.sin), [9, 9, 1])];
    const plain = await searched(network, inputs, { nodes: ['y'] });
    expect(neuronOf(plain.neurons, 'y').synthesised).toBeUndefined();
    expect(plain.conclusion.warnings).toEqual([]);
    const { gradient, ...black } = network;
    expect(gradient).toBeDefined();
    const blind = await searched(black, inputs, { nodes: ['y'], synthesised: 1, effectiveField: true });
    expect(neuronOf(blind.neurons, 'y').synthesised).toBeUndefined();
    expect(neuronOf(blind.neurons, 'y').reach).toEqual({ size: [3, 3], sizeMm: null, effective: null });
    expect(blind.conclusion.warnings?.map(({ code }) => code)).toEqual(['analysis/search-no-gradient']);
  });
});

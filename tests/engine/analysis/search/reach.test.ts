import { afterEach, describe, expect, it } from 'vitest';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { assembledNetwork } from '../assembledNetwork';
import { arrayInput } from '../writtenNetwork';
import { draftOf, evenConvolution, layer, neuronOf, obliqueAffine, placedInput, recipeOf, searched } from './planted';

const bright = (count: number, at: number): Float32Array =>
  Float32Array.from({ length: count }, (_, v) => (v === at ? 5 : 0.01 * Math.sin(v)));

describe('the effective receptive field beside the theoretical one', () => {
  let network: LoadedNetwork | null = null;
  afterEach(() => network?.close());

  it('has the closed form of even convolutions: n(k² − 1)/12 along each axis, five of three taps in a field of 11', async () => {
    const names = ['a', 'b', 'c', 'd', 'y'];
    network = await assembledNetwork(
      draftOf(
        [31, 31, 1],
        names.map((name, n) => evenConvolution(name, names[n - 1] ?? 'x', 2, 3, { weight: 1 / 9 })),
      ),
    );
    const inputs = [0, 1].map((n) => arrayInput(bright(961, (14 + n) * 31 + 15), [31, 31, 1], { id: `I${String(n)}` }));
    const { neurons } = await searched(network, inputs, { nodes: ['y'], effectiveField: true });
    const { reach } = neuronOf(neurons, 'y');
    expect(reach).toMatchObject({ size: [11, 11], sizeMm: null });
    expect(reach?.effective).toMatchObject({ inputs: 2, deviationMm: null, radiusMm: null });
    for (const own of reach?.effective?.deviation ?? []) expect(own).toBeCloseTo(1.82574, 4);
    // G is the product of two one-dimensional ones, 1 5 15 30 45 51 45 30 15 5 1 (over 243): counted where it exceeds 4.55 % of its peak.
    const taps = [1, 5, 15, 30, 45, 51, 45, 30, 15, 5, 1];
    const above = taps.flatMap((p) => taps.filter((q) => p * q > 0.0455 * 51 * 51)).length;
    expect(reach?.effective?.voxels).toBe(above);
    expect(reach?.effective?.share).toBeCloseTo(above / 121, 12);
  });

  it('is in millimetres of the patient, plane by plane, and pools inputs about one centre', async () => {
    network = await assembledNetwork(
      draftOf([null, null, 1], [evenConvolution('a', 'x', 2, 3), evenConvolution('y', 'a', 2, 3)]),
    );
    const recipe = recipeOf(2);
    const affine = obliqueAffine(0, [2, 3, 5], [0, 0, 0]);
    const inputs = [40, 60].map((at, n) =>
      placedInput(`P${String(n)}`, bright(3 * 81, 81 + at), [9, 9, 3], affine, recipe),
    );
    const { neurons } = await searched(network, inputs, { nodes: ['y'], effectiveField: true }, recipe);
    const { reach } = neuronOf(neurons, 'y');
    // Rows run along j (3 mm), columns along i (2 mm).
    expect(reach?.sizeMm?.map((mm) => Math.round(mm ?? NaN))).toEqual([15, 10]);
    const sd = Math.sqrt((2 * 8) / 12);
    expect(reach?.effective?.deviationMm?.[0]).toBeCloseTo(3 * sd, 4);
    expect(reach?.effective?.deviationMm?.[1]).toBeCloseTo(2 * sd, 4);
    expect(reach?.effective?.radiusMm).toBeCloseTo(sd * Math.hypot(2, 3), 4);
  });

  it('is left out where the gradient is zero everywhere, and is the whole input behind a global pooling', async () => {
    network = await assembledNetwork(
      draftOf([9, 9, 1], [evenConvolution('dead', 'x', 2, 3, { weight: 0 }), layer('y', 'globalAveragePool', 'x')]),
    );
    const { neurons } = await searched(network, [arrayInput(bright(81, 40), [9, 9, 1])], { effectiveField: true });
    expect(neuronOf(neurons, 'dead').reach).toEqual({ size: [3, 3], sizeMm: null, effective: null });
    const { reach } = neuronOf(neurons, 'y');
    expect(reach?.size).toEqual([null, null]);
    expect(reach?.effective).toMatchObject({ voxels: 81, share: null });
    // An even weight over 9 × 9 voxels.
    expect(reach?.effective?.deviation[0]).toBeCloseTo(Math.sqrt(80 / 12), 5);
  });
});

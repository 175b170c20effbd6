import { describe, expect, it } from 'vitest';
import type { ComparedNetwork } from '../../../main/engine/analysis/analysis';
import type { ComparedMaps } from '../../../main/engine/analysis/compare/channels';
import { certificatesOf } from '../../../main/engine/analysis/compare/death';
import { assemble } from '../../../main/engine/network/assemble';
import { Certificate } from '../../../shared/analysis/certificate';
import type { ChannelRow } from '../../../shared/analysis/compare';
import type { ChannelFigures, LayerFigures } from '../../../shared/analysis/maps';
import { convolution, draftOf, relu } from '../../planted/written';
import { plantedComparison, ramp, type Planted } from './plantedComparison';

const { plant, patients, run } = plantedComparison();

describe('the death certificate', () => {
  it('reads together date, rows, proof, bound, readers and what is missing, of a filter shot in one interval', async () => {
    const dead = (t: number): Planted => ({ weights: [0.7 * 0.999 ** (t - 3), 1], bias: [-9, 0.1] });
    plant({
      'step 1': { weights: [0.9, 1], bias: [0, 0.1] },
      'step 2': { weights: [0.8, 1], bias: [-0.05, 0.1] },
      'step 3': dead(3),
      'step 4': dead(4),
    });
    const { summary, report } = await run(await patients(6, ramp), { reference: 'step 1', analyses: [] });
    expect(summary.certificates).toHaveLength(1);
    const [own] = summary.certificates ?? [];
    expect(own).toMatchObject({
      node: 'conv',
      channel: 0,
      after: 'step 2',
      by: 'step 3',
      noGradient: true,
      silentPatients: 6,
      patients: 6,
      // One of the two filters that were alive died in that interval.
      sameInterval: 0.5,
      // Proven for every value that was seen: no further patient can undo it.
      certified: true,
      missing: ['checkpoints-between', 'training-log'],
    });
    expect(own?.compatibleWith).toEqual(expect.arrayContaining(['bias', 'learning-rate']));
    expect(own?.fall).toBeLessThan(-2);
    expect(own?.bound95).toBeCloseTo(1 - 0.05 ** (1 / 6), 12);
    expect(own?.readers).toEqual(['out']);
    expect(report).toContain('step 2');
  });

  it('of a filter that was dead from the first network on names a bad start, and asks for checkpoint 0', async () => {
    plant({
      a: { weights: [1, 1], bias: [-9, 0] },
      b: { weights: [1, 1], bias: [-9, 0] },
    });
    const { summary } = await run(await patients(4, ramp), { reference: 'a', analyses: [] });
    const [own] = summary.certificates ?? [];
    expect(own).toMatchObject({ after: null, by: 'a', noGradient: true, fall: null, sameInterval: null });
    expect(own?.compatibleWith).toContain('initialisation');
    expect(own?.compatibleWith).not.toContain('learning-rate');
    expect(own?.missing[0]).toBe('checkpoint-0');
  });

  it('splits the fall into bias, weights and input, which add up', () => {
    const graph = (filters: readonly (readonly number[])[], bias: readonly number[]) =>
      assemble(
        draftOf(
          [4, 4, 1],
          [
            convolution('first', 'x', 2, { kernel: 1, filters: [[1], [1]], activation: relu }),
            convolution('conv', 'first', 2, { kernel: 1, inputs: 2, filters, bias, activation: relu }),
            convolution('reads', 'conv', 2, { kernel: 1, inputs: 2, filters: [[0, 1]] }),
          ],
        ),
      );
    const figures = (more: Partial<ChannelFigures>): ChannelFigures =>
      ({
        status: 'alive',
        mean: 0,
        preMean: null,
        preSd: null,
        cause: null,
        margin: -4,
        certified: false,
        bound95: null,
        used: null,
        ...more,
      }) as ChannelFigures;
    const layer = (node: string, channels: readonly ChannelFigures[]): [string, LayerFigures] => [
      node,
      { node, activation: 'relu', filters: node, channels: [...channels] },
    ];
    const mapsOf = (name: string, means: readonly number[], conv: readonly ChannelFigures[]): ComparedMaps => ({
      name,
      nodeFor: (node) => node,
      layers: new Map([
        layer(
          'first',
          means.map((mean) => figures({ mean })),
        ),
        layer('conv', conv),
      ]),
    });
    // Before: w = (1, 2), b = 0.5, x̄ = (3, 1): Z̄ = 5.5. After: w = (−1, 1), b = −1, x̄ = (2, 1.5): Z̄ = −1.5.
    const before = graph(
      [
        [1, 2],
        [1, 1],
      ],
      [0.5, 0],
    );
    const after = graph(
      [
        [-1, 1],
        [1, 1],
      ],
      [-1, 0],
    );
    const network = (name: string, own: typeof before) =>
      ({
        name,
        network: { sha256: '', name, graph: own },
        recipe: null,
        parts: new Map(),
        results: new Map(),
      }) as unknown as ComparedNetwork;
    const silent = (status: ChannelFigures['status']) => ({
      status,
      event: null,
      silentPatients: status === 'alive' ? 0 : 40,
      p: 1,
    });
    const rows: ChannelRow[] = [
      {
        node: 'conv',
        channel: 0,
        networks: { a: silent('alive'), b: silent('dead') },
        death: { after: 'a', by: 'b', since: [], noGradient: null },
      },
      { node: 'conv', channel: 1, networks: { a: silent('alive'), b: silent('alive') } },
    ];
    const maps = [
      mapsOf('a', [3, 1], [figures({ preMean: 5.5, preSd: 2 }), figures({})]),
      mapsOf('b', [2, 1.5], [figures({ status: 'dead', preMean: -1.5, preSd: 1 }), figures({})]),
    ];
    const [own] = certificatesOf(rows, [network('a', before), network('b', after)], maps, maps[0] as ComparedMaps, 40);
    // ΔZ̄ = −7 = Δb (−1.5) + Δw·x̄ (−2·3 − 1·1 = −7) + w′·Δx̄ (1 + 0.5 = 1.5), over the standard deviation 2 before.
    expect(own).toMatchObject({ fall: -3.5, byBias: -0.75, byWeights: -3.5, byInput: 0.75, sameInterval: 0.5 });
    expect(own?.compatibleWith).toEqual(['learning-rate']);
    // The layer behind gives its weight to the other channel alone.
    expect([own?.readers, own?.ignoredBy]).toEqual([[], ['reads']]);
    expect(own?.missing).toEqual(['checkpoints-between', 'later-checkpoints', 'another-database', 'training-log']);
    expect(Certificate.parse(own)).toEqual(own);
  });
});

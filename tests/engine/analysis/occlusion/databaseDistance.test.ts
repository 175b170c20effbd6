import { describe, expect, it } from 'vitest';
import { distanceSummary } from '../../../../main/engine/analysis/occlusion/distanceSummary';
import { penultimate, pooled } from '../../../../main/engine/analysis/occlusion/features';
import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { cloudOf, distanceFrom } from '../../../../main/engine/analysis/statistics/mahalanobis';
import { assemble } from '../../../../main/engine/network/assemble';
import type { Node } from '../../../../main/engine/network/graph';
import { assembledNetwork, vector } from '../assembledNetwork';
import { contextOf, relu, writtenNetwork } from '../writtenNetwork';
import { body, box, opened, recipeOf, size, voxels } from './patient';
import { occlude } from './run';

const [nx, ny, nz] = size;

describe('the Mahalanobis distance', () => {
  // Variances 4/3 and 16/3 over four rows, no covariance.
  const rows = [[1, 2], [1, -2], [-1, 2], [-1, -2]]; // prettier-ignore

  it('counts in standard deviations along each axis', () => {
    const cloud = cloudOf(rows, 0);
    if (!cloud) throw new Error('it has a cloud');
    expect(distanceFrom(cloud, [0, 0])).toBe(0);
    expect(distanceFrom(cloud, [Math.sqrt(4 / 3), 0])).toBeCloseTo(1, 12);
    expect(distanceFrom(cloud, [0, 3 * Math.sqrt(16 / 3)])).toBeCloseTo(3, 12);
  });

  it('knows of numbers that go together, as far as it is not drawn to the diagonal', () => {
    // (x, x + noise): variance 10/3, covariance 3.
    const tied = [[-2, -1], [-1, -2], [1, 2], [2, 1]]; // prettier-ignore
    const [whole, diagonal] = [cloudOf(tied, 0), cloudOf(tied, 1)];
    if (!whole || !diagonal) throw new Error('they have clouds');
    // Inverse of [[10, 8], [8, 10]] / 3 is [[10, −8], [−8, 10]] · 3 / 36.
    expect(distanceFrom(whole, [1, -1]) ** 2).toBeCloseTo(3, 10);
    expect(distanceFrom(whole, [1, 1]) ** 2).toBeCloseTo(1 / 3, 10);
    expect(distanceFrom(diagonal, [1, -1]) ** 2).toBeCloseTo(0.6, 10);
    expect(cloudOf([[1, 1]])).toBeNull();
    expect(cloudOf([[1, 1], [1, 1]])).toBeNull(); // prettier-ignore
  });
});

describe('what the last layer reads', () => {
  const node = (name: string, op: string, inputs: readonly string[], more: Partial<Node> = {}) => ({
    name,
    op,
    inputs,
    attributes: {},
    weights: [],
    ...more,
  });
  const dense = (from: string, inside: number) =>
    node('y', 'dense', [from], {
      weights: [{ name: 'kernel', shape: [inside, 1], values: new Float32Array(inside).fill(1) }, vector('bias', [0])],
    });
  const conv = node('conv', 'conv3d', ['x'], {
    attributes: { kernelSize: [1, 1, 1], strides: [1, 1, 1], dilation: [1, 1, 1], padding: 'same', activation: relu },
    weights: [{ name: 'kernel', shape: [1, 1, 1, 1, 2], values: Float32Array.of(1, -1) }, vector('bias', [0, 0])],
  });
  const graphOf = (nodes: readonly ReturnType<typeof node>[]) => ({
    name: 'planted',
    nodes: [node('x', 'input', []), ...nodes],
    inputs: [{ name: 'x', node: 'x', shape: [null, nz, ny, nx, 1] }],
    outputs: [{ name: 'y', node: 'y' }],
  });
  const fetch = { node: 'y', stage: 'output' } as const;

  it('is the node before it, as a map where it was only laid out in a row', () => {
    const flat = [conv, node('flat', 'flatten', ['conv']), dense('flat', voxels * 2)];
    const mean = [
      conv,
      node('pool', 'globalAveragePool', ['conv'], { attributes: { keepDims: false } }),
      dense('pool', 2),
    ];
    expect(penultimate(assemble(graphOf(flat)), fetch)).toBe('conv');
    expect(penultimate(assemble(graphOf(mean)), fetch)).toBe('pool');
    expect(penultimate(assemble(graphOf([node('flat', 'flatten', ['x']), dense('flat', voxels)])), fetch)).toBeNull();
  });

  it('is averaged over space, channel by channel', () => {
    expect(pooled({ shape: [2, 2, 2], values: Float32Array.of(1, 10, 3, 30, 5, 50, 7, 70) })).toEqual([
      [2, 20],
      [6, 60],
    ]);
  });

  it('keeps rows of the input as it is and with places hidden, and tells how many', async () => {
    const network = await assembledNetwork(
      graphOf([conv, node('flat', 'flatten', ['conv']), dense('flat', voxels * 2)]),
    );
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1], [body, box('Organ', 'ORGAN', [4, 4, 2], [6, 6, 3])]);
    const asked = { windowVoxels: 3, strideVoxels: 3, fill: ['mean', { constant: 1000 }], target: { output: 0, channel: 0 }, game: false, databaseDistance: true }; // prettier-ignore
    const context = contextOf(network, { recipe });
    const { values, part, asked: parameters } = await occlude(input, context, asked);
    expect(values.databaseDistance).toMatchObject({ node: 'conv', channels: 2, intact: 1 });
    const { features } = part.kept as {
      features: { intact: number[][]; hidden: { fill: string; rows: number[][] }[] };
    };
    const x = input.prepared.array.values;
    expect(features.intact[0]?.[0]).toBeCloseTo(x.reduce((sum, value) => sum + value, 0) / voxels, 5);
    expect(features.hidden.map(({ fill }) => fill)).toEqual(['mean', 'constant 1000']);
    // 27 voxels become 1, the brightest there is.
    for (const row of features.hidden[1]?.rows ?? []) expect(row[0]).toBeGreaterThan(features.intact[0]?.[0] ?? NaN);
    const ahead = occlusion.passes(input, context, parameters) - occlusion.passes(input, context, { ...parameters, databaseDistance: false }); // prettier-ignore
    expect(ahead).toBeGreaterThanOrEqual(1 + 2 * (values.databaseDistance?.hidden ?? NaN));
  });

  it('is said to be missing where nothing lies before the last layer', async () => {
    const network = writtenNetwork(
      [nz, ny, nx, 1],
      [{ name: 'y', inputs: ['x'], shape: [1], op: 'flatten', compute: ([x]) => [x?.[0] ?? NaN] }],
    );
    const recipe = recipeOf({ dims: 3 });
    const input = await opened(recipe, [null, nz, ny, nx, 1], [body]);
    const asked = { windowVoxels: 3, target: { output: 0, channel: 0 }, game: false, databaseDistance: true };
    const { part } = await occlude(input, contextOf(network, { recipe }), asked);
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/no-penultimate-layer');
  });
});

describe('distances from the database', () => {
  const draws = drawsOf(3, 'database');
  const rows = (count: number, at: number) =>
    Array.from({ length: count }, () => [draws.normal() + at, draws.normal(), draws.normal()]);
  const patients = (count: number, each: number) =>
    Array.from({ length: count }, (_, n) => ({
      patient: `P${String(n)}`,
      features: {
        node: 'pool',
        intact: rows(each, 0),
        hidden: [
          { fill: 'near', rows: rows(10, 0) },
          { fill: 'far', rows: rows(10, 12) },
        ],
      },
    }));

  it('find a filling that leaves the database, and one that does not', () => {
    const { summary, warnings } = distanceSummary(patients(12, 20));
    const [near, far] = summary?.fills ?? [];
    expect(summary).toMatchObject({ node: 'pool', channels: 3, patients: 12, intact: 240 });
    expect(near?.percentile).toBeGreaterThan(0.3);
    expect(near?.percentile).toBeLessThan(0.7);
    expect(far).toMatchObject({ percentile: 1, n: 12, beyond99: { value: 1 } });
    const relative = far?.relative;
    expect(typeof relative === 'object' ? relative?.value : relative).toBeGreaterThan(5);
    expect(warnings.map(({ code, facts }) => [code, facts?.['fill']])).toEqual([
      ['analysis/hidden-far-from-database', 'far'],
    ]);
  });

  it('judge a patient by the others: one who is unlike them does not bring himself near', () => {
    const all = patients(10, 20).map(({ patient, features }, n) => {
      const intact = n === 0 ? rows(20, 30) : features.intact;
      return { patient, features: { ...features, intact, hidden: [{ fill: 'none', rows: intact }] } };
    });
    const { summary } = distanceSummary(all);
    const relative = summary?.fills[0]?.relative;
    // Nine at about 1; the odd one at about 25, where with himself in the cloud it would be 3.
    expect(typeof relative === 'object' ? relative?.value : relative).toBeGreaterThan(2);
  });

  it('say nothing of fewer than five patients, nor of 99 % of fewer than a hundred entries', () => {
    const few = distanceSummary(patients(4, 50));
    expect(few.summary).toBeNull();
    expect(few.warnings.map(({ code }) => code)).toEqual(['analysis/few-for-distance']);
    const small = distanceSummary(patients(6, 2));
    expect(small.summary?.fills[1]?.beyond99).toBeNull();
    expect(small.warnings.map(({ code }) => code)).toEqual(['analysis/few-for-percentile']);
    expect(distanceSummary([])).toEqual({ summary: null, warnings: [] });
  });
});

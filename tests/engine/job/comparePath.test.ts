import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { npyHeader } from '../../../main/engine/result/npy';
import type { GraphDraft } from '../../../main/engine/network/assemble';
import { plainRelu } from '../../../main/engine/network/operation/activation';
import type { Figure } from '../../../shared/result';
import { draft, plantedComparison } from './plantedComparison';

const recipe = {
  schema: 'isolens/recipe@1',
  dims: 2,
  grid: {},
  channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }],
  output: { kind: 'regression', quantity: 'dose', unitGy: 10 },
};
const { plant, inFolder, patients, run } = plantedComparison(recipe);

const conv = (name: string, input: string, from: number, to: number, values: readonly number[], rest: object) => ({
  name,
  op: 'conv2d',
  inputs: [input],
  attributes: { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid', ...rest },
  weights: [{ name: 'kernel', shape: [1, 1, from, to], values: Float32Array.from(values) }],
});
const graphOf = (nodes: GraphDraft['nodes'], out: string): GraphDraft => ({
  name: 'planted',
  nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, ...nodes],
  inputs: [{ name: 'x', node: 'x', shape: [null, 2, 2, 1] }],
  outputs: [{ name: 'y', node: out }],
});
/** y = w·x */
const affine = (w: number): GraphDraft => graphOf([conv('lin', 'x', 1, 1, [w], {})], 'lin');
/** y = v₁·ReLU(w₁·x) + v₂·ReLU(w₂·x) */
const twoLayers = (w: readonly number[], v: readonly number[]): GraphDraft =>
  graphOf([conv('hidden', 'x', 1, 2, w, { activation: plainRelu }), conv('out', 'hidden', 2, 1, v, {})], 'out');

const value = (p: number, v: number): number => (v % 2 === 0 ? 1 : -1) * (0.1 + 0.05 * ((p + v) % 5));
/** Mean |x| of a patient. */
const sizeOf = (p: number): number => [0, 1, 2, 3].reduce((sum, v) => sum + Math.abs(value(p, v)) / 4, 0);
const count = 8;
const meanSize = Array.from({ length: count }, (_, p) => sizeOf(p)).reduce((sum, own) => sum + own / count, 0);

/** Arrays whose truth is a multiple of themselves. */
async function answered(times: number): Promise<object[]> {
  for (let p = 0; p < count; p++) {
    const values = Float32Array.from({ length: 4 }, (_, v) => times * value(p, v));
    await writeFile(inFolder(`t${String(p)}.npy`), [npyHeader(values, [2, 2]), new Uint8Array(values.buffer)]);
  }
  return patients(count, value, (p) => ({ truth: `t${String(p)}.npy` }));
}
const asked = { analyses: [{ id: 'predict' }], sweeps: 11 };
const valueOf = (figure: Figure): number | null => (typeof figure === 'object' ? (figure?.value ?? null) : figure);

describe('the straight way between the weights of two networks', () => {
  it('has the loss of its closed form where the network is affine, and no barrier where that is convex', async () => {
    plant({ a: affine(2), b: affine(-1) });
    const { summary } = await run(await answered(0), asked);
    const [path] = summary.paths;
    expect(path).toMatchObject({ network: 'b', patients: count, reason: null, at: 0, mixedStatistics: false });
    expect(path?.loss?.unit).toBe('Gy');
    expect(path?.points.map(({ share }) => share)).toEqual(Array.from({ length: 11 }, (_, n) => n / 10));
    for (const { share, loss } of path?.points ?? [])
      expect(loss).toBeCloseTo(10 * Math.abs(2 - 3 * share) * meanSize, 5);
    expect(valueOf(path?.barrier ?? null)).toBe(0);
  });

  it('has a barrier of the whole answer between a network and its twin with the channels in another order', async () => {
    plant({ a: twoLayers([1, -1], [1, -1]), twin: twoLayers([-1, 1], [-1, 1]) });
    const { summary, analysis } = await run(await answered(1), asked);
    const [path] = summary.paths;
    // Both answer y = x; on the way w and v shrink to (1 − 2α) of themselves: y = (1 − 2α)²·x.
    for (const { share, loss } of path?.points ?? [])
      expect(loss).toBeCloseTo(10 * (1 - (1 - 2 * share) ** 2) * meanSize, 5);
    expect(path?.at).toBe(0.5);
    expect(valueOf(path?.barrier ?? null)).toBeCloseTo(10 * meanSize, 5);
    expect(typeof path?.barrier).toBe('object');
    expect(analysis?.verdict?.evidence.map(({ label }) => label.en)).toContain('twin: barrier between the weights');
  });

  it('is next to nothing between two checkpoints close by', async () => {
    plant({ a: twoLayers([1, -1], [1, -1]), next: twoLayers([1.01, -1], [1, -0.99]) });
    const { summary } = await run(await answered(1), asked);
    expect(Math.abs(valueOf(summary.paths[0]?.barrier ?? null) ?? NaN)).toBeLessThan(0.001 * 10 * meanSize);
  });

  it('is not there between other architectures, without a truth, or where it was not asked for', async () => {
    plant({ a: affine(2), b: twoLayers([1, -1], [1, -1]) });
    const first = await run(await answered(0), asked);
    expect(first.summary.paths[0]).toMatchObject({ reason: 'other-architecture', barrier: null, points: [] });
    expect(first.analysis?.warnings?.map(({ code }) => code)).toContain('compare/no-path-other-architecture');
    plant({ a: affine(2), b: affine(3) });
    const second = await run(await patients(count, value, () => ({})), asked, 'second');
    expect(second.summary.paths[0]).toMatchObject({ reason: 'no-truth', barrier: null });
    const third = await run(await answered(0), { analyses: [{ id: 'predict' }] }, 'third');
    expect(third.summary.paths).toEqual([]);
  });

  it('says that statistics of a batch normalisation were mixed, not counted anew', async () => {
    const normalised = (mean: number): GraphDraft =>
      graphOf(
        [
          conv('lin', 'x', 1, 1, [1], {}),
          {
            name: 'bn',
            op: 'batchNorm',
            inputs: ['lin'],
            attributes: { epsilon: 0 },
            weights: ['gamma', 'beta', 'mean', 'variance'].map((name, n) => ({
              name,
              shape: [1],
              values: Float32Array.of([1, 0, mean, 1][n] ?? 0),
            })),
          },
        ],
        'bn',
      );
    plant({ a: normalised(0), b: normalised(0.4) });
    const { summary, analysis } = await run(await answered(1), asked);
    expect(summary.paths[0]?.mixedStatistics).toBe(true);
    // y = x − 0.4α against x.
    expect(summary.paths[0]?.points[5]?.loss).toBeCloseTo(10 * 0.2, 5);
    expect(analysis?.warnings?.map(({ code }) => code)).toContain('compare/mixed-statistics');
  });
});

describe('what two networks answer', () => {
  it('is saved as B − A, in the unit of the answer', async () => {
    plant({ a: affine(2), b: affine(3) });
    const { analysis, path } = await run(await answered(1), { analyses: [{ id: 'predict' }] });
    const file = 'compare/p1/difference/b/dose.npy';
    expect(analysis?.inputs[1]?.files).toMatchObject({ difference: { b: { dose: file } } });
    const bytes = await readFile(`${path}/${file}`);
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + bytes.byteLength - 16, bytes.byteOffset + bytes.byteLength),
    );
    for (const [v, own] of values.entries()) expect(own).toBeCloseTo(10 * value(1, v), 5);
  });
});

describe('the moments of a training', () => {
  it('follow each other in the job’s order: who fell silent and who woke at each step', async () => {
    const net = (...bias: number[]) => draft({ weights: bias.map(() => 1), bias });
    plant({ 'epoch-1': net(0.5, 0.5, 0.5, -9), 'epoch-2': net(0.5, -9, 0.5, -9), 'epoch-3': net(-9, -9, 0.5, 0.5) });
    const { summary, analysis } = await run(
      await patients(
        8,
        (p, v) => 0.1 + 0.02 * ((p + v) % 5),
        () => ({}),
      ),
      {
        analyses: [],
      },
    );
    const conv = summary.steps.map(({ from, to, layers }) => [
      from,
      to,
      layers.find(({ filters }) => filters === 'conv'),
    ]);
    expect(conv).toEqual([
      ['epoch-1', 'epoch-2', { filters: 'conv', stillDead: 1, awakened: 0, killed: 1, stillAlive: 2 }],
      ['epoch-2', 'epoch-3', { filters: 'conv', stillDead: 1, awakened: 1, killed: 1, stillAlive: 1 }],
    ]);
    expect(summary.steps[0]?.together).toContain('conv');
    expect((analysis?.warnings ?? []).map(({ code }) => code)).not.toContain('compare/order');
  });

  it('are said to be out of order where the numbers in their names do not rise', async () => {
    plant({ 'epoch-10': affine(1), 'epoch-2': affine(2) });
    const { analysis } = await run(await patients(2, value, () => ({})), { analyses: [] });
    expect(analysis?.warnings?.map(({ code }) => code)).toContain('compare/order');
  });
});

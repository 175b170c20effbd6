import { describe, expect, it } from 'vitest';
import { plantedComparison } from './plantedComparison';

const { plant, patients, run } = plantedComparison();

/** Confidence grows with the first bias: seeds of one recipe lie `apart` from each other, the recipes `shift`. */
const net = (group: string, offset: number) => ({ weights: [1, 0.5], bias: [offset, 0.1], group });
const recipes = (shift: number, apart: number, each = 3) =>
  Object.fromEntries(
    ['old', 'new'].flatMap((group, g) =>
      Array.from({ length: each }, (_, seed) => [
        `${group} ${String(seed)}`,
        net(group, 0.2 + g * shift + seed * apart),
      ]),
    ),
  );
const value = (p: number, v: number): number => 0.3 + 0.05 * ((3 * p + v) % 7);
const asked = { analyses: [{ id: 'robustness', parameters: { families: [] } }] };

describe('runs of one recipe', () => {
  it('put a difference down to the recipe where it exceeds the spread among three seeds of each', async () => {
    plant(recipes(0.9, 0.02));
    const { summary } = await run(await patients(12, value), asked);
    const test = summary.runs.tests.find(({ measure }) => measure === 'robustness/confidence');
    expect(summary.runs.groups.map(({ group, different }) => [group, different])).toEqual([
      ['old', 3],
      ['new', 3],
    ]);
    const of = (group: string): number[] =>
      Object.entries(test?.values ?? {}).flatMap(([name, own]) => (name.startsWith(group) ? [own] : []));
    const mean = (values: readonly number[]): number => values.reduce((sum, own) => sum + own, 0) / values.length;
    const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
    expect(test?.difference).toBeCloseTo(mean(of('new')) - mean(of('old')), 12);
    expect(test?.spread).toBeCloseTo(Math.max(range(of('new')), range(of('old'))), 12);
    expect(Math.abs(test?.difference ?? 0)).toBeGreaterThan(test?.spread ?? Infinity);
    expect(test).toMatchObject({ group: 'new', reference: 'old', patients: 12, attributed: true });
    expect(summary.attribution.code).toBe('beyond-spread');
  });

  it('put nothing down to it where seeds of one recipe lie as far apart', async () => {
    plant(recipes(0.1, 0.4));
    const { summary, analysis } = await run(await patients(12, value), asked);
    const test = summary.runs.tests.find(({ measure }) => measure === 'robustness/confidence');
    // The patients alone would bear it out: every one of them moved the same way.
    expect(test?.holm).toBeLessThanOrEqual(0.05);
    expect(test).toMatchObject({ attributed: false });
    expect(Math.abs(test?.difference ?? Infinity)).toBeLessThanOrEqual(test?.spread ?? 0);
    expect(summary.attribution.code).toBe('within-spread');
    expect(analysis?.verdict?.caveats[0]?.en).toContain('retraining alone');
  });

  it('are too few as two, and one file named three times is one run', async () => {
    plant(recipes(0.9, 0.02, 2));
    const inputs = await patients(6, value);
    expect((await run(inputs, asked)).summary.attribution.code).toBe('too-few-runs');
    plant(recipes(0.9, 0, 3));
    const { summary } = await run(inputs, asked, 'copies');
    expect(summary.runs.groups.map(({ different }) => different)).toEqual([1, 1]);
    expect(summary.runs.tests).toEqual([]);
    expect(summary.attribution.code).toBe('one-run-each');
  });

  it('say one run each where the job names none', async () => {
    plant({ a: { weights: [1, 0.5], bias: [0.2, 0.1] }, b: { weights: [1, 0.5], bias: [0.9, 0.1] } });
    const { summary } = await run(await patients(6, value), asked);
    expect(summary.attribution.code).toBe('one-run-each');
    expect(summary.attribution.said.en).toMatch(/^One run each/);
  });
});

import { describe, expect, it } from 'vitest';
import { normalCdf } from './normal';
import { affine, arrayOf, recipe, testRobustness } from './affine';

const shape = [4, 4, 1];
const weights = Array.from({ length: 16 }, (_, v) => ((v * 7) % 11) / 5 - 0.8);
const sumOfWeights = weights.reduce((sum, w) => sum + w, 0);
const norm = Math.hypot(...weights);
const image = Array.from({ length: 16 }, (_, v) => 0.4 + ((v * 5) % 7) / 40);
const dot = image.reduce((sum, x, v) => sum + x * weights[v]!, 0);
/** HU in a network unit. */
const unitHu = 2000;

describe('an affine classifier (planted truth P11)', () => {
  it('flips under an offset at −m / Σw, found to the last halving', async () => {
    const margin = 0.02 * sumOfWeights;
    const network = affine(weights, margin - dot, shape);
    const severities = [-80, -40, -20, -10, 10, 20, 40, 80];
    const { values } = await testRobustness([arrayOf(image, shape, recipe(), { label: 'yes' })], network, recipe(), {
      families: [{ id: 'offset', severities }],
    });
    // −m / Σw is −0.02 network units, that is −40 HU: a margin of exactly 0 is still the first class.
    expect(values[0]!.clean).toMatchObject({ right: true, class: 'yes' });
    expect(values[0]!.clean.margin).toBeCloseTo(margin, 5);
    const found = values[0]!.firstFlip.offset as number;
    expect(found).toBeLessThan(0);
    expect(Math.abs(found)).toBeGreaterThanOrEqual(0.02 * unitHu * (1 - 1e-5));
    // Six halvings of [−20, −40] or [−40, −80] in log q leave at most a factor 2^(1/64).
    expect(Math.abs(found)).toBeLessThanOrEqual(0.02 * unitHu * 2 ** (1 / 64) * (1 + 1e-5));
    expect(values[0]!.families[0]!.steps.map(({ severity }) => severity)).toEqual([-10, -20, -40, -80, 10, 20, 40, 80]);
  });

  it('bisects below the first severity of the grid linearly from 0', async () => {
    const margin = (-3.3 / unitHu) * sumOfWeights * -1;
    const network = affine(weights, margin - dot, shape);
    const { values } = await testRobustness([arrayOf(image, shape, recipe(), { label: 'yes' })], network, recipe(), {
      families: [{ id: 'offset', severities: [-5, 5] }],
    });
    const found = values[0]!.firstFlip.offset as number;
    expect(found).toBeLessThanOrEqual(-3.3 + 1e-3);
    expect(found).toBeGreaterThan(-3.3 - 5 / 64 - 1e-3);
    expect((found * 64) / 5).toBeCloseTo(Math.round((found * 64) / 5), 6);
  });

  it('flips under white noise as often as Φ(−m / (σ‖w‖₂)) says', async () => {
    const margin = 0.01 * norm;
    const network = affine(weights, margin - dot, shape);
    const seeds = 600;
    const severities = [10, 20, 40];
    const { values, summary } = await testRobustness(
      [arrayOf(image, shape, recipe(), { label: 'yes' })],
      network,
      recipe(),
      { families: [{ id: 'white-noise', severities }], seeds },
    );
    for (const [n, hu] of severities.entries()) {
      const expected = normalCdf(-margin / ((hu / unitHu) * norm));
      // Binomial, 99.9 %.
      const slack = 3.3 * Math.sqrt((expected * (1 - expected)) / seeds);
      expect(Math.abs(values[0]!.families[0]!.steps[n]!.flippedShare - expected)).toBeLessThan(slack);
      expect(Math.abs((summary.families[0]!.curve[n]!.accuracy as number) - (1 - expected))).toBeLessThan(slack);
    }
  });

  it('counts what is wrong and confident, by the formula', async () => {
    // Scores ten times as large change no answer and make the errors confident (P12).
    const plain = await testRobustness(
      [arrayOf(image, shape, recipe(), { label: 'no' })],
      affine(weights, 1 - dot, shape),
      recipe(),
      { families: [], tau: 0.9 },
    );
    expect(plain.summary.clean).toMatchObject({
      n: 1,
      accuracy: { value: 0 },
      confidentWrongRate: { value: 0 },
      ece: null,
    });
    expect(plain.values[0]!.clean.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    const sharp = await testRobustness(
      [arrayOf(image, shape, recipe(), { label: 'no' })],
      affine(weights, 1 - dot, shape, 10),
      recipe(),
      { families: [], tau: 0.9 },
    );
    expect(sharp.summary.clean).toMatchObject({ confidentWrongRate: { value: 1 } });
    expect(sharp.values[0]!.clean.brier).toBeCloseTo(2 / (1 + Math.exp(-10)) ** 2, 5);
  });
});

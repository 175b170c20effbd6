import { describe, expect, it } from 'vitest';
import {
  consistencyBand,
  debiasedSquaredError,
  defaultBins,
  equalMassBins,
  equalWidthBins,
  expectedCalibrationError,
  squaredCalibrationError,
  type Judged,
} from '../../../../main/engine/analysis/statistics/calibration';
import { medianSurvival, survivalOf } from '../../../../main/engine/analysis/statistics/kaplanMeier';
import { riskCoverageOf } from '../../../../main/engine/analysis/statistics/riskCoverage';
import {
  brierScore,
  energyOf,
  entropyOf,
  fitTemperature,
  negativeLogLikelihood,
  softmaxOf,
} from '../../../../main/engine/analysis/statistics/softmax';
import { wilson95 } from '../../../../main/engine/analysis/statistics/wilson';

const confidence = [0.55, 0.62, 0.68, 0.71, 0.77, 0.83, 0.86, 0.91, 0.95, 0.99];
const right = [1, 0, 1, 0, 1, 1, 1, 0, 1, 1] as const;
const cases: readonly Judged[] = confidence.map((own, n) => ({ confidence: own, right: right[n]! }));

describe('calibration of ten cases (reference vectors)', () => {
  it('in two bins of equal mass', () => {
    const bins = equalMassBins(cases, 2);
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.087, 12);
    expect(squaredCalibrationError(bins)).toBeCloseTo(0.00801, 12);
    expect(debiasedSquaredError(bins)).toBeCloseTo(-0.04199, 12);
  });

  it('in five bins of equal width, closed on the right, a bin of one uncorrected', () => {
    const bins = equalWidthBins(cases, 5);
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.177, 12);
    expect(squaredCalibrationError(bins)).toBeCloseTo(0.041292, 12);
    expect(debiasedSquaredError(bins)).toBeCloseTo(-0.01204133333, 10);
  });

  it('has the binary Brier score 0.21255, and the multi-class one twice it', () => {
    const sum = cases.reduce((all, one) => all + brierScore([1 - one.confidence, one.confidence], one.right), 0);
    expect(sum / 10).toBeCloseTo(2 * 0.21255, 12);
  });

  it('takes as many bins as the number of cases bears', () => {
    expect([20, 100, 200, 300, 1000].map(defaultBins)).toEqual([1, 5, 10, 15, 15]);
  });
});

describe('a perfectly calibrated network', () => {
  const drawn = (n: number, seed: number): readonly Judged[] => {
    let state = seed;
    const uniform = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    return Array.from({ length: n }, () => {
      const own = 0.5 + uniform() / 2;
      return { confidence: own, right: uniform() < own ? 1 : 0 };
    });
  };

  it('shows the calibration error that its number of cases alone makes', () => {
    const runs = 300;
    const mean = (n: number, of: (own: readonly Judged[]) => number): number =>
      Array.from({ length: runs }, (_, seed) => of(drawn(n, 977 * seed + 1))).reduce((sum, one) => sum + one, 0) / runs;
    // A bin of m cases strays by √(2/π)·√(p(1 − p)/m), whose mean over p from ½ to 1 holds π/8.
    const strayed = (n: number, bins: number): number => Math.sqrt(2 / Math.PI) * (Math.PI / 8) * Math.sqrt(bins / n);
    for (const [n, bins] of [
      [200, 10],
      [500, 5],
    ] as const)
      expect(mean(n, (own) => expectedCalibrationError(equalMassBins(own, bins))) / strayed(n, bins)).toBeCloseTo(1, 1);
    expect(Math.abs(mean(200, (own) => debiasedSquaredError(equalMassBins(own, 15))))).toBeLessThan(2e-3);
  });

  it('lies in its consistency band as often as it should', () => {
    const inside = Array.from({ length: 40 }, (_, seed) => {
      const own = drawn(120, 3001 * seed + 7);
      const { band95, p } = consistencyBand(own, seed + 1);
      const ece = expectedCalibrationError(equalMassBins(own, defaultBins(120)));
      expect(p).toBeGreaterThan(0);
      return ece >= band95[0] && ece <= band95[1] ? 1 : 0;
    }).reduce<number>((sum, one) => sum + one, 0);
    // Binomial of 40 at 95 %: fewer than 32 comes once in ten thousand.
    expect(inside).toBeGreaterThanOrEqual(32);
    const overconfident = drawn(120, 5).map((one) => ({ ...one, confidence: Math.min(1, one.confidence + 0.2) }));
    expect(consistencyBand(overconfident).p).toBeLessThan(0.05);
  });
});

describe('risk against coverage', () => {
  it('of the reference is AURC 0.240030, its oracle’s 0.103423', () => {
    const wrong = [0, 0, 1, 0, 0, 1, 1, 0];
    const found = riskCoverageOf(wrong.map((err, n) => ({ confidence: 1 - n / 10, right: err === 1 ? 0 : 1 })));
    expect(found.aurc).toBeCloseTo(0.24003, 5);
    expect(found.oracle).toBeCloseTo(0.103423, 6);
    expect(found.excess).toBeCloseTo(0.136607, 5);
  });

  it('takes the mean over the orders of ties', () => {
    const tied = riskCoverageOf([
      { confidence: 0.9, right: 0 },
      { confidence: 0.9, right: 1 },
    ]);
    // Orders: wrong first (1, ½), right first (0, ½).
    expect(tied.aurc).toBeCloseTo((0.75 + 0.25) / 2, 12);
  });
});

describe('scores', () => {
  const z = [2, 1, -1];
  it('give the reference’s probabilities, entropy and energy', () => {
    [0.705385, 0.259496, 0.035119].forEach((p, k) => {
      expect(softmaxOf(z)[k]).toBeCloseTo(p, 6);
    });
    [0.546549, 0.331499, 0.121952].forEach((p, k) => {
      expect(softmaxOf(z, 2)[k]).toBeCloseTo(p, 6);
    });
    expect(entropyOf(softmaxOf(z))).toBeCloseTo(0.713866, 6);
    expect(energyOf(z)).toBeCloseTo(-2.349012, 6);
    expect(negativeLogLikelihood([1, 0], 1)).toBeCloseTo(-Math.log(1e-12), 10);
  });

  it('ten times too large are brought back by a temperature of ten (planted truth P12)', () => {
    // For each margin the share of ones that σ(margin) says, to the nearest of 2000 copies.
    const margins = Array.from({ length: 41 }, (_, n) => (n - 20) / 8);
    const scored = margins.flatMap((margin) => {
      const ones = Math.round(200 / (1 + Math.exp(-margin)));
      return Array.from({ length: 200 }, (_, n) => ({ scores: [0, 10 * margin], truth: n < ones ? 1 : 0 }));
    });
    expect(fitTemperature(scored)).toBeCloseTo(10, 0);
    const loss = (temperature: number): number =>
      scored.reduce((sum, { scores, truth }) => sum + negativeLogLikelihood(softmaxOf(scores, temperature), truth), 0);
    expect(loss(fitTemperature(scored))).toBeLessThanOrEqual(loss(10) + 1e-9);
  });
});

describe('breaking points', () => {
  it('of the reference survive .875, .625 and .5 at 2, 3 and 5', () => {
    const lives = [2, 3, 3, 5].map((time) => ({ time, happened: true }));
    const steps = survivalOf([...lives, ...[8, 8, 8, 8].map((time) => ({ time, happened: false }))]);
    expect(steps.map(({ time, survival }) => [time, survival])).toEqual([
      [2, 0.875],
      [3, expect.closeTo(0.625, 12) as number],
      [5, expect.closeTo(0.5, 12) as number],
    ]);
    expect(medianSurvival(steps)).toBe(5);
    expect(
      medianSurvival(
        survivalOf([
          { time: 3, happened: true },
          { time: 4, happened: false },
          { time: 4, happened: false },
        ]),
      ),
    ).toBeNull();
  });

  it('censored at the time of another’s break were still there', () => {
    expect(
      survivalOf([
        { time: 2, happened: false },
        { time: 2, happened: true },
      ]),
    ).toEqual([{ time: 2, survival: 0.5, atRisk: 2 }]);
  });

  it('as proportions have Wilson’s interval', () => {
    // R: prop.test(15, 50, correct = FALSE).
    expect(wilson95(15, 50)[0]).toBeCloseTo(0.191, 4);
    expect(wilson95(15, 50)[1]).toBeCloseTo(0.4375, 4);
  });
});

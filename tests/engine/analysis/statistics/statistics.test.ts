import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaCdf } from '../../../../main/engine/analysis/statistics/beta';
import { meanInterval } from '../../../../main/engine/analysis/statistics/meanInterval';
import { mergeMoments, momentsOf } from '../../../../main/engine/analysis/statistics/moments';
import { clopperPearson, silentBound95 } from '../../../../main/engine/analysis/statistics/proportion';
import { quantile } from '../../../../main/engine/analysis/statistics/quantile';
import { rankCorrelation } from '../../../../main/engine/analysis/statistics/rankCorrelation';
import { studentQuantile } from '../../../../main/engine/analysis/statistics/studentT';

const sample = [1.2, -0.4, 2.2, 0.7, 3.1, -0.1, 1.5];

// Stored figures: tests/references/statistics/scipy_figures.py.
describe('statistics against scipy', () => {
  it.each([
    [0.975, 4, 2.7764451051977934],
    [0.975, 9, 2.262157162798205],
    [0.95, 1, 6.313751514675037],
    [0.025, 19, -2.09302405440831],
    [0.9, 2.5, 1.7302509288071766],
  ])('gives Student quantile %f at %f degrees of freedom', (p, freedom, expected) => {
    expect(studentQuantile(p, freedom)).toBeCloseTo(expected, 9);
  });

  it.each([
    [0.3, 2, 5, 0.5798250000000003],
    [0.99, 50, 1, 0.6050060671375364],
    [0.01, 0.5, 0.5, 0.06376856085851985],
    [0.6, 120, 80, 0.49615829847575244],
  ])('gives the beta probability at %f for shapes %f and %f', (x, a, b, expected) => {
    expect(betaCdf(x, a, b)).toBeCloseTo(expected, 11);
  });

  it.each([
    [0, 30, 0, 0.11570330822202778],
    [1, 30, 0.0008435709266304788, 0.17216945563341265],
    [3, 40, 0.01574217985104153, 0.20386474873289895],
    [40, 40, 0.9119026971211976, 1],
  ])('gives the exact interval of %i in %i', (k, n, low, high) => {
    const [below, above] = clopperPearson(k, n);
    expect(below).toBeCloseTo(low, 10);
    expect(above).toBeCloseTo(high, 10);
  });

  it('ranks ties by their mean in Spearman', () => {
    expect(rankCorrelation([1, 2, 2, 3, 5, 4], [2, 1, 4, 3, 6, 6])).toBeCloseTo(0.7941176470588236, 12);
  });

  it('takes the t interval of a mean of seven patients and calls it approximate', () => {
    const interval = meanInterval(sample);
    expect(interval.ci95?.[0]).toBeCloseTo(0.026567793860366118, 9);
    expect(interval.ci95?.[1]).toBeCloseTo(2.3162893489967766, 9);
    expect(interval.approximate).toBe(true);
  });
});

describe('the bound of a silent channel', () => {
  it.each([
    [5, 0.4507197283469412],
    [10, 0.2588655508930523],
    [30, 0.09503385285530419],
    [59, 0.049507609888227],
    [300, 0.00993608194445772],
  ])('is, for %i silent patients, %f', (n, bound) => {
    expect(silentBound95(n)).toBeCloseTo(bound, 12);
  });

  it('first falls below 10, 5 and 1 % at 29, 59 and 299 patients', () => {
    for (const [n, share] of [
      [29, 0.1],
      [59, 0.05],
      [299, 0.01],
    ] as const) {
      expect(silentBound95(n)).toBeLessThan(share);
      expect(silentBound95(n - 1)).toBeGreaterThanOrEqual(share);
    }
  });
});

describe('means over patients', () => {
  it('prints no interval below five patients', () => {
    expect(meanInterval([1, 2, 3, 4]).ci95).toBeNull();
  });

  it('draws the same bootstrap interval each time, around the mean', () => {
    const values = Array.from({ length: 24 }, (_, i) => Math.sin(i * 7.3));
    const first = meanInterval(values);
    expect(meanInterval(values)).toEqual(first);
    expect(first.approximate).toBe(false);
    expect(first.ci95?.[0]).toBeLessThan(first.value);
    expect(first.ci95?.[1]).toBeGreaterThan(first.value);
  });

  it('interpolates quantiles between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 0], 0.05)).toBeCloseTo(0.5, 12);
  });
});

describe('moments', () => {
  const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 30 });
  it('are the same merged from two groups as taken at once', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const whole = momentsOf([...a, ...b]);
        const merged = mergeMoments(momentsOf(a), momentsOf(b));
        expect(merged.n).toBe(whole.n);
        expect(merged.mean).toBeCloseTo(whole.mean, 8);
        expect(Math.abs(merged.m2 - whole.m2)).toBeLessThanOrEqual(1e-9 * (1 + whole.m2));
      }),
    );
  });

  it('keep the variance of small differences on a large mean', () => {
    const { n, m2 } = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(m2 / n).toBeCloseTo(22.5, 6);
  });
});

import { describe, expect, it } from 'vitest';
import {
  cramersV,
  fisherExact,
  fisherLeast,
  likelihoodRatio,
  oddsRatio,
  permutationP,
  permutedRatios,
} from '../../../../main/engine/analysis/statistics/contingency';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { mannWhitney } from '../../../../main/engine/analysis/statistics/mannWhitney';

// Figures of SciPy 1.17: fisher_exact, mannwhitneyu, contingency.association, chi2_contingency(lambda_='log-likelihood').
describe("Fisher's exact test", () => {
  it.each([
    [8, 2, 1, 5, 0.034965034965035],
    [3, 0, 0, 7, 0.008333333333333],
    [8, 0, 0, 8, 0.0001554001554],
    [4, 11, 9, 6, 0.139419763802309],
  ])('of [[%i, %i], [%i, %i]] is SciPy’s', (a, b, c, d, p) => {
    expect(fisherExact([[a, b], [c, d]])).toBeCloseTo(p, 12); // prettier-ignore
    expect(fisherExact([[b, a], [d, c]])).toBeCloseTo(p, 12); // prettier-ignore
  });

  it('knows the smallest p that its margins allow', () => {
    expect(fisherLeast(3, 7, 3)).toBeCloseTo(1 / 120, 12);
    expect(fisherLeast(8, 8, 8)).toBeCloseTo(2 / 12870, 12);
    expect(fisherLeast(5, 5, 0)).toBe(1);
  });
});

describe('tables of patients', () => {
  it('have SciPy’s likelihood ratio and Cramér’s V, and Woolf’s odds ratio', () => {
    expect(likelihoodRatio([[5, 3], [1, 6], [4, 4]])).toBeCloseTo(4.075353623335458, 10); // prettier-ignore
    const scanners = Array.from('aaaaaaaaabbbbbbbbb');
    const kernels = Array.from('xxxxxxxxyxxyyyyyyy');
    expect(cramersV(scanners, kernels)).toBeCloseTo(0.6708203932499369, 12);
    expect(cramersV(scanners, scanners)).toBeCloseTo(1, 12);
    expect(
      cramersV(
        scanners,
        scanners.map(() => 'one'),
      ),
    ).toBeNull();
    const { value, ci95 } = oddsRatio([[8, 2], [1, 5]]); // prettier-ignore
    expect(value).toBeCloseTo(20, 12);
    // exp(ln 20 ± 1.95996 √(1/8 + 1/2 + 1 + 1/5)).
    expect(ci95[0]).toBeCloseTo(1.4162, 4);
    expect(ci95[1]).toBeCloseTo(282.45, 2);
    expect(oddsRatio([[3, 0], [0, 7]]).value).toBeCloseTo((3.5 * 7.5) / 0.25, 9); // prettier-ignore
  });

  it('are permuted to a p near the exact one, never 0, and the same for the same seed', () => {
    const rising = permutedRatios([8, 8], 8, drawsOf(1, 'split'));
    const p = permutationP(likelihoodRatio([[6, 2], [2, 6]]), rising); // prettier-ignore
    expect(Math.abs(p - fisherExact([[6, 2], [2, 6]]))).toBeLessThan(0.015); // prettier-ignore
    expect(permutationP(1e9, rising)).toBe(1 / 10000);
    expect(permutationP(0, rising)).toBe(1);
    expect(permutedRatios([8, 8], 8, drawsOf(1, 'split'))).toEqual(rising);
  });
});

describe("Mann and Whitney's test", () => {
  it('is counted out where nothing is tied', () => {
    expect(mannWhitney([1.1, 2.2, 3.3, 9.5, 4.4], [2.5, 7.1, 8.2, 6.6, 5.0, 9.9])).toBeCloseTo(0.177489177489177, 12);
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
  });

  it('corrects for ties and continuity otherwise', () => {
    const one = [120, 120, 100, 140, 120, 100, 80, 120, 140, 120, 100];
    const other = [100, 80, 80, 120, 100, 100, 80, 140, 80, 100, 80, 100];
    expect(mannWhitney(one, other)).toBeCloseTo(0.029305899062388, 10);
    expect(mannWhitney([1, 1, 1], [1, 1])).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { energyTest, standardised } from '../../../../main/engine/analysis/statistics/energyDistance';
import type { Rows } from '../../../../main/engine/analysis/statistics/kernelAlignment';
import { mannWhitney } from '../../../../main/engine/analysis/statistics/mannWhitney';
import { shiftBetween } from '../../../../main/engine/analysis/statistics/shiftBetween';
import figures from '../../../references/compare/two_databases.json';

const rowsOf = (values: readonly (readonly number[])[]): Rows => ({
  n: values.length,
  features: values[0]?.length ?? 0,
  values: Float64Array.from(values.flat()),
});
const firsts = (n: number, m: number): boolean[] => Array.from({ length: n + m }, (_, i) => i < n);

describe('two groups of other patients', () => {
  it.each(figures.energy)('have the energy distance of dcor, and its p over every way to deal them anew', (stored) => {
    const rows = rowsOf([...stored.a, ...stored.b]);
    const groups = firsts(stored.a.length, stored.b.length);
    expect(energyTest(rows, groups, '')?.distance).toBeCloseTo(stored.distance, 10);
    const found = energyTest(standardised(rows), groups, '');
    expect(found?.exact).toBe(true);
    expect(found?.distance).toBeCloseTo(stored.standard, 10);
    expect(found?.p).toBeCloseTo(stored.p, 12);
  });

  it('are the same distance apart by hand: two points each on a line', () => {
    // 2·E|A − B| = 2·(3 + 5 + 1 + 3)/4 = 6, E|A − A′| = 2·2/4 = 1, the same of B.
    const found = energyTest(rowsOf([[0], [2], [3], [5]]), firsts(2, 2), '');
    expect(found?.distance).toBeCloseTo(4, 12);
    // Of the six ways to deal four into twos, this one and its mirror are the farthest apart.
    expect(found).toMatchObject({ p: 2 / 6, least: 2 / 6, exact: true });
  });

  it('reject as often as they should where both are of one kind, and see a shift of one spread', () => {
    const draws = drawsOf(3, 'energy null');
    const group = (n: number, shift: number): number[][] =>
      Array.from({ length: n }, () => Array.from({ length: 4 }, () => draws.normal() + shift));
    const rejected = (shift: number, times: number): number => {
      let count = 0;
      for (let t = 0; t < times; t++) {
        const rows = standardised(rowsOf([...group(6, 0), ...group(6, shift)]));
        if ((energyTest(rows, firsts(6, 6), String(t))?.p ?? 1) <= 0.05) count++;
      }
      return count;
    };
    // Binomial 99.9 % of 200 at 5 %: 2 … 21.
    expect(rejected(0, 200)).toBeLessThanOrEqual(21);
    expect(rejected(1.5, 50)).toBeGreaterThanOrEqual(45);
  });

  it('draws where there are too many ways to count, and says so', () => {
    const draws = drawsOf(5, 'many');
    const rows = rowsOf(Array.from({ length: 40 }, (_, i) => [draws.normal() + (i < 20 ? 0 : 2)]));
    const found = energyTest(rows, firsts(20, 20), 'many');
    expect(found).toMatchObject({ exact: false, p: 1 / 1000, least: 1 / 1000 });
  });

  it('counts a channel that never varies for nothing, and a large one no more than a small one', () => {
    const plain = [[1], [2], [4], [7], [8]];
    const same = standardised(rowsOf(plain.map(([x = 0]) => [x, 5])));
    const scaled = standardised(rowsOf(plain.map(([x = 0]) => [1e6 * x])));
    const groups = firsts(2, 3);
    expect(energyTest(same, groups, '')?.distance).toBeCloseTo(energyTest(scaled, groups, '')?.distance ?? NaN, 9);
  });

  it.each(figures.shift)(
    'lie apart by Hodges and Lehmann’s shift, with the interval of the test turned round',
    (stored) => {
      const found = shiftBetween(stored.a, stored.b);
      expect(found?.value).toBeCloseTo(stored.value, 12);
      expect(found?.ci95?.[0]).toBeCloseTo(stored.ci95[0] ?? NaN, 9);
      expect(found?.ci95?.[1]).toBeCloseTo(stored.ci95[1] ?? NaN, 9);
      expect(mannWhitney(stored.a, stored.b)).toBeCloseTo(stored.p, 12);
    },
  );

  it('are ranked as SciPy ranks them where they are many', () => {
    const { a, b, p } = figures.long;
    expect(mannWhitney(a, b)).toBeCloseTo(p, 10);
  });

  it('has no interval where no outcome could reach 5 %', () => {
    expect(shiftBetween([1, 2], [3, 4])).toEqual({ value: 2, ci95: null });
    expect(shiftBetween([], [1])).toBeNull();
  });
});

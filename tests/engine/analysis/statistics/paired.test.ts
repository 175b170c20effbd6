import { describe, expect, it } from 'vitest';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { bestAssignment } from '../../../../main/engine/analysis/statistics/assignment';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { equivalence } from '../../../../main/engine/analysis/statistics/equivalence';
import {
  biasedCka,
  centred,
  debiasedCka,
  kernelOf,
  minibatchCka,
  type Rows,
} from '../../../../main/engine/analysis/statistics/kernelAlignment';
import { mcNemar } from '../../../../main/engine/analysis/statistics/mcnemar';
import { procrustes } from '../../../../main/engine/analysis/statistics/procrustes';
import { structuralSimilarity } from '../../../../main/engine/analysis/statistics/structuralSimilarity';
import { hodgesLehmann, signedRank } from '../../../../main/engine/analysis/statistics/wilcoxon';
import figures from '../../../references/compare/paired_figures.json';

const rowsOf = (values: readonly (readonly number[])[]): Rows => ({
  n: values.length,
  features: values[0]?.length ?? 0,
  values: Float64Array.from(values.flat()),
});

const gaussian = (n: number, features: number, purpose: string): Rows => {
  const draws = drawsOf(1, purpose);
  return { n, features, values: Float64Array.from({ length: n * features }, () => draws.normal()) };
};

const cka = (x: Rows, y: Rows) => {
  const [k, l] = [kernelOf(centred(x)), kernelOf(centred(y))];
  return { debiased: debiasedCka(k, l, x.n) ?? NaN, biased: biasedCka(k, l) ?? NaN };
};

describe("McNemar's test", () => {
  it.each([
    [1, 9, 0.021484375, 0.01171875],
    [0, 5, 0.0625, 0.03125],
    [0, 6, 0.03125, 0.015625],
    [5, 15, 0.04138946533203125, 0.02660369873046875],
    [3, 3, 1, 1],
  ])('of %i and %i is exact, and its mid-p leaves half of what was seen out', (b, c, p, midP) => {
    expect(mcNemar(b, c).p).toBeCloseTo(p, 12);
    expect(mcNemar(c, b).p).toBeCloseTo(p, 12);
    expect(mcNemar(b, c).midP).toBeCloseTo(midP, 12);
  });

  it('goes on by logarithms where 2⁻ⁿ would vanish', () => {
    // SciPy: binomtest(1050, 2000).
    expect(mcNemar(950, 1050).p).toBeCloseTo(0.026824146240280546, 9);
    expect(mcNemar(0, 2000).p).toBeLessThan(1e-300);
  });

  it('cannot decide on fewer than 6 patients who differ', () => {
    expect(
      [mcNemar(0, 5), mcNemar(0, 6), mcNemar(3, 3), mcNemar(0, 0)].map(({ cannotDecide }) => cannotDecide),
    ).toEqual([true, false, false, true]);
  });
});

describe("Wilcoxon's signed ranks", () => {
  it.each(Object.entries(figures.wilcoxon))('of the sample "%s" are SciPy’s', (_, { d, W, p }) => {
    const found = signedRank(d);
    expect(found.statistic).toBeCloseTo(W, 9);
    expect(found.p).toBeCloseTo(p, 10);
  });

  it('of the methods’ sample give W 3 and p 0.078125', () => {
    expect(signedRank([1.2, -0.4, 2.2, 0.7, 3.1, -0.1, 1.5])).toMatchObject({ statistic: 3, p: 0.078125 });
  });

  it.each([
    [4, 0.125],
    [5, 0.0625],
    [6, 0.03125],
    [8, 0.0078125],
    [10, 0.001953125],
  ])('of %i patients all better reach %f and no less', (n, p) => {
    const found = signedRank(Array.from({ length: n }, (_, i) => i + 1));
    expect(found.p).toBeCloseTo(p, 12);
    expect(found.cannotDecide).toBe(n < 6);
  });
});

describe("Hodges and Lehmann's median of differences", () => {
  it.each(Object.entries(figures.hodgesLehmann))(
    'of the sample "%s" is the median of all pairs’ means',
    (name, value) => {
      const { d } = figures.wilcoxon[name as keyof typeof figures.wilcoxon];
      expect(hodgesLehmann(d).value).toBeCloseTo(value, 12);
    },
  );

  it('has the interval of the rank test turned round: of 6 patients all of the means, of 10 those from the 9th', () => {
    const ordered = [1, 2, 4, 8, 16, 32];
    expect(hodgesLehmann(ordered).ci95).toEqual([1, 32]);
    expect(hodgesLehmann([1, 2, 4, 8, 16]).ci95).toBeNull();
    // R: wilcox.test(2^(0:9), conf.int = TRUE): qsignrank(0.025, 10) is 9.
    const powers = Array.from({ length: 10 }, (_, i) => 2 ** i);
    const means = powers.flatMap((a, i) => powers.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
    expect(hodgesLehmann(powers).ci95).toEqual([means[8], means[55 - 9]]);
  });
});

describe('two one-sided tests', () => {
  it.each([
    [figures.tost[0], figures.wilcoxon.zeros.d],
    [figures.tost[1], figures.wilcoxon.plain.d],
    [figures.tost[2], figures.wilcoxon.many.d],
  ] as const)('have SciPy’s p of a margin (%s)', (expected, d) => {
    const [margin = NaN, p = NaN] = expected ?? [];
    const found = equivalence(d, margin);
    expect(found.p).toBeCloseTo(p, 10);
    expect(found.equivalent).toBe(p < 0.05);
  });

  it('never call a difference none that is merely not significant, nor below 6 patients', () => {
    const noisy = [0.3, -0.3, 0.2, -0.2, 0.1, -0.1];
    expect(signedRank(noisy).p).toBeGreaterThan(0.9);
    expect(equivalence(noisy, 0.02).equivalent).toBe(false);
    expect(equivalence([0, 0, 0], 0.02).equivalent).toBeNull();
    expect(equivalence([0, 0, 0, 0, 0, 0], 0.02)).toMatchObject({ p: 0, equivalent: true });
    expect(equivalence([1, 1, 1, 1, 1, 1], 0.02)).toMatchObject({ p: 1, equivalent: false });
  });
});

describe('centred kernel alignment', () => {
  const x = rowsOf([[1, 0], [0, 1], [1, 1], [2, -1], [0, 3]]); // prettier-ignore
  const y = rowsOf([[2, 1, 0], [0, 1, 1], [1, 2, 1], [3, 0, -1], [1, 4, 2]]); // prettier-ignore

  it('is that of the methods’ vector, and 1 of a layer with itself', () => {
    expect(cka(x, y).biased).toBeCloseTo(0.9584608175735996, 12);
    expect(cka(x, y).debiased).toBeCloseTo(0.9036399567296413, 12);
    expect(cka(x, x).debiased).toBeCloseTo(1, 12);
    expect(debiasedCka(kernelOf(x), kernelOf(y), 3)).toBeNull();
  });

  it.each([
    [10, 100, 0.911, 0.16],
    [20, 100, 0.833, 0.079],
    [50, 200, 0.8, 0.045],
  ])('of %i patients and %i unrelated features is near 0 when debiased, near 1 when not', (n, p, biased, sd) => {
    const found = cka(gaussian(n, p, `x${String(n)}`), gaussian(n, p, `y${String(n)}`));
    expect(Math.abs(found.debiased)).toBeLessThan(4 * sd);
    expect(Math.abs(found.biased - biased)).toBeLessThan(0.06);
  });

  it('over batches averages the three estimates before it divides', () => {
    const [a, noise] = [gaussian(64, 8, 'a'), gaussian(64, 8, 'noise')];
    const b: Rows = { ...a, values: a.values.map((value, at) => value + (noise.values[at] ?? 0)) };
    const part = ({ features, values }: Rows, at: number): Rows => ({
      n: 16,
      features,
      values: values.slice(at * 16 * features, (at + 1) * 16 * features),
    });
    const batches = [0, 1, 2, 3].map((at) => ({ x: part(a, at), y: part(b, at) }));
    const whole = cka(a, b);
    const found = minibatchCka(batches) ?? NaN;
    expect(Math.abs(found - whole.debiased)).toBeLessThan(0.1);
    expect(whole.biased).toBeGreaterThan(whole.debiased);
  });
});

describe("Procrustes' distance", () => {
  const { a, b, distance } = figures.procrustes;

  it('is 2 − 2‖XᵀY‖_* as SciPy’s disparity gives it, also through the kernels of few patients', () => {
    expect(procrustes(rowsOf(a), rowsOf(b))).toBeCloseTo(distance, 10);
    // Columns of nothing change no distance, and make features outnumber patients.
    const wide = (rows: readonly (readonly number[])[]) => rowsOf(rows.map((row) => [...row, 0, 0, 0, 0, 0]));
    expect(procrustes(wide(a), wide(b))).toBeCloseTo(distance, 6);
  });

  it('is 0 after a turn, a shift and a scale, and null of what never varies', () => {
    const turned = a.map(([x = 0, y = 0, z = 0]) => [0.6 * x - 0.8 * y + 4, 0.8 * x + 0.6 * y, z].map((v) => 3 * v));
    expect(procrustes(rowsOf(a), rowsOf(turned))).toBeCloseTo(0, 10);
    expect(procrustes(rowsOf(a), rowsOf(a.map(() => [1, 2, 3])))).toBeNull();
  });
});

describe('the best assignment', () => {
  it('is SciPy’s', () => {
    const { gains, columns, total } = figures.assignment;
    const found = bestAssignment(Float64Array.from(gains.flat()), gains.length);
    expect([...found]).toEqual(columns);
    expect([...found].reduce((sum, column, row) => sum + (gains[row]?.[column] ?? NaN), 0)).toBeCloseTo(total, 10);
  });

  it('is as good as the best of all 5! orders', () => {
    const orders = (left: readonly number[]): number[][] =>
      left.length === 0 ? [[]] : left.flatMap((own) => orders(left.filter((n) => n !== own)).map((o) => [own, ...o]));
    const draws = drawsOf(3, 'assignment');
    for (let turn = 0; turn < 20; turn++) {
      const gains = Float64Array.from({ length: 25 }, () => draws.normal());
      const total = (columns: ArrayLike<number>): number =>
        Array.from(columns).reduce((sum, column, row) => sum + (gains[row * 5 + column] ?? NaN), 0);
      const best = Math.max(...orders([0, 1, 2, 3, 4]).map(total));
      expect(total(bestAssignment(gains, 5))).toBeCloseTo(best, 10);
    }
  });
});

describe('structural similarity', () => {
  const wave = (count: number, rate: number, form: (x: number) => number): number[] =>
    Array.from({ length: count }, (_, i) => form(i * rate));

  it('is scikit-image’s at every voxel, in a plane and in a volume', () => {
    const x2 = wave(14 * 17, 0.37, Math.sin);
    const y2 = wave(14 * 17, 1.7, Math.cos).map((v, i) => (x2[i] ?? 0) + 0.2 * v);
    const x3 = wave(12 * 13 * 14, 0.21, Math.sin);
    const y3 = wave(12 * 13 * 14, 0.9, Math.cos).map((v, i) => 0.8 * (x3[i] ?? 0) + 0.3 * v);
    const cases = [
      { a: x2, b: y2, sizes: [14, 17], at: [0, 7 * 17 + 8, 13 * 17 + 3] },
      { a: x3, b: y3, sizes: [12, 13, 14], at: [0, (6 * 13 + 6) * 14 + 6, 11 * 13 * 14 + 13] },
    ];
    for (const [n, { a, b, sizes, at }] of cases.entries()) {
      const map = wholly(structuralSimilarity(a, b, sizes, 2));
      const expected = figures.ssim[n];
      expect(map.reduce((sum, v) => sum + v, 0) / map.length).toBeCloseTo(expected?.mean ?? NaN, 9);
      at.forEach((v, which) => {
        expect(map[v]).toBeCloseTo(expected?.at[which] ?? NaN, 9);
      });
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { directionsOf, unitLines } from '../../../../main/engine/analysis/filters/directions';
import { entropyOfNoise } from '../../../../main/engine/analysis/filters/entropyOfNoise';
import { layerTests, leastP, statusOf } from '../../../../main/engine/analysis/filters/layerTests';
import { commonPatternPower, smoothShareOf, spatialPower } from '../../../../main/engine/analysis/filters/power';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { powerLawOf } from '../../../../main/engine/analysis/statistics/powerLaw';
import {
  marchenkoPasturEdge,
  tracyWidom99,
  tracyWidomScale,
} from '../../../../main/engine/analysis/statistics/randomMatrix';
import { squaredSingularValues } from '../../../../main/engine/analysis/statistics/eigenvalues';
import { figuresOf, freshLayer, fromKernels, judge, layerOf } from './layers';

const sobel = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
const blur = [1, 2, 1, 2, 4, 2, 1, 2, 1];
const laplacian = [0, -1, 0, -1, 4, -1, 0, -1, 0];

describe('directions', () => {
  it('of six vectors in space are those of the closed form', () => {
    const six = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, -1, 2, 1, 0];
    const found = wholly(directionsOf(unitLines(Float64Array.from(six), 3), 3));
    expect(found?.bingham.statistic).toBeCloseTo(3.875, 10);
    expect(found?.bingham.freedom).toBe(5);
    expect(found?.bingham.p).toBeCloseTo(0.56755, 5);
    expect(found?.rayleigh.statistic).toBeCloseTo(7.83699, 5);
    expect(found?.rayleigh.p).toBeCloseTo(0.0495, 5);
  });

  it('are 1 where all kernels are plus or minus one shape, of any length', () => {
    const kernels = Array.from({ length: 40 }, (_, n) => sobel.map((w) => w * (n % 2 === 0 ? 0.3 : -2) * (1 + n)));
    const lines = Float64Array.from(kernels.flat());
    expect(wholly(directionsOf(unitLines(lines, 9), 9))?.alignment).toBeCloseTo(1, 10);
  });
});

/** 99.9 % of binomial counts at 5 % lie below. */
const mostFalse = 0.085;

describe('untouched layers', () => {
  it.each([
    ['he-normal', [3, 3], 4, 16],
    ['he-uniform', [3, 3], 4, 16],
    ['glorot-uniform', [5, 5], 4, 8],
    ['glorot-normal', [3, 3, 3], 4, 8],
    ['torch-he-normal', [3, 3], 4, 32],
    ['he-uniform', [5], 8, 16],
  ] as const)(
    'drawn from %s (%j, %i to %i) are called structured in at most 8.5 %% of 400',
    (law, size, inside, out) => {
      let structured = 0;
      for (let seed = 0; seed < 400; seed++)
        if (judge(freshLayer(size, inside, out, law, seed)).status === 'structured') structured += 1;
      expect(structured / 400).toBeLessThanOrEqual(mostFalse);
      expect(structured).toBeGreaterThan(0);
    },
  );

  it('of single weights, 64 to 64, are called structured in at most 8.5 % of 200, and otherwise noise-like', () => {
    const statuses = Array.from(
      { length: 200 },
      (_, seed) => judge(freshLayer([], 64, 64, 'glorot-uniform', seed)).status,
    );
    expect(statuses.filter((status) => status === 'structured').length / 200).toBeLessThanOrEqual(mostFalse);
    expect(new Set(statuses)).not.toContain('undetermined');
  });
});

describe('planted layers (P6)', () => {
  const noisy = (kernel: readonly number[], share: number, draws: ReturnType<typeof drawsOf>): number[] => {
    const length = Math.hypot(...kernel);
    return kernel.map((w) => (w / length) * Math.sqrt(1 - share) * 3 + draws.normal() * Math.sqrt(share));
  };

  it('half Sobel, blur and Laplacian among noise are structured in 200 of 200', () => {
    let structured = 0;
    for (let seed = 0; seed < 200; seed++) {
      const draws = drawsOf(seed, 'half');
      const kernels = Array.from({ length: 128 }, (_, k) =>
        k % 2 === 0
          ? ([sobel, blur, laplacian][(k / 2) % 3] ?? sobel).map((w) => w * (draws.normal() > 0 ? 1 : -1))
          : Array.from({ length: 9 }, () => draws.normal()),
      );
      if (judge(fromKernels([3, 3], 4, 32, kernels)).status === 'structured') structured += 1;
    }
    expect(structured).toBe(200);
  });

  it('64 Laplacians with 30 % noise are structured through directions, Moran and spectrum, never through slow waves', () => {
    for (let seed = 0; seed < 10; seed++) {
      const draws = drawsOf(seed, 'laplacian');
      const length = Math.hypot(...laplacian);
      const kernels = Array.from({ length: 64 }, () => laplacian.map((w) => w / length + 0.1 * draws.normal()));
      const { numbers, status } = judge(fromKernels([3, 3], 4, 16, kernels));
      expect(status).toBe('structured');
      const { p1, p2, p3, p4 } = numbers.tests;
      expect(Math.max(p1 ?? 1, p2 ?? 1, p4 ?? 1)).toBeLessThan(0.001);
      expect(p3).toBeGreaterThan(0.999);
      expect(numbers.moranMean).toBeLessThan(-0.4);
      expect(numbers.alignment).toBeGreaterThan(0.8);
    }
  });

  it.each([
    [[3, 3], 10, 10],
    [[5, 5], 4, 8],
    [[7, 7], 4, 4],
    [[3, 3, 3], 4, 6],
  ] as const)(
    'of %j and as many kernels as are asked for: noise is noise-like, Gabors are structured',
    (size, inside, out) => {
      const cells = size.reduce((all: number, n) => all * n, 1);
      const statuses = Array.from(
        { length: 40 },
        (_, seed) => judge(freshLayer(size, inside, out, 'he-uniform', seed)).status,
      );
      expect(statuses.filter((status) => status === 'noise-like').length).toBeGreaterThanOrEqual(34);
      expect(statuses).not.toContain('undetermined');
      for (let seed = 0; seed < 10; seed++) {
        const draws = drawsOf(seed, 'gabor');
        const kernels = Array.from({ length: inside * out }, () => {
          const [angle, phase] = [draws.unit() * Math.PI, draws.unit() * 2 * Math.PI];
          const wave = Array.from({ length: cells }, (_, at) => {
            const n = size.at(-1) ?? 1;
            const [x, y] = [(at % n) - (n - 1) / 2, (Math.floor(at / n) % n) - (n - 1) / 2];
            return Math.exp(-(x * x + y * y) / n) * Math.cos(x * Math.cos(angle) + y * Math.sin(angle) + phase);
          });
          return noisy(wave, 0.5, draws);
        });
        expect(judge(fromKernels(size, inside, out, kernels)).status).toBe('structured');
      }
    },
  );

  it('too few kernels are undetermined, not noise', () => {
    const statuses = Array.from(
      { length: 20 },
      (_, seed) => judge(freshLayer([3, 3], 1, 16, 'he-normal', seed)).status,
    );
    expect(new Set(statuses)).toContain('undetermined');
    expect(statuses).not.toContain('noise-like');
  });
});

describe('the rule', () => {
  const tests = (z: number | null, low: number | null) =>
    layerTests({ directions: null, moranMeanZ: z, lowFrequencyMeanZ: low, tracyWidom: null });

  it('takes Moran on either side and slow waves upwards only', () => {
    expect(tests(-3, 0).p2).toBeCloseTo(tests(3, 0).p2 ?? NaN, 12);
    expect(tests(0, -3).p3).toBeCloseTo(0.99865, 5);
    expect(tests(0, 3).p3).toBeCloseTo(0.00135, 5);
  });

  it('corrects for the tests that apply, and for no others', () => {
    expect(tests(2, null).holm).toEqual([null, expect.closeTo(0.0455, 4), null, null]);
    expect(tests(2, 0).holm).toEqual([null, expect.closeTo(0.091, 4), expect.closeTo(0.5, 4), null]);
    expect(leastP(tests(null, null))).toBeNull();
    expect(statusOf(tests(null, null), 5000, { needed: 100, visibleShare: 0.1 }, 0.05)).toBe('undetermined');
  });

  it('asks for a number of kernels before it says noise', () => {
    const of = (kernels: number) => statusOf(tests(0.1, 0.1), kernels, spatialPower([3, 3], kernels), 0.05);
    expect([of(99), of(100)]).toEqual(['undetermined', 'noise-like']);
    expect([spatialPower([5, 5], 1).needed, spatialPower([7, 7], 1).needed, spatialPower([3, 3, 3], 1).needed]).toEqual(
      [32, 16, 24],
    );
  });
});

describe('power', () => {
  it('is that of the simulation that is stored beside', () => {
    const stored = JSON.parse(
      readFileSync(new URL('../../../references/filters/noise_power.json', import.meta.url), 'utf8'),
    ) as { table: Record<string, { k80: Record<string, number | null>; k95: number | null }> };
    for (const [name, { k80, k95 }] of Object.entries(stored.table)) {
      const size = name.split('x').map(Number);
      for (const [share, kernels] of Object.entries(k80)) {
        if (kernels === null || kernels <= 4) continue;
        expect(spatialPower(size, kernels).visibleShare, `${name} ${share}`).toBeLessThanOrEqual(Number(share) + 1e-9);
        expect(spatialPower(size, kernels - 1).visibleShare ?? 1, `${name} ${share}`).toBeGreaterThan(
          Number(share) - 1e-9,
        );
      }
      expect(spatialPower(size, 1).needed, name).toBeGreaterThanOrEqual(k95 ?? 0);
    }
  });

  it('of a size without a simulation is that of the largest one inside it, and a thin axis does not count', () => {
    expect(spatialPower([3, 5], 60)).toEqual(spatialPower([3, 3], 60));
    expect(spatialPower([1, 5, 5], 40)).toEqual(spatialPower([5, 5], 40));
    expect(spatialPower([3, 3, 3, 3], 40)).toEqual({ needed: null, visibleShare: null });
  });

  it('of single weights: a common pattern of the share that is said is seen in most layers, a third of it hardly ever', () => {
    for (const [rows, columns] of [
      [64, 64],
      [32, 128],
    ] as const) {
      const share = commonPatternPower(rows, columns).visibleShare ?? NaN;
      const seen = (of: number): number => {
        let found = 0;
        for (let seed = 0; seed < 40; seed++) {
          const draws = drawsOf(seed, `pattern/${String(rows)}/${String(of)}`);
          const [a, b] = [rows, columns].map((n) => Array.from({ length: n }, () => draws.normal()));
          const values = Array.from(
            { length: rows * columns },
            (_, n) =>
              Math.sqrt(of) * (a?.[n % rows] ?? 0) * (b?.[Math.floor(n / rows)] ?? 0) +
              Math.sqrt(1 - of) * draws.normal(),
          );
          if (judge(layerOf([], columns, rows, values)).status === 'structured') found += 1;
        }
        return found / 40;
      };
      expect(seen(share)).toBeGreaterThan(0.8);
      expect(seen(share / 3)).toBeLessThan(0.5);
    }
  });

  it('the smooth share of a mean I is read off its table, and bounded by it', () => {
    expect(smoothShareOf([3, 3], 0.009)).toBeCloseTo(0.5, 10);
    expect(smoothShareOf([3, 3], (-0.063 + 0.009) / 2)).toBeCloseTo(0.375, 10);
    expect([smoothShareOf([3, 3], -1), smoothShareOf([3, 3], 0.6), smoothShareOf([3, 5], 0)]).toEqual([0, 0.9, null]);
  });
});

describe('spectra', () => {
  it('of noise pass the Marchenko–Pastur edge often, Tracy and Widom’s 99 % hardly ever', () => {
    let edge = 0;
    let outliers = 0;
    for (let seed = 0; seed < 300; seed++) {
      const draws = drawsOf(seed, 'spectrum');
      const matrix = Float64Array.from({ length: 32 * 72 }, () => draws.normal());
      const largest = wholly(squaredSingularValues(matrix, 32, 72))[0] ?? NaN;
      const { centre, width } = tracyWidomScale(32, 72);
      if (largest > marchenkoPasturEdge(32, 72)) edge += 1;
      if ((largest - centre) / width > tracyWidom99) outliers += 1;
    }
    expect(edge / 300).toBeGreaterThan(0.05);
    expect(outliers / 300).toBeLessThan(0.03);
  });

  it('count what stands out and the share that it carries, whichever side is longer', () => {
    for (const [inside, out] of [
      [4, 64],
      [64, 4],
      [8, 8],
    ] as const) {
      const draws = drawsOf(3, 'rank one');
      const rows = Array.from({ length: out }, () => draws.normal());
      const kernels = Array.from({ length: inside * out }, (_, k) =>
        Array.from({ length: 9 }, () => 3 * (rows[k % out] ?? 0) + draws.normal()),
      );
      const { numbers } = figuresOf(fromKernels([3, 3], inside, out, kernels));
      if (Math.min(inside * 9, out) < 5) {
        expect(numbers.tests.p4).toBeNull();
        continue;
      }
      expect(numbers.mpOutliers).toBe(1);
      expect(numbers.mpOutlierShare).toBeGreaterThan(0.8);
      expect(numbers.stableRank).toBeLessThan(1.3);
    }
  });

  it('of 5000 draws of a Pareto law of exponent 3 have α 3.03 ± 0.03', () => {
    const draws = drawsOf(1, 'pareto');
    const fit = powerLawOf(Float64Array.from({ length: 5000 }, () => (1 - draws.unit()) ** (-1 / 2)));
    expect(Math.abs((fit?.alpha ?? NaN) - 3)).toBeLessThan(4 * (fit?.se ?? NaN));
    expect(fit?.se).toBeLessThan(0.08);
  });

  it('α is hidden below 64 values in the tail, and has its interval above', () => {
    expect(figuresOf(freshLayer([3, 3], 8, 32, 'he-normal', 1)).numbers.alpha).toBeNull();
    const draws = drawsOf(5, 'heavy');
    const rows = Array.from({ length: 160 }, () => (1 - draws.unit()) ** -0.8);
    const values = Array.from({ length: 160 * 200 }, (_, n) => draws.normal() * (rows[n % 160] ?? 1));
    const { alpha } = figuresOf(layerOf([], 200, 160, values)).numbers;
    expect(alpha).toMatchObject({ value: expect.any(Number) as number });
  });
});

describe('variance entropy of noise', () => {
  it('lies where the simulated table says: below its 5 % quantile in about 5 % of layers', () => {
    const { q05, median } = entropyOfNoise(9, 64) ?? { q05: NaN, median: NaN };
    const found = Array.from(
      { length: 200 },
      (_, seed) => figuresOf(freshLayer([3, 3], 4, 16, 'torch-he-normal', seed)).numbers.varianceEntropy ?? NaN,
    );
    expect(found.filter((h) => h < q05).length / 200).toBeLessThan(0.12);
    expect(Math.abs(found.filter((h) => h < median).length / 200 - 0.5)).toBeLessThan(0.12);
  });

  it('is interpolated between numbers of kernels, and null outside the table', () => {
    expect(entropyOfNoise(27, 256)).toEqual({ q05: 1.4052, median: 1.4076 });
    expect(entropyOfNoise(25, 64)?.q05).toBe(1.2987);
    expect(entropyOfNoise(9, 90)?.q05).toBeGreaterThan(0.9086);
    expect([entropyOfNoise(9, 4), entropyOfNoise(9, 5000), entropyOfNoise(12, 64)]).toEqual([null, null, null]);
  });

  it('is 0 for kernels of one shape, and log₁₀ d at the most', () => {
    const kernels = Array.from({ length: 32 }, (_, n) => sobel.map((w) => w * (n + 1)));
    const one = figuresOf(fromKernels([3, 3], 4, 8, kernels)).numbers.varianceEntropy;
    expect(one).toBeCloseTo(0, 6);
    const many = figuresOf(freshLayer([3, 3], 32, 64, 'he-normal', 2)).numbers.varianceEntropy;
    expect(many).toBeGreaterThan(0.95);
    expect(many).toBeLessThanOrEqual(Math.log10(9));
  });
});

import { describe, expect, it } from 'vitest';
import {
  neighbourhoodOf,
  randomisationVariance,
  spatialFigures,
} from '../../../../main/engine/analysis/filters/spatial';
import { frequencyShares, lowFrequencyZ, wavesOf } from '../../../../main/engine/analysis/filters/frequency';
import { normalTail } from '../../../../main/engine/analysis/statistics/normal';

const kernels = {
  sobel: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  ramp: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  chequer: [1, -1, 1, -1, 1, -1, 1, -1, 1],
  blur: [1, 2, 1, 2, 4, 2, 1, 2, 1],
  centre: [0, 0, 0, 0, 1, 0, 0, 0, 0],
  laplacian: [0, -1, 0, -1, 4, -1, 0, -1, 0],
  line: [0, 1, 0, 0, 1, 0, 0, 1, 0],
} as const;
const rook = neighbourhoodOf([3, 3]);

describe('the neighbourhood of a kernel’s cells', () => {
  // n, S0, S1, S2, mean and spread of I over noise; queen’s sums differ in every one of them.
  it.each([
    [[3, 3], 9, 24, 48, 272, -0.125, 0.2305],
    [[5, 5], 25, 80, 160, 1072, -0.0417, 0.1463],
    [[7, 7], 49, 168, 336, 2384, -0.0208, 0.1049],
    [[3, 3, 3], 27, 108, 216, 1800, -0.0385, 0.1243],
  ])('of %j takes faces only', (size, n, s0, s1, s2, expected, sd) => {
    const own = neighbourhoodOf(size);
    expect([own.n, own.s0, own.s1, own.s2]).toEqual([n, s0, s1, s2]);
    expect(own.expected).toBeCloseTo(expected, 4);
    expect(own.sd).toBeCloseTo(sd, 4);
  });

  it('of an axis that is one cell thick is that of the others', () => {
    expect(neighbourhoodOf([1, 3, 3])).toEqual(rook);
    expect(neighbourhoodOf([5]).s0).toBe(8);
  });

  it('of two cells has no spread: they are always opposite', () => {
    expect(neighbourhoodOf([2]).sd).toBe(0);
    expect(spatialFigures(Float64Array.from([3, 8]), 0, neighbourhoodOf([2]))?.moran).toBeCloseTo(-1, 12);
  });
});

describe('Moran’s I and Geary’s C of 3×3 kernels', () => {
  it.each([
    ['sobel', 0.5, 4 / 9, 0.0546875],
    ['ramp', 0.5, 1 / 3, 0.0596875],
    ['chequer', -1, 1.8, 0.0671875],
    ['blur', 1 / 17, 1.0588235294117647, 0.03565635813148788],
    ['centre', -0.25, 1.5, 0.00390625],
    ['laplacian', -0.6, 1.8, 0.0171875],
    ['line', 0, 1, 0.0625],
  ] as const)('%s', (name, moran, geary, variance) => {
    const found = spatialFigures(Float64Array.from(kernels[name]), 0, rook);
    expect(found?.moran).toBeCloseTo(moran, 12);
    expect(found?.geary).toBeCloseTo(geary, 12);
    expect(randomisationVariance(kernels[name], rook)).toBeCloseTo(variance, 12);
  });

  it('do not change with the kernel’s scale and mean, and are null where all weights are equal', () => {
    const moved = Float64Array.from(kernels.ramp, (w) => 100 - 0.01 * w);
    expect(spatialFigures(moved, 0, rook)?.moran).toBeCloseTo(0.5, 9);
    expect(spatialFigures(new Float64Array(9).fill(0.3), 0, rook)).toBeNull();
  });

  it('call a blur and a Laplacian rough: the mean is taken off', () => {
    const z = (name: keyof typeof kernels): number =>
      ((spatialFigures(Float64Array.from(kernels[name]), 0, rook)?.moran ?? NaN) - rook.expected) / rook.sd;
    expect(z('blur')).toBeLessThan(1);
    expect(z('laplacian')).toBeLessThan(-2);
    expect(z('sobel')).toBeGreaterThan(2.5);
  });

  it('total variation counts each pair of neighbours once', () => {
    // Steps along rows: 0 + 2 + …; Σ|∂w| = 6 rows’ steps of 1, and of 2 in the middle, 4 columns’ steps of 1 twice.
    const { sobel } = kernels;
    expect(spatialFigures(Float64Array.from(sobel), 0, rook)?.totalVariation).toBeCloseTo(12 / Math.sqrt(12), 12);
  });
});

describe('slow and fast shares', () => {
  const room = new Float64Array(1000);
  const shares = (size: readonly number[], values: readonly number[]) =>
    frequencyShares(Float64Array.from(values), 0, wavesOf(size), room);

  it.each([
    [[3, 3], 3],
    [[5, 5], 4],
    [[7, 7], 8],
    [[3, 3, 3], 4],
    [[3], 2],
  ])('of %j count the slowest waves up to a third', (size, q) => {
    expect(wavesOf(size).lowCount).toBe(q);
  });

  it('of a blur and of Sobel are those of the closed forms, with their tails', () => {
    const waves = wavesOf([3, 3]);
    const blur = shares([3, 3], kernels.blur).low;
    expect(blur).toBeCloseTo(0.7901234567901234, 12);
    expect(normalTail(lowFrequencyZ(blur, waves))).toBeCloseTo(0.018557720110667673, 10);
    const sobel = shares([3, 3], kernels.sobel).low;
    expect(sobel).toBeCloseTo(0.888888888888889, 12);
    expect(normalTail(lowFrequencyZ(sobel, waves))).toBeCloseTo(0.0028727420304926494, 10);
  });

  it('add up to the whole energy, and a constant kernel is all slow', () => {
    const constant = shares([3, 3], [2, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(constant.low).toBeCloseTo(1, 12);
    expect(constant.high).toBeCloseTo(0, 12);
    const one = shares(
      [2, 3, 4],
      Array.from({ length: 24 }, (_, n) => Math.sin(n * n)),
    );
    expect(one.low + one.high).toBeLessThanOrEqual(1 + 1e-12);
  });

  it('of noise follow Beta(q/2, (d − q)/2): 5 % beyond its 95 % point', () => {
    let beyond = 0;
    let seed = 1;
    const normal = (): number => {
      seed = (seed * 16807) % 2147483647;
      const u = seed / 2147483647;
      seed = (seed * 16807) % 2147483647;
      return Math.sqrt(-2 * Math.log(u)) * Math.cos((2 * Math.PI * seed) / 2147483647);
    };
    const waves = wavesOf([3, 3]);
    for (let n = 0; n < 4000; n++) {
      const { low } = frequencyShares(Float64Array.from({ length: 9 }, normal), 0, waves, room);
      if (low > 0.7040134) beyond += 1;
    }
    expect(beyond / 4000).toBeGreaterThan(0.038);
    expect(beyond / 4000).toBeLessThan(0.062);
  });
});

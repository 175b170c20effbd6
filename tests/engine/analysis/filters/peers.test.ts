import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { initialiserFigures } from '../../../../main/engine/analysis/filters/initialiser';
import { kernelsOf } from '../../../../main/engine/analysis/kernelLayer';
import { randomisationVariance, neighbourhoodOf } from '../../../../main/engine/analysis/filters/spatial';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { squaredSingularValues, symmetricEigenvalues } from '../../../../main/engine/analysis/statistics/eigenvalues';
import { chiSquaredQuantile, chiSquaredTail } from '../../../../main/engine/analysis/statistics/gamma';
import { andersonDarlingNormal, kolmogorovSmirnov } from '../../../../main/engine/analysis/statistics/goodnessOfFit';
import { benjaminiHochberg, holm } from '../../../../main/engine/analysis/statistics/multiplicity';
import { normalCdf, normalQuantile, normalTail } from '../../../../main/engine/analysis/statistics/normal';
import { powerLawOf } from '../../../../main/engine/analysis/statistics/powerLaw';
import { tracyWidomTail } from '../../../../main/engine/analysis/statistics/randomMatrix';
import { figuresOf, layerOf } from './layers';

interface PeerKernel {
  readonly moran: number;
  readonly moranZ: number;
  readonly varianceRandom: number;
  readonly gearyC: number;
  readonly low: number;
  readonly high: number;
}

interface Peers {
  readonly layers: readonly {
    readonly size: number[];
    readonly inside: number;
    readonly out: number;
    readonly weights: number[];
    readonly kernels: PeerKernel[];
    readonly bingham: [number, number];
    readonly rayleigh: [number, number];
    readonly p1: number;
    readonly p2: number;
    readonly p3: number;
    readonly p4: number;
    readonly tracyWidomT: number;
    readonly stableRank: number;
    readonly varianceEntropy: number;
    readonly uniform: [number, number, number];
    readonly truncated: [number, number, number];
    readonly anderson: number;
  }[];
  readonly chiSquared: [number, number, number][];
  readonly chiSquaredQuantile: [number, number, number][];
  readonly normal: [number, number][];
  readonly normalQuantile: [number, number][];
  readonly tracyWidom: [number, number][];
  readonly ks: { readonly sample: number[]; readonly statistic: number; readonly p: number };
  readonly anderson: { readonly statistic: number };
  readonly powerLaw: {
    readonly sample: number[];
    readonly alpha: number;
    readonly xmin: number;
    readonly sigma: number;
  };
  readonly eigenvalues: { readonly matrix: number[]; readonly values: number[] };
  readonly holm: { readonly p: number[]; readonly adjusted: number[]; readonly bh: number[] };
}

/** Made by tests/references/filters/peers.py with numpy, scipy, esda and powerlaw. */
const peers = JSON.parse(
  readFileSync(new URL('../../../references/filters/peers.json', import.meta.url), 'utf8'),
) as Peers;

/** Equal to ten digits. */
const same = (found: number | null | undefined, wanted: number, digits = 9): void => {
  expect(found ?? NaN).toBeGreaterThan(wanted - 10 ** -digits * Math.max(1, Math.abs(wanted)));
  expect(found ?? NaN).toBeLessThan(wanted + 10 ** -digits * Math.max(1, Math.abs(wanted)));
};
const ratio = (found: number, wanted: number, digits = 9): void => {
  same(found / wanted, 1, digits);
};

describe.each(peers.layers.map((layer) => [layer.size.join('×'), layer] as const))('a layer of %s', (_, peer) => {
  const layer = layerOf(peer.size, peer.inside, peer.out, peer.weights);
  const { numbers, kernels } = figuresOf(layer);

  it('has esda’s Moran and Geary and scipy’s cosine shares, kernel by kernel', () => {
    expect(kernels.slice(0, 5).map((kernel) => [kernel.in, kernel.out])).toEqual(
      Array.from({ length: 5 }, (_, n) => [Math.floor(n / peer.out), n % peer.out]),
    );
    const kept = kernelsOf(layer);
    for (const [n, wanted] of peer.kernels.entries()) {
      const found = kernels[n];
      same(found?.moranZ, wanted.moranZ);
      same(found?.gearyC, wanted.gearyC);
      same(found?.lowFrequencyShare, wanted.low);
      same(found?.highFrequencyShare, wanted.high);
      if (kept.cells > 3) {
        const values = kept.values.subarray(n * kept.cells, (n + 1) * kept.cells);
        same(randomisationVariance(values, neighbourhoodOf(peer.size)), wanted.varianceRandom);
      }
    }
  });

  it('has scipy’s four tests', () => {
    const { bingham, rayleigh, p1, p2, p3, p4, tracyWidomT } = numbers.tests;
    same(bingham?.statistic, peer.bingham[0]);
    same(bingham?.p, peer.bingham[1]);
    same(rayleigh?.statistic, peer.rayleigh[0]);
    same(rayleigh?.p, peer.rayleigh[1]);
    same(p1, peer.p1);
    same(p2, peer.p2);
    same(p3, peer.p3);
    same(tracyWidomT, peer.tracyWidomT, 6);
    same(p4, peer.p4, 6);
  });

  it('has numpy’s singular values in stable rank and variance entropy', () => {
    same(numbers.stableRank, peer.stableRank);
    same(numbers.varianceEntropy, peer.varianceEntropy);
  });

  it('has scipy’s distances from the laws of initialisers, and its shares beyond their limits', () => {
    const found = initialiserFigures(layer, kernelsOf(layer), 'unknown');
    expect(found?.bestOf).toBe(6);
    for (const [law, [ks, p, beyond]] of [
      ['glorot-uniform', peer.uniform],
      ['he-normal', peer.truncated],
    ] as const) {
      const own = found?.laws.find((each) => each.law === law);
      same(own?.ks, ks, 7);
      // Stephens’ correction for finite samples, which scipy’s asymptotic p lacks.
      expect(own?.p).toBeLessThanOrEqual(p + 1e-6);
      expect(own?.supportViolation).toBeCloseTo(beyond, 12);
    }
    same(found?.normality.statistic, peer.anderson, 7);
  });
});

describe('distributions', () => {
  it('are scipy’s in the middle and in the tails', () => {
    for (const [x, f, p] of peers.chiSquared) same(chiSquaredTail(x, f), p, 11);
    for (const [p, f, x] of peers.chiSquaredQuantile) ratio(chiSquaredQuantile(p, f), x, 8);
    for (const [z, p] of peers.normal) ratio(normalTail(z), p, 10);
    for (const [p, z] of peers.normalQuantile) same(normalQuantile(p), z, 9);
    for (const [t, p] of peers.tracyWidom) same(tracyWidomTail(t), p, 9);
  });

  it('of Tracy and Widom leave 5 % and 1 % beyond their quantiles', () => {
    expect(tracyWidomTail(0.9793)).toBeCloseTo(0.05, 4);
    expect(tracyWidomTail(2.0234)).toBeCloseTo(0.01, 3);
  });
});

describe('fits', () => {
  it('Kolmogorov–Smirnov and Anderson–Darling give scipy’s statistics', () => {
    const sorted = Float64Array.from(peers.ks.sample).sort();
    const fit = kolmogorovSmirnov(sorted, normalCdf);
    same(fit.statistic, peers.ks.statistic, 10);
    expect(fit.p).toBeCloseTo(peers.ks.p, 2);
    same(andersonDarlingNormal(sorted).statistic, peers.anderson.statistic, 8);
  });

  it('a power law is that of the powerlaw package: exponent, where its tail begins, error', () => {
    const fit = powerLawOf(peers.powerLaw.sample);
    ratio(fit?.from ?? NaN, peers.powerLaw.xmin, 9);
    ratio(fit?.alpha ?? NaN, peers.powerLaw.alpha, 5);
    ratio(fit?.se ?? NaN, peers.powerLaw.sigma, 5);
  });

  it('Holm and Benjamini–Hochberg correct as R and scipy do', () => {
    holm(peers.holm.p).forEach((p, at) => {
      same(p, peers.holm.adjusted[at] ?? NaN, 12);
    });
    benjaminiHochberg(peers.holm.p).forEach((p, at) => {
      same(p, peers.holm.bh[at] ?? NaN, 12);
    });
  });
});

describe('eigenvalues', () => {
  it('are numpy’s, also of a matrix that has none but zeros in places', () => {
    const found = wholly(symmetricEigenvalues(Float64Array.from(peers.eigenvalues.matrix), 12));
    peers.eigenvalues.values.forEach((value, at) => {
      same(found[at], value, 10);
    });
    expect(Array.from(wholly(symmetricEigenvalues(new Float64Array(9), 3)))).toEqual([0, 0, 0]);
    expect(Array.from(wholly(symmetricEigenvalues(Float64Array.from([7]), 1)))).toEqual([7]);
  });

  it('squared singular values are the same of a matrix and of that matrix turned', () => {
    const [rows, columns] = [4, 7];
    const matrix = Float64Array.from({ length: rows * columns }, (_, n) => Math.sin(3 * n + 1));
    const turned = Float64Array.from(
      { length: rows * columns },
      (_, n) => matrix[(n % rows) * columns + Math.floor(n / rows)] ?? NaN,
    );
    const [a, b] = [
      wholly(squaredSingularValues(matrix, rows, columns)),
      wholly(squaredSingularValues(turned, columns, rows)),
    ];
    a.forEach((value, at) => {
      same(b[at], value, 11);
    });
    same(
      a.reduce((sum, v) => sum + v, 0),
      matrix.reduce((sum, v) => sum + v * v, 0),
      11,
    );
  });
});

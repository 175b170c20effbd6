import { describe, expect, it } from 'vitest';
import type { KernelLayer } from '../../../../main/engine/analysis/kernelLayer';
import { changeOf } from '../../../../main/engine/analysis/filters/change';
import { initialiserFigures, mardiaOf, violationOf } from '../../../../main/engine/analysis/filters/initialiser';
import { lawOf, triedLaws } from '../../../../main/engine/analysis/initialLaw';
import { kernelLayersOf, kernelsOf } from '../../../../main/engine/analysis/kernelLayer';
import { twinsOf } from '../../../../main/engine/analysis/filters/twin';
import { freshLayer as twinLayer } from '../../../../main/engine/analysis/freshLayer';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import { initialLaws } from '../../../../shared/analysis/filters';
import { freshLayer, layerOf } from './layers';

const fans = { fanIn: 72, fanOut: 144 };

describe('the laws of initialisers', () => {
  it('have the limits and spreads of Keras, TensorFlow.js and PyTorch', () => {
    const of = (id: (typeof initialLaws)[number]) => lawOf(id, fans);
    expect(of('glorot-uniform').limit).toBeCloseTo(Math.sqrt(6 / 216), 12);
    expect(of('he-uniform').limit).toBeCloseTo(Math.sqrt(6 / 72), 12);
    expect(of('he-normal').limit).toBeCloseTo(2.2737 * Math.sqrt(2 / 72), 4);
    expect(of('glorot-normal').limit).toBeCloseTo(2.2737 * Math.sqrt(2 / 216), 4);
    expect(Math.sqrt(of('he-normal').variance)).toBeCloseTo(Math.sqrt(2 / 72), 12);
    expect(of('tfjs-he-normal').limit).toBeCloseTo(2 * Math.sqrt(2 / 72), 12);
    expect(Math.sqrt(of('tfjs-he-normal').variance)).toBeCloseTo(0.87962566 * Math.sqrt(2 / 72), 12);
    expect(of('torch-uniform').limit).toBeCloseTo(1 / Math.sqrt(72), 12);
    expect(triedLaws).toHaveLength(6);
  });

  it.each(initialLaws)('%s is drawn with its variance, within its limit, and along its cumulative law', (id) => {
    const law = lawOf(id, fans);
    const draws = drawsOf(4, id);
    const drawn = Float64Array.from({ length: 40_000 }, () => law.draw(draws)).sort();
    const variance = drawn.reduce((sum, w) => sum + w * w, 0) / drawn.length;
    expect(variance / law.variance).toBeGreaterThan(0.97);
    expect(variance / law.variance).toBeLessThan(1.03);
    expect(Math.max(...drawn.subarray(-1))).toBeLessThanOrEqual(law.limit);
    let apart = 0;
    drawn.forEach((w, n) => (apart = Math.max(apart, Math.abs(law.cdf(w) - (n + 0.5) / drawn.length))));
    expect(apart).toBeLessThan(1.6 / Math.sqrt(drawn.length));
    const fourth = drawn.reduce((sum, w) => sum + w ** 4, 0) / drawn.length;
    expect(Math.abs(fourth / variance ** 2 - 3 - law.excess)).toBeLessThan(0.12);
  });
});

describe('a layer against its law', () => {
  const of = (layer: KernelLayer, named: 'unknown' | 'glorot-uniform' | 'he-normal' = 'unknown') =>
    initialiserFigures(layer, kernelsOf(layer), named);

  it('untouched has no weight outside and a variance ratio around 1', () => {
    for (const law of ['glorot-uniform', 'he-normal'] as const) {
      const found = of(freshLayer([3, 3], 8, 32, law, 1), law);
      expect([found?.law, found?.bestOf, found?.supportViolation]).toEqual([law, 1, 0]);
      const ratio = found?.varianceRatio as { value: number; ci95: [number, number] };
      expect(ratio.ci95[0]).toBeLessThan(1);
      expect(ratio.ci95[1]).toBeGreaterThan(1);
      expect(found?.p).toBeGreaterThan(0.001);
    }
  });

  it('is recognised among six when nobody names it', () => {
    const right = Array.from({ length: 20 }, (_, seed) => of(freshLayer([3, 3], 16, 24, 'glorot-uniform', seed))?.law);
    expect(right.filter((law) => law === 'glorot-uniform').length).toBeGreaterThanOrEqual(19);
  });

  it('moved by 5, 10, 20 and 30 % of its spread leaves 1.2, 2.3, 4.5 and 7 % outside', () => {
    const layer = freshLayer([3, 3], 64, 64, 'glorot-uniform', 3);
    const law = lawOf('glorot-uniform', layer);
    const outside = [0.05, 0.1, 0.2, 0.3].map((drift) => {
      const draws = drawsOf(1, 'drift');
      const moved = layer.values.map((w) => w + drift * Math.sqrt(law.variance) * draws.normal());
      return violationOf(moved, law);
    });
    [0.012, 0.023, 0.045, 0.07].forEach((share, at) => {
      expect(Math.abs((outside[at] ?? NaN) - share)).toBeLessThan(0.004);
    });
    expect(violationOf(layer.values, law)).toBe(0);
  });

  it('one weight outside is enough to be seen', () => {
    const layer = freshLayer([3, 3], 8, 8, 'glorot-uniform', 5);
    const values = Float32Array.from(layer.values);
    values[17] = 1.01 * lawOf('glorot-uniform', layer).limit;
    expect(of({ ...layer, values }, 'glorot-uniform')?.supportViolation).toBe(1 / values.length);
  });

  it('Mardia’s kurtosis of noise is d(d + 2) + κd: uniform weights lie below the normal value, as their law says', () => {
    for (const law of ['torch-he-normal', 'he-uniform', 'he-normal'] as const) {
      const layer = freshLayer([3, 3], 32, 64, law, 2);
      const wanted = 9 * 11 + lawOf(law, layer).excess * 9;
      expect(Math.abs((mardiaOf(kernelsOf(layer)) ?? NaN) - wanted)).toBeLessThan(2.5);
    }
    expect(mardiaOf(kernelsOf(freshLayer([3, 3], 4, 8, 'he-normal', 1)))).toBeNull();
  });

  it('of zeros, or with a weight that is no number, has no figures', () => {
    expect(of(layerOf([3, 3], 2, 4, new Float32Array(72)))).toBeNull();
    expect(of(layerOf([3, 3], 2, 4, new Float32Array(72).fill(1).fill(NaN, 3, 4)))).toBeNull();
  });
});

describe('the kernels of a node', () => {
  const node = (op: string, weights: readonly (readonly [string, readonly number[]])[]) => ({
    name: 'n',
    op,
    inputs: [],
    attributes: {},
    outputShape: null,
    weights: weights.map(([name, shape]) => ({
      name,
      shape,
      values: new Float32Array(shape.reduce((all, n) => all * n, 1)),
    })),
  });

  it('are counted by fans as Keras counts them: a transposed convolution the other way round', () => {
    expect(kernelLayersOf(node('conv2d', [['kernel', [3, 3, 4, 8]]]))[0]).toMatchObject({ fanIn: 36, fanOut: 72 });
    expect(kernelLayersOf(node('convTranspose2d', [['kernel', [2, 2, 4, 8]]]))[0]).toMatchObject({
      fanIn: 32,
      fanOut: 16,
    });
    expect(kernelLayersOf(node('groupedConvTranspose3d', [['kernel', [2, 2, 2, 4, 2]]]))).toHaveLength(1);
    expect(kernelLayersOf(node('depthwiseConv2d', [['kernel', [3, 3, 4, 2]]]))[0]).toMatchObject({
      fanIn: 36,
      fanOut: 18,
    });
  });

  it('of a separable convolution are two arrays; of a normalisation or a slope there are none', () => {
    const both = kernelLayersOf(
      node('separableConv2d', [
        ['depthwise', [3, 3, 4, 1]],
        ['pointwise', [1, 1, 4, 8]],
      ]),
    );
    expect(both.map(({ weight, size }) => [weight, size])).toEqual([
      ['depthwise', [3, 3]],
      ['pointwise', [1, 1]],
    ]);
    expect(kernelLayersOf(node('batchNorm', [['gamma', [4]]]))).toEqual([]);
    expect(kernelLayersOf(node('prelu', [['alpha', [8, 8, 4]]]))).toEqual([]);
  });
});

describe('change and twins', () => {
  it('are 0 and 1 for the same weights, and follow a step of half the length', () => {
    const w = Float32Array.from([3, 4]);
    expect(changeOf(w, w)).toEqual({ relativeDistance: 0, cosine: 1 });
    expect(changeOf(Float32Array.from([4.5, 6]), w)).toEqual({ relativeDistance: 0.5, cosine: 1 });
    expect(changeOf(Float32Array.from([-4, 3]), w)?.cosine).toBeCloseTo(0, 12);
    expect(changeOf(w, Float32Array.from([1]))).toBeNull();
    expect(changeOf(Float32Array.from([NaN, 1]), w)).toBeNull();
  });

  it('a twin is the same for the same seed, another for another, and lies within the law', () => {
    const layer = freshLayer([3, 3], 4, 8, 'he-normal', 1);
    expect(twinLayer(layer, 'glorot-uniform', 3).values).toEqual(twinLayer(layer, 'glorot-uniform', 3).values);
    expect(twinLayer(layer, 'glorot-uniform', 3).values).not.toEqual(twinLayer(layer, 'glorot-uniform', 4).values);
    expect(violationOf(twinLayer(layer, 'glorot-uniform', 3).values, lawOf('glorot-uniform', layer))).toBe(0);
  });

  it('bands hold noise and leave a trained layer out', () => {
    const layer = freshLayer([3, 3], 8, 16, 'he-normal', 9);
    const twins = wholly(twinsOf(layer, 'glorot-uniform', 10, 0.05));
    expect([twins?.drawn, twins?.singularValues.length]).toEqual([10, 16]);
    expect(twins?.structured).toBeLessThanOrEqual(3);
    expect(twins?.kernels['moranZ']?.low).toBeCloseTo(-1.7, 0);
    expect(twins?.kernels['moranZ']?.high).toBeCloseTo(1.6, 0);
    expect(twins?.layer['moranMean']?.mean).toBeCloseTo(-0.125, 1);
    expect(wholly(twinsOf(layer, 'glorot-uniform', 0, 0.05))).toBeNull();
  });
});

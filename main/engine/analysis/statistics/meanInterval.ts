import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { momentsOf, sampleSd } from './moments';
import { quantileSorted } from './quantile';
import { studentQuantile } from './studentT';

/** A mean over patients with its 95 % interval; null below 5 patients, `approximate` below 20. */
export interface MeanInterval {
  readonly n: number;
  readonly value: number;
  readonly ci95: readonly [number, number] | null;
  readonly approximate: boolean;
}

const draws = 2000;

/**
 * The mean of one value a patient: Student's t below 20 patients, from there the percentile bootstrap with a fixed seed.
 * Source: Efron & Tibshirani 1993, section 13.3.
 */
export function meanInterval(values: readonly number[], seed = 1): MeanInterval {
  const moments = momentsOf(values);
  const { n, mean } = moments;
  if (n < 5) return { n, value: n === 0 ? NaN : mean, ci95: null, approximate: true };
  if (n < 20) {
    const half = (studentQuantile(0.975, n - 1) * sampleSd(moments)) / Math.sqrt(n);
    return { n, value: mean, ci95: [mean - half, mean + half], approximate: true };
  }
  return { n, value: mean, ci95: bootstrapMean(values, seed), approximate: false };
}

function bootstrapMean(values: readonly number[], seed: number): readonly [number, number] {
  const generator = xoroshiro128plus(seed);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    for (const _ of values) sum += values[uniformInt(generator, 0, values.length - 1)] ?? NaN;
    means[draw] = sum / values.length;
  }
  means.sort();
  return [quantileSorted(means, 0.025), quantileSorted(means, 0.975)];
}

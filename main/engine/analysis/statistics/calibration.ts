import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { quantileSorted } from './quantile';
import { wilson95 } from './wilson';

/** How sure an answer was, and whether it was right (1) or wrong (0). */
export interface Judged {
  readonly confidence: number;
  readonly right: 0 | 1;
}

export interface CalibrationBin {
  readonly n: number;
  readonly confidence: number;
  readonly accuracy: number;
  readonly wilson95: readonly [number, number];
}

function binOf(cases: readonly Judged[]): CalibrationBin {
  const n = cases.length;
  const right = cases.reduce((sum, one) => sum + one.right, 0);
  const confidence = cases.reduce((sum, one) => sum + one.confidence, 0) / n;
  return { n, confidence, accuracy: right / n, wilson95: wilson95(right, n) };
}

/** Bins of as equal numbers as can be, by rising confidence. */
export function equalMassBins(cases: readonly Judged[], count: number): readonly CalibrationBin[] {
  const sorted = [...cases].sort((a, b) => a.confidence - b.confidence);
  return Array.from({ length: count }, (_, b) =>
    sorted.slice(Math.round((b * sorted.length) / count), Math.round(((b + 1) * sorted.length) / count)),
  )
    .filter((bin) => bin.length > 0)
    .map(binOf);
}

/** Bins of equal width over [0, 1], closed on the right; empty ones are left out. */
export function equalWidthBins(cases: readonly Judged[], count: number): readonly CalibrationBin[] {
  const bins = Array.from({ length: count }, (): Judged[] => []);
  for (const one of cases) bins[Math.max(0, Math.ceil(one.confidence * count - 1e-12) - 1)]?.push(one);
  return bins.filter((bin) => bin.length > 0).map(binOf);
}

const total = (bins: readonly CalibrationBin[]): number => bins.reduce((sum, { n }) => sum + n, 0);

/** Expected calibration error Σ(n_b/n)·|accuracy − confidence|; biased upward. Source: Naeini 2015; Guo 2017. */
export const expectedCalibrationError = (bins: readonly CalibrationBin[]): number =>
  bins.reduce((sum, { n, accuracy, confidence }) => sum + n * Math.abs(accuracy - confidence), 0) / total(bins);

/** Its square, Σ(n_b/n)·(accuracy − confidence)², as it is seen. */
export const squaredCalibrationError = (bins: readonly CalibrationBin[]): number =>
  bins.reduce((sum, { n, accuracy, confidence }) => sum + n * (accuracy - confidence) ** 2, 0) / total(bins);

/** The square less what chance alone adds to it; it may be negative. A bin of one case is not corrected. Source: Kumar 2019; Bröcker 2012. */
export const debiasedSquaredError = (bins: readonly CalibrationBin[]): number =>
  bins.reduce((sum, { n, accuracy, confidence }) => {
    const chance = n > 1 ? (accuracy * (1 - accuracy)) / (n - 1) : 0;
    return sum + n * ((accuracy - confidence) ** 2 - chance);
  }, 0) / total(bins);

/** Cases below which no calibration error is given. */
export const fewestForCalibration = 100;

export const defaultBins = (n: number): number => Math.max(1, Math.min(15, Math.floor(n / 20)));

/**
 * What a perfectly calibrated network would show with these confidences: 95 % of its calibration error in 1000 redraws, and how often that is
 * as large as the one seen. Source: Bröcker & Smith 2007.
 */
export function consistencyBand(
  cases: readonly Judged[],
  seed = 1,
): { readonly band95: readonly [number, number]; readonly p: number } {
  const draws = 1000;
  const bins = defaultBins(cases.length);
  const seen = expectedCalibrationError(equalMassBins(cases, bins));
  const generator = xoroshiro128plus(seed);
  const errors = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const drawn = cases.map(({ confidence }): Judged => {
      const right = uniformFloat64(generator) < confidence ? 1 : 0;
      return { confidence, right };
    });
    errors[draw] = expectedCalibrationError(equalMassBins(drawn, bins));
  }
  const asLarge = errors.reduce((count, error) => count + (error >= seen ? 1 : 0), 0);
  errors.sort();
  return { band95: [quantileSorted(errors, 0.025), quantileSorted(errors, 0.975)], p: (1 + asLarge) / (1 + draws) };
}

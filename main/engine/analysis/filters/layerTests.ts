import type { FilterStatus, LayerTests } from '../../../../shared/analysis/filters';
import { holm } from '../statistics/multiplicity';
import { normalTail, twoSided } from '../statistics/normal';
import type { Directions } from './directions';
import { tellingShare, type Power } from './power';

/** What the four tests look at; null where one does not apply. */
export interface Tested {
  readonly directions: Directions | null;
  /** Mean of Moran's I, in deviations of that mean. */
  readonly moranMeanZ: number | null;
  readonly lowFrequencyMeanZ: number | null;
  readonly tracyWidom: { readonly t: number; readonly p: number } | null;
}

/**
 * The four layer tests: directions (twice the smaller p of Bingham and Rayleigh), mean Moran's I on either side, mean slow share upwards,
 * largest singular value. A test that does not apply takes no part in Holm's correction. *Source* methods §1.2.
 */
export function layerTests({ directions, moranMeanZ, lowFrequencyMeanZ, tracyWidom }: Tested): LayerTests {
  const ps = [
    directions ? Math.min(1, 2 * Math.min(directions.bingham.p, directions.rayleigh.p)) : null,
    moranMeanZ === null ? null : twoSided(moranMeanZ),
    lowFrequencyMeanZ === null ? null : normalTail(lowFrequencyMeanZ),
    tracyWidom?.p ?? null,
  ] as const;
  const corrected = holm(ps.filter((p) => p !== null));
  let next = 0;
  const [h1, h2, h3, h4] = ps.map((p) => (p === null ? null : (corrected[next++] ?? null)));
  const [p1, p2, p3, p4] = ps;
  return {
    p1,
    p2,
    p3,
    p4,
    holm: [h1 ?? null, h2 ?? null, h3 ?? null, h4 ?? null],
    bingham: directions?.bingham ?? null,
    rayleigh: directions?.rayleigh ?? null,
    moranMeanZ,
    lowFrequencyMeanZ,
    tracyWidomT: tracyWidom?.t ?? null,
  };
}

/** The smallest p after Holm; null where no test applies. */
export function leastP({ holm: corrected }: Pick<LayerTests, 'holm'>): number | null {
  const ps = corrected.filter((p) => p !== null);
  return ps.length === 0 ? null : Math.min(...ps);
}

/**
 * Structured: a test rejects. Noise-like: none does, and the layer has kernels enough to have shown a quarter of its variance; `strictness`
 * multiplies how many are asked for.
 */
export function statusOf(
  tests: LayerTests,
  kernels: number,
  power: Power,
  level: number,
  strictness = 1,
): FilterStatus {
  const least = leastP(tests);
  if (least === null) return 'undetermined';
  if (least <= level) return 'structured';
  const enough =
    power.needed === null
      ? power.visibleShare !== null && power.visibleShare * strictness <= tellingShare
      : kernels >= power.needed * strictness;
  return enough ? 'noise-like' : 'undetermined';
}

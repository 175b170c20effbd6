import { searchBands, type SearchBand } from '../../../../shared/analysis/search';
import { drawsOf } from '../statistics/draws';
import { quantileSorted } from '../statistics/quantile';
import type { Contender } from './contest';

/** Lower ends of the bands, as quantiles of the largest values over patients. */
const lowerEnds = [0.999, 0.99, 0.9, 0.5, 0] as const;

/** The band of a value among all patients' values, sorted rising. A value that is exactly zero has its own. */
export function bandOf(value: number, sorted: readonly number[]): SearchBand {
  if (value === 0) return 'zero';
  const band = lowerEnds.findIndex((end) => value >= quantileSorted(sorted, end));
  return searchBands[band < 0 ? lowerEnds.length - 1 : band] as SearchBand;
}

/**
 * Examples of every band, drawn with a seed: one of each band that has any, then a second, until there are enough; strongest first. What is
 * drawn hangs on the seed and the neuron alone, not on the order of the inputs within a band's ties.
 */
export function drawBands<T extends Contender & { readonly place: { readonly value: number } }>(
  all: readonly T[],
  most: number,
  seed: number,
  neuron: string,
): readonly { readonly entrant: T; readonly band: SearchBand }[] {
  const sorted = all.map(({ place }) => place.value).sort((a, b) => a - b);
  const byBand = new Map<SearchBand, T[]>();
  for (const entrant of [...all].sort((a, b) => a.order - b.order)) {
    const band = bandOf(entrant.place.value, sorted);
    byBand.set(band, [...(byBand.get(band) ?? []), entrant]);
  }
  const draws = drawsOf(seed, `bands/${neuron}`);
  const shuffled = searchBands.map((band) => {
    const own = [...(byBand.get(band) ?? [])];
    for (let n = own.length - 1; n > 0; n--) {
      const other = draws.below(n + 1);
      [own[n], own[other]] = [own[other] as T, own[n] as T];
    }
    return own.map((entrant) => ({ entrant, band }));
  });
  const drawn: { entrant: T; band: SearchBand }[] = [];
  for (let round = 0; drawn.length < Math.min(most, all.length); round++)
    for (const own of shuffled) {
      const next = own[round];
      if (next && drawn.length < most) drawn.push(next);
    }
  return drawn.sort((a, b) => b.entrant.place.value - a.entrant.place.value || a.entrant.order - b.entrant.order);
}

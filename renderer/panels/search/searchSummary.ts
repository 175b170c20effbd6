import { search, type SearchNeuron, type SearchPlace } from '../../../shared/analysis/search';
import type { OpenResult } from '../../stores/results';

/** The neurons of a result, checked; none where it holds something else. */
export function neuronsOf(result: OpenResult | null): readonly SearchNeuron[] {
  const read = search.summary.safeParse(result?.analysis.summary);
  return read.success ? read.data.neurons : [];
}

/** The study of an input of a result: inputs stand in the order in which the studies were asked. */
export function studyOf(result: OpenResult, input: string): string | null {
  const ids = result.analysis.inputs.map(({ id }) => id);
  const failed = result.results.errors.flatMap(({ where }) => where.input ?? []);
  const { studies } = result.subject;
  if (ids.length === studies.length) return studies[ids.indexOf(input)] ?? null;
  const job = result.results.job as { inputs?: readonly { study?: string; id?: string }[] } | null;
  const named = (job?.inputs ?? []).map(
    ({ study, id }) => id ?? study?.split(/[\\/]/).findLast((part) => part !== '') ?? '',
  );
  const at = named.indexOf(input);
  return at >= 0 && named.length === studies.length && !failed.includes(input) ? (studies[at] ?? null) : null;
}

/** How much around a place tiles show, one size for all: half as much again as is seen, within what an eye can read. */
export function sideOf(places: readonly Pick<SearchPlace, 'boxMm'>[]): number {
  const extents = places.flatMap(({ boxMm }) =>
    boxMm ? [Math.max(boxMm.max[0] - boxMm.min[0], boxMm.max[1] - boxMm.min[1])] : [],
  );
  return Math.round(Math.min(500, Math.max(90, ...extents.map((extent) => 1.5 * extent))));
}

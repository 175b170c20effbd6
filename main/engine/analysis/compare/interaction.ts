import type { CompareInteraction } from '../../../../shared/analysis/compare';
import { mannWhitney } from '../statistics/mannWhitney';
import { holm } from '../statistics/multiplicity';
import { membershipOf } from './databases';
import type { Kept } from './kept';
import { measureOf } from './measures';
import { difference, isMeasure, measureTables, pairsOf } from './paired';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The 2 × 2 of two networks and two databases: does the change differ between the databases? Their patients are others, so the
 * differences are ranked (Mann and Whitney), of more than two databases each against the first. Patients that several name are in none.
 * Empty unless the inputs name two databases.
 */
export function interactionsOf(
  reference: string,
  names: readonly string[],
  each: () => Iterable<Kept>,
): CompareInteraction[] {
  const membership = membershipOf(each());
  if (!membership) return [];
  const [one = '', ...others] = membership.databases;
  const found = measureTables(each())
    .filter(isMeasure)
    .flatMap((table) =>
      names
        .filter((name) => name !== reference)
        .flatMap((network) => {
          const pairs = pairsOf(table, reference, network);
          return others.flatMap((other): Omit<CompareInteraction, 'holm'>[] => {
            const groups = [one, other].map((database) =>
              pairs.filter(({ patient }) => membership.of.get(patient) === database),
            );
            const [first = [], second = []] = groups.map((group) => group.map(difference));
            if (first.length === 0 || second.length === 0) return [];
            const { said, unit } = measureOf(table.measure);
            return [
              {
                measure: table.measure,
                ...{ said, unit, network },
                databases: groups.map((group, at) => ({
                  database: [one, other][at] ?? '',
                  patients: group.length,
                  reference: mean(group.map(({ before }) => before)),
                  value: mean(group.map(({ after }) => after)),
                  difference: mean(group.map(difference)),
                })),
                interaction: mean(first) - mean(second),
                p: mannWhitney(first, second),
              },
            ];
          });
        }),
    );
  const corrected = holm(found.map(({ p }) => p ?? 1));
  return found.map((own, at) => ({ ...own, holm: corrected[at] ?? null }));
}

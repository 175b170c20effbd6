import type { CompareInteraction } from '../../../../shared/analysis/compare';
import { mannWhitney } from '../statistics/mannWhitney';
import type { Kept } from './kept';
import { measureOf } from './measures';
import { difference, isMeasure, measureTables, pairsOf } from './paired';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The 2 × 2 of two networks and two databases: does the change differ between the databases? Their patients are others, so the
 * differences are ranked (Mann and Whitney). Empty unless the inputs name two databases.
 */
export function interactionsOf(
  reference: string,
  names: readonly string[],
  each: () => Iterable<Kept>,
): CompareInteraction[] {
  return measureTables(each())
    .filter(isMeasure)
    .flatMap((table) =>
      names
        .filter((name) => name !== reference)
        .flatMap((network): CompareInteraction[] => {
          const pairs = pairsOf(table, reference, network);
          const [one, other, ...more] = [...new Set(pairs.flatMap(({ database }) => database ?? []))];
          if (one === undefined || other === undefined || more.length > 0) return [];
          const groups = [one, other].map((database) => pairs.filter((pair) => pair.database === database));
          const [first = [], second = []] = groups.map((group) => group.map(difference));
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
        }),
    );
}

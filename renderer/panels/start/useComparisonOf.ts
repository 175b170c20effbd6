import { analysisDefinitions } from '../../../shared/analysis/list';
import { compare } from '../../../shared/analysis/compare';
import { useComparison } from '../../stores/comparison';
import { useDatabases } from '../../stores/databases';
import { useParameters } from '../../stores/parameters';
import { arrangementOf, type Comparison } from './runs';

/** What an analysis that compares is asked: the other networks, and of each what its tabs say; null for one that does not compare. */
export function useComparisonOf(): (analysis: string) => Comparison | null {
  const comparison = useComparison();
  const databases = useDatabases();
  const parameters = useParameters();
  return (analysis) => {
    if (analysisDefinitions.find(({ id }) => id === analysis)?.compares !== true) return null;
    const { analyses } = compare.parameters.parse(parameters.of(analysis));
    return {
      others: comparison.others,
      analyses: analyses.map(({ id }) => ({ id, parameters: parameters.of(id) })),
      ...arrangementOf({
        order: comparison.order,
        groups: comparison.groups,
        databases: (comparison.databases ?? []).flatMap((key, at) => {
          const found = databases.databases.find(({ path }) => path === key);
          const namesake =
            at > 0 && found?.name === databases.databases.find(({ path }) => path === comparison.databases?.[0])?.name;
          return found
            ? [
                {
                  name: namesake ? `${found.name} 2` : found.name,
                  ids: found.studies.map(({ id }) => id).filter(databases.isIncluded),
                },
              ]
            : [];
        }),
      }),
    };
  };
}

import { analysisDefinitions } from '../../../shared/analysis/list';
import { compare } from '../../../shared/analysis/compare';
import { useComparison } from '../../stores/comparison';
import { useParameters } from '../../stores/parameters';
import type { Comparison } from './runs';

/** What an analysis that compares is asked: the other networks, and of each what its tabs say; null for one that does not compare. */
export function useComparisonOf(): (analysis: string) => Comparison | null {
  const comparison = useComparison();
  const parameters = useParameters();
  return (analysis) => {
    if (analysisDefinitions.find(({ id }) => id === analysis)?.compares !== true) return null;
    const { analyses } = compare.parameters.parse(parameters.of(analysis));
    return {
      others: comparison.others,
      analyses: analyses.map(({ id }) => ({ id, parameters: parameters.of(id) })),
    };
  };
}

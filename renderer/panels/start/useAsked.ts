import { analysisDefinitions } from '../../../shared/analysis/list';
import type { StudySummary } from '../../../shared/study';
import { compare } from '../../../shared/analysis/compare';
import { useComparison } from '../../stores/comparison';
import { useDatabases } from '../../stores/databases';
import { useStudies } from '../../stores/studies';

/** Questions that are about many patients at once. */
const aboutMany: readonly string[] = ['maps', 'search', 'compare'];

/** Whether an analysis looks at the network alone. */
export const isOfNetwork = (analysis: string): boolean =>
  analysisDefinitions.find(({ id }) => id === analysis)?.ofNetwork === true;

/** The studies that an analysis is asked of: the ticked ones, or the open one alone; none where it looks at the network alone. */
export function useAsked(): (analysis: string) => readonly StudySummary[] {
  const databases = useDatabases();
  const studies = useStudies();
  const comparison = useComparison();
  return (analysis) => {
    if (isOfNetwork(analysis)) return [];
    if (analysis === compare.id && comparison.databases) {
      const keys = comparison.databases;
      const theirs = databases.databases.filter(({ path }) => keys.includes(path)).flatMap((own) => own.studies);
      return databases.included.filter(({ id }) => theirs.some((study) => study.id === id));
    }
    if (aboutMany.includes(analysis)) return databases.included;
    return studies.current ? [studies.current] : [];
  };
}

import { analysisDefinitions } from '../../../shared/analysis/list';
import type { StudySummary } from '../../../shared/study';
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
  return (analysis) => {
    if (isOfNetwork(analysis)) return [];
    if (aboutMany.includes(analysis)) return databases.included;
    return studies.current ? [studies.current] : [];
  };
}

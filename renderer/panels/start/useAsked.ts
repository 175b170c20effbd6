import type { StudySummary } from '../../../shared/study';
import { useDatabases } from '../../stores/databases';
import { useStudies } from '../../stores/studies';

/** Questions that are about many patients at once. */
const aboutMany: readonly string[] = ['maps'];

/** The studies that an analysis is asked of: the ticked ones, or the open one alone. */
export function useAsked(): (analysis: string) => readonly StudySummary[] {
  const databases = useDatabases();
  const studies = useStudies();
  return (analysis) => {
    if (aboutMany.includes(analysis)) return databases.included;
    return studies.current ? [studies.current] : [];
  };
}

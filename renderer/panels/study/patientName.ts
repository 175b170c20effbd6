import type { StudySummary } from '../../../shared/study';

/** The last part of a path, whatever the system's separator. */
export const lastPart = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** How a study is called on the screen: the patient, or only its number in the list where names are hidden. */
export function nameOf(study: StudySummary, hidden: boolean): string {
  if (hidden) return `#${study.id.slice(0, 6)}`;
  return study.patient.id || study.patient.name || lastPart(study.path);
}

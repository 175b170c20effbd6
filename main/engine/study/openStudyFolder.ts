import { dirname } from 'node:path';
import { IsolensError, type Problem } from '../../../shared/problem/problem';
import type { StudyChoices } from '../../../shared/studyChoices';
import { scanFolder, type FoundStudy, type Scan, type ScanOptions } from './scanFolder';
import type { Study } from './study';

export interface OpenFolderOptions extends ScanOptions {
  /** UID of the image series to open, where the folder holds several studies or series. */
  readonly series?: string | undefined;
  readonly choices?: StudyChoices | undefined;
}

/**
 * Opens the one study of a folder. *Problems* `study/nothing`; `study/several-patients`, `study/several` with the choices;
 * `study/series-missing`; those of the folder.
 */
export async function openStudyFolder(
  path: string,
  { series, choices, ...options }: OpenFolderOptions = {},
): Promise<Study> {
  const scan = await scanFolder(path, options);
  const chosen = chooseStudy(scan, path, series);
  const study = await chosen.study.open(choices ?? {}, options.signal);
  const notes = [...study.notes, ...chosen.notes, ...scan.notes];
  if (series === undefined) return { ...study, notes };
  const images = [...study.images].sort((a, b) => Number(b.uid === series) - Number(a.uid === series));
  return { ...study, images, notes };
}

function chooseStudy(scan: Scan, path: string, series?: string): { study: FoundStudy; notes: readonly Problem[] } {
  const { studies } = scan;
  const where = { file: path };
  const [only] = studies;
  if (only === undefined || !studies.some(isUsable)) {
    throw new IsolensError('study/nothing', { files: scan.files }, where);
  }
  if (series !== undefined) {
    const named = studies.find(({ seriesUids }) => seriesUids.includes(series));
    if (named !== undefined) return { study: named, notes: [] };
    const choices = studies.flatMap(({ seriesUids }) => seriesUids).join(', ');
    throw new IsolensError('study/series-missing', { series, choices }, where);
  }
  const usable = studies.filter(isUsable);
  const patients = new Set(usable.map(({ patientKey }) => patientKey));
  if (patients.size > 1) {
    // Patients are told apart by where their files lie, never by name: this lands in logs and results.
    const choices = [...patients]
      .map((key) => usable.find(({ patientKey }) => patientKey === key)?.firstFile ?? '')
      .map((file) => (dirname(file) === '.' ? file : dirname(file)))
      .join(', ');
    throw new IsolensError('study/several-patients', { count: patients.size, choices }, where);
  }
  const [first, second] = usable as [FoundStudy, FoundStudy | undefined];
  if (second === undefined) return { study: first, notes: [] };
  const planned = usable.filter(({ summary }) =>
    summary.objects.some(({ kind, usable: used }) => used && (kind === 'structures' || kind === 'dose')),
  );
  const [one, another] = planned;
  if (one !== undefined && another === undefined) {
    return { study: one, notes: [{ code: 'study/chosen-with-structures', facts: {}, where }] };
  }
  const choices = usable.flatMap(({ seriesUids }) => seriesUids).join(', ');
  throw new IsolensError('study/several', { count: usable.length, choices }, where);
}

const isUsable = ({ summary }: FoundStudy): boolean => summary.objects.some(({ usable }) => usable);

import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problemOf, type Problem } from '../../../shared/problem/problem';
import { writeStudy } from '../dicom/writer/writeStudy';
import { patientFolders, readPatient } from './csvFolder';
import { openkbpId, studyOf } from './study';

export interface OpenkbpWish {
  /** Folder that holds `pt_N` folders of CSVs. */
  readonly from: string;
  /** Folder that gets one folder for each patient: `OKBP-001` and so on. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number, patient: string) => void;
}

export interface OpenkbpMade {
  readonly folders: readonly string[];
  /** Patients that could not be read; the others are there. */
  readonly problems: readonly Problem[];
}

const exists = async (path: string): Promise<boolean> => stat(path).then(() => true, () => false); // prettier-ignore

/**
 * Turns the published CSV patients of a folder into DICOM studies, a folder each. One that is there already is kept; one that cannot
 * be read leaves no folder and a problem. Problems thrown: `openkbp/no-patients`, `files/missing`.
 */
export async function openkbpFolder({ from, out, signal, progress }: OpenkbpWish): Promise<OpenkbpMade> {
  const patients = await patientFolders(from);
  const folders: string[] = [];
  const problems: Problem[] = [];
  for (const [done, { folder: source, number }] of patients.entries()) {
    signal?.throwIfAborted();
    const id = openkbpId(number);
    progress?.(done, patients.length, id);
    const folder = join(out, id);
    // A folder is given its name once it is whole.
    if (await exists(folder)) {
      folders.push(folder);
      continue;
    }
    const part = join(out, `.${id}.part`);
    try {
      const study = studyOf(await readPatient(source, number));
      await rm(part, { recursive: true, force: true });
      await mkdir(part, { recursive: true });
      for await (const { name, bytes } of writeStudy(study, signal)) await writeFile(join(part, name), bytes);
      await rename(part, folder);
      folders.push(folder);
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      problems.push(problemOf(thrown, { input: id, file: source }));
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  progress?.(patients.length, patients.length, '');
  return { folders, problems };
}

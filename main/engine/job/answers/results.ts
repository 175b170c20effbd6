import { join } from 'node:path';
import type { BlobVolume } from '../../../../shared/study';
import { problemOf, type Problem } from '../../../../shared/problem/problem';
import type { InputResult } from '../../../../shared/result';
import { readResults } from '../../result/readResults';
import { readVolume } from '../../result/readVolume';
import type { Handlers } from '../session';

/** What stays on the disk: of maps the window asks for one channel at a time, of a search's crops for the places themselves. */
const onDisk: readonly string[] = ['maps', 'search'];

function volumesOf(files: InputResult['files']): string[] {
  return Object.values(files).flatMap((entry) => {
    if (typeof entry === 'string') return entry.endsWith('.nrrd') ? [entry] : [];
    return volumesOf(entry);
  });
}

/** Reads saved results back; a volume that is gone or broken is told, and the others are shown. */
export const resultAnswers: Pick<Handlers, 'engine/openResults'> = {
  'engine/openResults': async ({ folder }, { blobs, signal }) => {
    const results = await readResults(folder);
    const owner = `results/${folder}`;
    blobs.drop(owner);
    const volumes: Record<string, BlobVolume> = {};
    const notes: Problem[] = [];
    const files = results.analyses
      .filter(({ id }) => !onDisk.includes(id))
      .flatMap(({ inputs }) => inputs.flatMap((input) => volumesOf(input.files)));
    for (const file of files) {
      signal.throwIfAborted();
      try {
        volumes[file] = blobs.keep(await readVolume(join(folder, file)), owner);
      } catch (thrown) {
        notes.push(problemOf(thrown, { file }));
      }
    }
    return { results, volumes, notes };
  },
};

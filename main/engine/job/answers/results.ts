import { join } from 'node:path';
import type { BlobVolume } from '../../../../shared/study';
import { problemOf, type Problem } from '../../../../shared/problem/problem';
import type { InputResult } from '../../../../shared/result';
import { readResults } from '../../result/readResults';
import { savedPlane } from '../../result/savedPlane';
import { readVolume } from '../../result/readVolume';
import type { Handlers } from '../session';

/** What stays on the disk: of maps the window asks for one channel at a time, of a search's crops for the places themselves. */
const onDisk: readonly string[] = ['maps', 'search'];

/** Of these the volumes of the first input, the open study, are enough: several networks each saved theirs. */
const firstAlone: readonly string[] = ['compare'];
/** What a network gives before it is read: too large to hold for several networks. */
const isRead = (path: string): boolean => !/(^|\/)output(\/[^/]*)?\.nrrd$/.test(path);

function volumesOf(files: InputResult['files']): string[] {
  return Object.values(files).flatMap((entry) => {
    if (typeof entry === 'string') return entry.endsWith('.nrrd') ? [entry] : [];
    return volumesOf(entry);
  });
}

/** Reads saved results back; a volume that is gone or broken is told, and the others are shown. */
export const resultAnswers: Pick<Handlers, 'engine/openResults' | 'engine/savedPlane'> = {
  'engine/savedPlane': ({ folder, file }) => savedPlane(folder, file),

  'engine/openResults': async ({ folder }, { blobs, signal }) => {
    const results = await readResults(folder);
    const owner = `results/${folder}`;
    blobs.drop(owner);
    const volumes: Record<string, BlobVolume> = {};
    const notes: Problem[] = [];
    const files = results.analyses
      .filter(({ id }) => !onDisk.includes(id))
      .flatMap(({ id, inputs }) =>
        firstAlone.includes(id)
          ? inputs.slice(0, 1).flatMap((input) => volumesOf(input.files).filter(isRead))
          : inputs.flatMap((input) => volumesOf(input.files)),
      );
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

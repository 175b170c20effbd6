import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputResult } from '../../../shared/result';
import type { Part } from '../analysis/analysis';

/** Everything that a part's numbers depend on. */
export interface PartKey {
  readonly network: string;
  readonly input: string;
  readonly inputId: string;
  readonly recipe: unknown;
  readonly analysis: string;
  readonly version: number;
  readonly parameters: unknown;
}

/** Finished parts of a run, in the folder of its results and nowhere else. */
export interface PartCache {
  /** The part, when it was finished and its files are still there. */
  find(key: PartKey): Promise<Part | null>;
  keep(key: PartKey, part: Part): Promise<void>;
}

const Kept = z.object({ result: InputResult, kept: z.unknown() });

const nameOf = (key: PartKey): string => createHash('sha256').update(JSON.stringify(key)).digest('hex');

function filesOf(files: InputResult['files']): string[] {
  return Object.values(files).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : filesOf(entry as InputResult['files']),
  );
}

export function partCache(out: string): PartCache {
  const folder = join(out, '.parts');
  return {
    async find(key) {
      try {
        const read = Kept.parse(JSON.parse(await readFile(join(folder, `${nameOf(key)}.json`), 'utf8')));
        await Promise.all(filesOf(read.result.files).map((file) => access(join(out, file))));
        return { result: read.result, kept: read.kept };
      } catch {
        // Not there, or no longer whole: it is computed again.
        return null;
      }
    },
    async keep(key, part) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${nameOf(key)}.json`);
      await writeFile(`${file}.new`, JSON.stringify({ result: part.result, kept: part.kept }));
      await rename(`${file}.new`, file);
    },
  };
}

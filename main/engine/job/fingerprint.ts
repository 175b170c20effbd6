import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { JobInput } from '../../../shared/job';
import { walkFolder } from '../files/folder';

async function filesBelow(path: string, signal: AbortSignal): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const { sources } = await walkFolder(path, signal);
  return sources.map((source) => source.path);
}

/**
 * What tells that an input's files are those of an earlier run without reading them: where they lie, their sizes and when they were last
 * changed. null where they cannot be looked at.
 */
export async function fingerprintOf(spec: JobInput, base: string, signal: AbortSignal): Promise<string | null> {
  if ('database' in spec) return null;
  const paths =
    'study' in spec
      ? [spec.study]
      : [
          ...('array' in spec ? [spec.array] : Object.values(spec.arrays)),
          ...(spec.truth === undefined ? [] : [spec.truth]),
        ];
  const hash = createHash('sha256');
  try {
    for (const path of paths) {
      const whole = resolve(base, path);
      for (const file of await filesBelow(whole, signal)) {
        const { size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
        hash.update(`${relative(base, file)}\n${String(size)} ${String(mtimeNs)} ${String(ctimeNs)}\n`);
      }
    }
    return hash.digest('hex');
  } catch {
    // What is wrong with its files is said when the input is read.
    signal.throwIfAborted();
    return null;
  }
}

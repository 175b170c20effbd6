import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import type { Progress } from '../../../shared/job';
import { makePhantoms } from './makePhantoms';
import type { ReadJob } from './readJob';

/**
 * `synthetic.json` beside a job: the patients that it names under `folder` are synthetic and made from their seed on first use.
 * Weights can be shipped; patients need not be, since the same seed makes the same patients.
 */
const Synthetic = z.strictObject({
  schema: z.literal('isolens/synthetic@1'),
  folder: z.string(),
  patients: z.number().int().min(1).max(1000),
  seed: z.number().int(),
  /** How many more follow with a marker in the couch, outside the body. */
  marked: z.number().int().min(0).max(1000).default(0),
});
export type Synthetic = z.infer<typeof Synthetic>;

/** Reads `synthetic.json` of a folder; null where there is none. */
export async function syntheticAt(base: string): Promise<Synthetic | null> {
  const file = join(base, 'synthetic.json');
  if (!existsSync(file)) return null;
  return Synthetic.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The user's own folder for made patients, where the job's folder cannot be written (an installed application). */
const ownFolder = (): string =>
  join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'isolens', 'synthetic');

async function writable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    // Read-only, as the package's resources are.
    return false;
  }
}

/** The job with its synthetic patients there: made where they were missing, found in the user's own folder where that is where they are. */
export async function withSyntheticPatients(
  read: ReadJob,
  signal: AbortSignal,
  progress: (progress: Progress) => void,
): Promise<ReadJob> {
  const synthetic = await syntheticAt(read.base);
  if (!synthetic) return read;
  const named = resolve(read.base, synthetic.folder);
  const isSynthetic = (path: string): boolean => resolve(read.base, path).startsWith(named + sep);
  if (!read.job.inputs.some((input) => 'study' in input && isSynthetic(input.study))) return read;
  const out = (await writable(named)) ? named : ownFolder();
  const { patients, seed, marked } = synthetic;
  await makePhantoms({ out, patients, seed, marked, signal, progress });
  const inputs = read.job.inputs.map((input) =>
    'study' in input && isSynthetic(input.study)
      ? { ...input, study: join(out, relative(named, resolve(read.base, input.study))) }
      : input,
  );
  return { ...read, job: { ...read.job, inputs } };
}

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeStudy } from '../dicom/writer/writeStudy';
import { phantomPatient, type PhantomOptions } from './phantomPatient';
import { hash32 } from './random';
import { studyOf } from './study';
import { generator, truthOf, truthSchema } from './truth';

export interface MakePatients extends Pick<PhantomOptions, 'matrix' | 'sliceMm' | 'marker' | 'signal'> {
  /** Folder that gets one folder for each patient: `HN-0001`, `HN-0002`, … */
  readonly out: string;
  readonly patients: number;
  /** How many more follow, with the marker in the couch; with `marker` all have it. */
  readonly marked?: number;
  readonly seed: number;
  /** `done` of `total` patients, with fractions while one is being made. */
  readonly progress?: (done: number, total: number, patient: string) => void;
}

export const patientId = (n: number): string => `HN-${String(n).padStart(4, '0')}`;

/** The seed of the n-th patient (from 1) of a cohort. */
export const patientSeed = (seed: number, n: number): number => hash32(`${seed}/patient/${n}`) >>> 0;

/** Whether a folder already holds just this patient, whole. truth.json is there last. */
async function isMade(folder: string, seed: number, matrix: number, marker: boolean): Promise<boolean> {
  try {
    const truth = JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) as {
      schema?: unknown;
      generator?: unknown;
      seed?: unknown;
      marker?: unknown;
      grid?: { size?: readonly unknown[] };
    };
    return truth.schema === truthSchema && truth.generator === generator && truth.seed === seed && truth.grid?.size?.[0] === matrix && 'marker' in truth === marker; // prettier-ignore
  } catch {
    // Not there, or cut short: it is made anew.
    return false;
  }
}

/**
 * Makes synthetic patients as DICOM studies with their truth.json, a folder each; those that are there whole are kept.
 * Gives the folders, in order. A cancelled or failed patient leaves no folder.
 */
export async function makePatients(wish: MakePatients): Promise<readonly string[]> {
  const { out, marked = 0, seed, signal, progress, matrix = 256, sliceMm } = wish;
  const patients = wish.patients + marked;
  const folders: string[] = [];
  for (let n = 1; n <= patients; n++) {
    signal?.throwIfAborted();
    const id = patientId(n);
    const folder = join(out, id);
    folders.push(folder);
    progress?.(n - 1, patients, id);
    const own = patientSeed(seed, n);
    const marker = wish.marker === true || n > wish.patients;
    if (await isMade(folder, own, matrix, marker)) continue;
    const patient = await phantomPatient(own, {
      matrix,
      marker,
      ...(sliceMm === undefined ? {} : { sliceMm }),
      ...(signal === undefined ? {} : { signal }),
      progress: (share) => progress?.(n - 1 + 0.9 * share, patients, id),
    });
    const part = join(out, `.${id}.part`);
    await rm(part, { recursive: true, force: true });
    try {
      await mkdir(part, { recursive: true });
      for await (const { name, bytes } of writeStudy(studyOf(patient, id), signal))
        await writeFile(join(part, name), bytes);
      await writeFile(join(part, 'truth.json'), JSON.stringify(truthOf(patient, id)));
      await rm(folder, { recursive: true, force: true });
      await rename(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  progress?.(patients, patients, patientId(patients));
  return folders;
}

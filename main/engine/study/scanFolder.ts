import { createHash } from 'node:crypto';
import { basename, dirname, relative, sep } from 'node:path';
import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import type { Progress } from '../../../shared/job';
import type { StudySummary } from '../../../shared/study';
import { parseInstance } from '../dicom/instance';
import { walkFolder } from '../files/folder';
import { sourceOf, type ByteSource } from '../files/source';
import { findIn, type Found } from './found';
import { uidOf } from './imageSeries';
import { filesOf, firstPathOf, linkStudies, type LinkedStudy } from './link';
import { openLinked } from './openStudy';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { Study } from './study';
import { summaryOf } from './summary';

/** A study whose headers have been read: `open` reads its structures, doses and plans; images load when asked for. */
export interface FoundStudy {
  readonly summary: StudySummary;
  readonly patientKey: string;
  /** Its first file, as it lies in the folder. */
  readonly firstFile: string;
  /** UIDs of its image series. */
  readonly seriesUids: readonly string[];
  open(choices?: StudyChoices, signal?: AbortSignal): Promise<Study>;
}

export interface Scan {
  /** Sorted by path. Objects of different patients, or of frames of reference that nothing links, are different studies. */
  readonly studies: readonly FoundStudy[];
  readonly files: number;
  readonly notDicom: number;
  readonly notes: readonly Problem[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * Scans a folder, or the folder of a file (a DICOMDIR included: the folder itself is read). One bad file never stops it; the result does not depend on the order
 * of the disk. *Problems* thrown: `files/missing`, `files/unreadable`; all others are notes.
 */
export async function scanFolder(path: string, { signal, progress }: ScanOptions = {}): Promise<Scan> {
  const { sources, notes: walked } = await contentOf(path, signal);
  const notes: Problem[] = [...walked];
  const found: Found[] = [];
  let notDicom = 0;
  for (const [n, source] of sources.entries()) {
    signal?.throwIfAborted();
    try {
      const object = await findIn(source);
      if (object === null) notDicom++;
      else found.push(object);
    } catch (thrown) {
      notes.push(problemOf(thrown, { file: source.path }));
    }
    progress?.({ stage: 'scan', done: n + 1, total: sources.length, secondsLeft: null });
  }
  const kept = await withoutCopies(found, notes, signal);
  const linked = linkStudies(kept);
  const studies = linked.map((one) => foundStudy(one, homeOf(one, linked, path), path));
  return { studies, files: sources.length, notDicom, notes };
}

/** A chosen file stands for the folder it lies in; a folder for all that is below it. */
async function contentOf(path: string, signal?: AbortSignal) {
  try {
    return await walkFolder(path, signal);
  } catch (thrown) {
    if (!(thrown instanceof IsolensError) || thrown.problem.code !== 'files/not-a-folder') throw thrown;
    // Its records may be stale and its names wrong: the folder itself is read.
    if (basename(path).toUpperCase() === 'DICOMDIR') return await walkFolder(dirname(path), signal);
    const source = await sourceOf(path);
    return { sources: [source], notes: [] };
  }
}

/**
 * The folder that holds a study and no other one: what names it in a job, so that a run reads this patient alone. Where studies lie
 * mixed, the folder that was scanned.
 */
function homeOf(study: LinkedStudy, all: readonly LinkedStudy[], scanned: string): string {
  const folders = filesOf(study).map((file) => dirname(file).split(sep));
  const [first = [], ...rest] = folders;
  const shared = first.filter((_, depth) =>
    rest.every((folder) => first.slice(0, depth + 1).every((part, n) => folder[n] === part)),
  );
  const home = shared.join(sep);
  const within = (file: string): boolean => file.startsWith(home + sep);
  const apart = all.every((other) => other === study || !filesOf(other).some(within));
  return apart && home.length > scanned.length && home.startsWith(scanned) ? home : scanned;
}

function foundStudy(linked: LinkedStudy, path: string, scanned: string): FoundStudy {
  return {
    summary: summaryOf(linked, path),
    patientKey: linked.patient.key,
    firstFile: relative(scanned, firstPathOf(linked)),
    seriesUids: linked.stacks.map(uidOf),
    open: (choices, signal) => openLinked(linked, path, choices, signal),
  };
}

/** Of copies of one object the first by path stays; two different files of one UID are both left out. */
async function withoutCopies(
  found: readonly Found[],
  notes: Problem[],
  signal?: AbortSignal,
): Promise<readonly Found[]> {
  const byUid = new Map<string, Found[]>();
  for (const object of found) {
    const same = byUid.get(object.sopInstanceUid);
    if (same === undefined) byUid.set(object.sopInstanceUid, [object]);
    else same.push(object);
  }
  const kept: Found[] = [];
  for (const copies of byUid.values()) {
    const [first, ...others] = copies as [Found, ...Found[]];
    let differs: Found | undefined;
    if (others.length > 0) {
      signal?.throwIfAborted();
      const content = await contentHash(first.source);
      for (const other of others) if ((await contentHash(other.source)) !== content) differs ??= other;
    }
    if (differs === undefined) kept.push(first);
    else
      notes.push({
        code: 'dicom/same-image',
        facts: { other: differs.source.path },
        where: { file: first.source.path },
      });
  }
  return kept;
}

/** Pixel bytes where there are any, else the whole file. */
async function contentHash(source: ByteSource): Promise<string> {
  const bytes = await source.read(0, source.bytes);
  const pixels = parseInstance(bytes, { upTo: 'end' })?.pixelData;
  const hash = createHash('sha256');
  if (pixels === null || pixels === undefined) return hash.update(bytes).digest('hex');
  hash.update(pixels.bytes);
  for (const fragment of pixels.fragments ?? []) hash.update(fragment.bytes);
  return hash.digest('hex');
}

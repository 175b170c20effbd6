import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { Job, type JobInput } from '../../../shared/job';
import { IsolensError } from '../../../shared/problem/problem';
import { nearestWord, schemaIssueOf } from '../../../shared/schemaIssue';

/** A job whose words are known, and the folder that its relative paths start from. */
export interface ReadJob {
  readonly job: Job;
  readonly base: string;
}

/** *Problems* job/unreadable, job/unknown-key, job/invalid. */
export function checkJob(value: unknown): Job {
  const parsed = Job.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = schemaIssueOf(parsed.error, Job);
  if (issue.kind === 'unknown-key')
    throw new IsolensError('job/unknown-key', { nearest: issue.nearest }, { key: issue.key });
  throw new IsolensError('job/invalid', { reason: issue.reason }, { key: issue.key });
}

/** *Problems* those of `checkJob`. */
export async function readJob(file: string): Promise<ReadJob> {
  const path = resolve(file);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IsolensError('job/unreadable', { reason }, { file }, cause);
  }
  return { job: checkJob(value), base: dirname(path) };
}

/** The path that an input is named after: of `arrays` the first one. */
export function pathOfInput(input: JobInput): string {
  if ('study' in input) return input.study;
  if ('database' in input) return input.database;
  if ('array' in input) return input.array;
  return Object.values(input.arrays)[0] ?? '';
}

/** Ids in the job's order: as given, else the last part of the path without its ending; a repeated one gets a number. */
export function idsOf(inputs: readonly JobInput[]): string[] {
  const taken = new Set<string>();
  return inputs.map((input) => {
    const path = pathOfInput(input).replace(/[/\\]+$/, '');
    const name = 'study' in input ? basename(path) : basename(path, extname(path));
    // An id becomes a folder of the results: nothing in it may lead elsewhere.
    const wanted = (input.id ?? name).replace(/[/\\:*?"<>|]/g, '_').replace(/^\.+/, '_') || 'input';
    let id = wanted;
    for (let n = 2; taken.has(id); n++) id = `${wanted}-${String(n)}`;
    taken.add(id);
    return id;
  });
}

/** *Problem* job/unknown-analysis. */
export function knownAnalysis<A extends { readonly definition: { readonly id: string } }>(
  analyses: readonly A[],
  id: string,
): A {
  const found = analyses.find(({ definition }) => definition.id === id);
  if (found) return found;
  const ids = analyses.map(({ definition }) => definition.id);
  throw new IsolensError('job/unknown-analysis', {
    analysis: id,
    nearest: nearestWord(id, ids),
    known: ids.join(', '),
  });
}

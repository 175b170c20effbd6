import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Database, nameOfEntry, type DatabaseEntry } from '../../../shared/database';
import type { JobInput } from '../../../shared/job';
import { IsolensError } from '../../../shared/problem/problem';
import type { Warning } from '../../../shared/result';
import { schemaIssueOf } from '../../../shared/schemaIssue';
import { warningOf } from '../../../shared/warning';
import { pathOfInput } from './readJob';

/** An input as the job or one of its databases names it. */
export interface NamedInput {
  readonly spec: JobInput;
  /** What a database says of it. */
  readonly tags?: Readonly<Record<string, string | number>>;
  /** Why a database gave no inputs: it fails alone, the others go on. */
  readonly refused?: IsolensError;
}

export interface NamedInputs {
  readonly inputs: readonly NamedInput[];
  /** What the databases leave out, and why. */
  readonly warnings: readonly Warning[];
}

/** Reads a saved list of studies. `file` is what is said of the path. *Problem* job/database-unreadable. */
export async function readDatabase(path: string, file: string = path): Promise<Database> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.message : String(cause));
    throw new IsolensError('job/database-unreadable', { reason }, { file }, cause);
  }
  const parsed = Database.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = schemaIssueOf(parsed.error, Database);
  const reason =
    issue.kind === 'unknown-key'
      ? `unknown key "${issue.key}"; the nearest one is "${issue.nearest}"`
      : `${issue.key}: ${issue.reason}`;
  throw new IsolensError('job/database-unreadable', { reason }, { file, key: issue.key });
}

/** The input that an entry is. `folder`: where the database lies, as the job writes it. */
function specOf(entry: DatabaseEntry, folder: string, given: JobInput & { readonly database: string }): JobInput {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const name = nameOfEntry(entry);
  const patient = entry.patient ?? given.patient;
  const label = entry.label ?? given.label;
  const series = entry.series ?? given.series;
  const named = {
    id: given.id === undefined ? name : `${given.id}-${name}`,
    ...(patient === undefined ? {} : { patient }),
    ...(label === undefined ? {} : { label }),
    ...(series === undefined ? {} : { series }),
  };
  if ('study' in entry)
    return { study: at(entry.study), ...(entry.choices ? { choices: entry.choices } : {}), ...named };
  const truth = entry.truth === undefined ? {} : { truth: at(entry.truth) };
  if ('array' in entry) return { array: at(entry.array), ...truth, ...named };
  const arrays = Object.fromEntries(Object.entries(entry.arrays).map(([input, path]) => [input, at(path)]));
  return { arrays, ...truth, ...named };
}

/** What several lists name by one path, and give no patient, is one patient's. */
function ownedOnce(spec: JobInput, base: string, owners: Map<string, string>): JobInput {
  if (spec.patient !== undefined || spec.id === undefined) return spec;
  const path = resolve(base, pathOfInput(spec));
  const owner = owners.get(path);
  if (owner !== undefined) return { ...spec, patient: owner };
  owners.set(path, spec.id);
  return spec;
}

/** The inputs of a job with each database in its place as what it lists. A database that cannot be read stays as an input that fails. */
export async function withDatabases(inputs: readonly JobInput[], base: string): Promise<NamedInputs> {
  const named: NamedInput[] = [];
  const warnings: Warning[] = [];
  const lists = inputs.filter((spec) => 'database' in spec).length;
  const owners = new Map<string, string>();
  const taken = new Set<string>();
  for (const { tags: given, ...spec } of inputs) {
    if (!('database' in spec)) {
      named.push({ spec, ...(given ? { tags: given } : {}) });
      continue;
    }
    try {
      const { name, entries } = await readDatabase(resolve(base, spec.database), spec.database);
      // Where there are several lists, each input says which it comes from.
      const called = taken.has(name) ? `${name}, ${spec.database}` : name;
      taken.add(name);
      const own = { ...(lists > 1 ? { database: called } : {}), ...given };
      for (const entry of entries) {
        const tags = { ...own, ...entry.tags };
        if (entry.included)
          named.push({
            spec: ownedOnce(specOf(entry, dirname(spec.database), spec), base, owners),
            ...(Object.keys(tags).length > 0 ? { tags } : {}),
          });
        else
          warnings.push(
            warningOf('job/left-out', { input: nameOfEntry(entry), database: name, reason: entry.reason ?? '–' }),
          );
      }
      if (entries.every(({ included }) => !included))
        warnings.push(warningOf('job/database-empty', { database: name }));
    } catch (thrown) {
      if (!(thrown instanceof IsolensError)) throw thrown;
      named.push({ spec, refused: thrown });
    }
  }
  return { inputs: named, warnings };
}

import { dirname } from 'node:path';
import { nameOfEntry, patientOfEntry, type Database, type DatabaseEntry } from '../../../shared/database';
import { IsolensError } from '../../../shared/problem/problem';
import { nearestWord } from '../../../shared/schemaIssue';
import { drawsOf } from '../analysis/statistics/draws';

/** How a list is split: by the folder that its entries lie in, by a tag, or at random into shares of its patients. */
export type Splitting =
  | { readonly by: 'folder' }
  | { readonly by: 'tag'; readonly tag: string }
  | { readonly by: 'random'; readonly shares: readonly number[]; readonly seed: number };

/** Entries without the tag asked for. */
const without = 'without';

/** The patients of a list in their order, each with all of their entries. */
function byPatient(entries: readonly DatabaseEntry[]): ReadonlyMap<string, readonly DatabaseEntry[]> {
  const found = new Map<string, DatabaseEntry[]>();
  for (const entry of entries) {
    const patient = patientOfEntry(entry);
    const own = found.get(patient);
    if (own) own.push(entry);
    else found.set(patient, [entry]);
  }
  return found;
}

const pathOfEntry = (entry: DatabaseEntry): string =>
  'study' in entry ? entry.study : 'array' in entry ? entry.array : (Object.values(entry.arrays)[0] ?? '');

/** Which part each patient goes to, at random: the parts' sizes are their shares, rounded so that they add up. */
function drawnParts(patients: readonly string[], shares: readonly number[], seed: number): Map<string, string> {
  const draws = drawsOf(seed, 'split of a list');
  const order = [...patients];
  for (let n = order.length - 1; n > 0; n--) {
    const other = draws.below(n + 1);
    [order[n], order[other]] = [order[other] as string, order[n] as string];
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  const parts = new Map<string, string>();
  let upTo = 0;
  let from = 0;
  for (const [part, share] of shares.entries()) {
    upTo += share;
    const to = Math.round((order.length * upTo) / total);
    for (const patient of order.slice(from, to)) parts.set(patient, String(part + 1));
    from = to;
  }
  return parts;
}

/** The values of a patient's entries that decide, the first that there is. */
function partOf(entries: readonly DatabaseEntry[], valueOf: (entry: DatabaseEntry) => string): string {
  return entries.map(valueOf).find((value) => value !== '') ?? without;
}

/**
 * Splits a list into lists, by name. The patient is the unit: all entries of one go to the part of the first that says where.
 * *Problem* job/no-such-tag.
 */
export function splitDatabase(database: Database, how: Splitting): ReadonlyMap<string, Database> {
  const patients = byPatient(database.entries);
  if (how.by === 'tag') {
    const known = [...new Set(database.entries.flatMap(({ tags }) => Object.keys(tags ?? {})))];
    if (!known.includes(how.tag) && how.tag !== 'label')
      throw new IsolensError('job/no-such-tag', {
        tag: how.tag,
        database: database.name,
        nearest: known.length === 0 ? '–' : nearestWord(how.tag, known),
      });
  }
  const drawn = how.by === 'random' ? drawnParts([...patients.keys()], how.shares, how.seed) : null;
  const chosen = (patient: string, entries: readonly DatabaseEntry[]): string => {
    switch (how.by) {
      case 'random':
        return drawn?.get(patient) ?? without;
      case 'folder':
        return partOf(entries, (entry) => dirname(pathOfEntry(entry)));
      case 'tag':
        return partOf(entries, ({ tags, label }) =>
          String(tags?.[how.tag] ?? (how.tag === 'label' ? (label ?? '') : '')),
        );
    }
  };
  const parts = new Map<string, DatabaseEntry[]>();
  for (const [patient, entries] of patients) {
    const part = chosen(patient, entries);
    parts.set(part, [...(parts.get(part) ?? []), ...entries]);
  }
  return new Map(
    [...parts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([part, entries]) => [part, { ...database, name: `${database.name} · ${part}`, entries }]),
  );
}

/** Patients of a list, entries that take part, and how each tag is distributed over its patients. */
export interface DatabaseCount {
  readonly name: string;
  readonly patients: number;
  readonly included: number;
  readonly leftOut: readonly { readonly entry: string; readonly reason: string | null }[];
  readonly tags: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Counts the patients of the entries that take part; a patient with several values of a tag counts for each. */
export function countDatabase({ name, entries }: Database): DatabaseCount {
  const running = entries.filter(({ included }) => included);
  const tags: Record<string, Record<string, number>> = {};
  for (const own of byPatient(running).values()) {
    const seen = new Set(
      own.flatMap((entry) => Object.entries(entry.tags ?? {}).map(([tag, value]) => `${tag}\n${String(value)}`)),
    );
    for (const pair of seen) {
      const [tag = '', value = ''] = pair.split('\n');
      const levels = (tags[tag] ??= {});
      levels[value] = (levels[value] ?? 0) + 1;
    }
  }
  return {
    name,
    patients: byPatient(running).size,
    included: running.length,
    leftOut: entries
      .filter(({ included }) => !included)
      .map((entry) => ({ entry: nameOfEntry(entry), reason: entry.reason ?? null })),
    tags,
  };
}

/** Whose patients are in both of two lists, and in one only, among those that take part. */
export function comparePatients(
  one: Database,
  other: Database,
): { readonly both: readonly string[]; readonly onlyFirst: readonly string[]; readonly onlySecond: readonly string[] } {
  const of = ({ entries }: Database): readonly string[] => [
    ...byPatient(entries.filter(({ included }) => included)).keys(),
  ];
  const [first, second] = [of(one), of(other)];
  return {
    both: first.filter((patient) => second.includes(patient)),
    onlyFirst: first.filter((patient) => !second.includes(patient)),
    onlySecond: second.filter((patient) => !first.includes(patient)),
  };
}

import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Database, type DatabaseEntry } from '../../../shared/database';
import { writeWhole } from '../result/writeWhole';

/** A list with each of its paths written anew. */
export function movedDatabase(database: Database, at: (path: string) => string): Database {
  const moved = (entry: DatabaseEntry): DatabaseEntry => {
    if ('study' in entry) return { ...entry, study: at(entry.study) };
    const truth = entry.truth === undefined ? {} : { truth: at(entry.truth) };
    if ('array' in entry) return { ...entry, array: at(entry.array), ...truth };
    const arrays = Object.fromEntries(Object.entries(entry.arrays).map(([input, path]) => [input, at(path)]));
    return { ...entry, arrays, ...truth };
  };
  return { ...database, entries: database.entries.map(moved) };
}

/** Saves a list; its paths, which start from `base`, then start from the list's own folder. *Problems* result/disk-full, result/cannot-write. */
export async function writeDatabase(path: string, database: Database, base: string): Promise<void> {
  const file = resolve(path);
  const from = (path: string): string => {
    const whole = resolve(base, path);
    // Between two drives there is no way but the whole path.
    const way = relative(dirname(file), whole);
    return isAbsolute(way) ? way : way.split(sep).join('/') || '.';
  };
  const saved = Database.parse(movedDatabase(database, from));
  await writeWhole(file, [`${JSON.stringify(saved, null, 2)}\n`], path);
}

import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Database, type DatabaseEntry } from '../../../shared/database';
import { writeWhole } from '../result/writeWhole';

/** An entry whose paths start from another folder. */
function moved(entry: DatabaseEntry, from: string, to: string): DatabaseEntry {
  const at = (path: string): string => {
    const whole = resolve(from, path);
    // Between two drives there is no way but the whole path.
    const way = relative(to, whole);
    return isAbsolute(way) ? way : way.split(sep).join('/') || '.';
  };
  if ('study' in entry) return { ...entry, study: at(entry.study) };
  const truth = entry.truth === undefined ? {} : { truth: at(entry.truth) };
  if ('array' in entry) return { ...entry, array: at(entry.array), ...truth };
  const arrays = Object.fromEntries(Object.entries(entry.arrays).map(([input, path]) => [input, at(path)]));
  return { ...entry, arrays, ...truth };
}

/** Saves a list; its paths, which start from `base`, then start from the list's own folder. *Problems* result/disk-full, result/cannot-write. */
export async function writeDatabase(path: string, database: Database, base: string): Promise<void> {
  const file = resolve(path);
  const entries = database.entries.map((entry) => moved(entry, resolve(base), dirname(file)));
  await writeWhole(file, [`${JSON.stringify(Database.parse({ ...database, entries }), null, 2)}\n`], path);
}

import { dirname, join } from 'node:path';
import { readDatabase } from '../engine/job/databases';
import { comparePatients, countDatabase, splitDatabase, type Splitting } from '../engine/job/splitDatabase';
import { writeDatabase } from '../engine/job/writeDatabase';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** A part's name as a file's. */
const fileOf = (part: string): string =>
  `${part.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+/, '') || 'part'}.json`;

export interface SplitWords {
  readonly by: string;
  readonly shares: readonly number[];
  readonly seed: number;
  readonly out: string;
}

/** Splits a saved list into lists of their own, and says how many patients each holds. */
export async function split(file: string, { by, shares, seed, out }: SplitWords): Promise<void> {
  const how: Splitting = by === 'folder' ? { by } : by === 'random' ? { by, shares, seed } : { by: 'tag', tag: by };
  for (const [part, database] of splitDatabase(await readDatabase(file), how)) {
    const path = join(out, fileOf(part));
    await writeDatabase(path, database, dirname(file));
    const { patients, included, leftOut } = countDatabase(database);
    say(`${path}: ${String(patients)} patients, ${String(included)} inputs, ${String(leftOut.length)} left out`);
  }
}

/** Counts saved lists: patients, inputs, tags; of two also the patients that they share. */
export async function lists(files: readonly string[]): Promise<void> {
  const read = [];
  for (const file of files) read.push(await readDatabase(file));
  for (const database of read) {
    const { name, patients, included, leftOut, tags } = countDatabase(database);
    say(`${name}: ${String(patients)} patients, ${String(included)} inputs, ${String(leftOut.length)} left out`);
    for (const { entry, reason } of leftOut) say(`  left out: ${entry}${reason === null ? '' : ` (${reason})`}`);
    for (const [tag, levels] of Object.entries(tags))
      say(
        `  ${tag}: ${Object.entries(levels)
          .map(([level, n]) => `${level} ${String(n)}`)
          .join(', ')}`,
      );
  }
  const [one, other] = read;
  if (!one || !other) return;
  const { both, onlyFirst, onlySecond } = comparePatients(one, other);
  say(`patients in both: ${String(both.length)}${both.length === 0 ? '' : ` (${both.join(', ')})`}`);
  say(`only in ${one.name}: ${String(onlyFirst.length)}; only in ${other.name}: ${String(onlySecond.length)}`);
}

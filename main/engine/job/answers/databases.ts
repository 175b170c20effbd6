import { dirname, join, resolve } from 'node:path';
import { readDatabase } from '../databases';
import type { Handlers } from '../session';
import { countDatabase, splitDatabase, type Splitting } from '../splitDatabase';
import { movedDatabase, writeDatabase } from '../writeDatabase';

/** Saved lists of studies are read, written and split. Paths cross whole: the window's do not start from a file. */
export const databaseAnswers: Pick<Handlers, 'engine/openDatabase' | 'engine/saveDatabase' | 'engine/splitDatabase'> = {
  'engine/openDatabase': async ({ path }) => {
    const database = await readDatabase(path);
    return { database: movedDatabase(database, (file) => resolve(dirname(path), file)) };
  },
  'engine/saveDatabase': async ({ path, database }) => {
    await writeDatabase(path, database, dirname(path));
    return {};
  },
  'engine/splitDatabase': async ({ database, by, shares, seed, folder }) => {
    const how: Splitting = by === 'folder' ? { by } : by === 'random' ? { by, shares, seed } : { by: 'tag', tag: by };
    const lists = [];
    for (const [part, list] of splitDatabase(database, how)) {
      const name = `${part.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+/, '') || 'part'}.json`;
      await writeDatabase(join(folder, name), list, folder);
      const { patients, included } = countDatabase(list);
      lists.push({ name, patients, included });
    }
    return { lists };
  },
};

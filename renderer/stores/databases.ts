import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Database as SavedList, DatabaseEntry } from '../../shared/database';
import { problemOf, type Problem } from '../../shared/problem/problem';
import type { StudySummary } from '../../shared/study';
import { ask } from '../bridge/bridge';
import { useStudies } from './studies';

/** A folder that was opened, or a saved list, and the studies that were found in it. */
export interface Database {
  readonly path: string;
  /** The list's own name, else the folder's. */
  readonly name: string;
  readonly kind: 'folder' | 'list';
  readonly studies: readonly StudySummary[];
}

interface SavedListOpened {
  readonly path: string;
  readonly name: string;
  readonly ids: readonly string[];
  readonly folders: readonly string[];
}

/** The last part of a path, whatever the system's separator. */
const lastPart = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

const hasImage = ({ objects }: StudySummary): boolean => objects.some(({ kind, usable }) => kind === 'image' && usable);

/** Which of the studies found take part in questions about many patients. Every one does until it is unticked. */
export const useDatabases = defineStore('databases', () => {
  const studies = useStudies();
  const left = ref<ReadonlySet<string>>(new Set());

  /** Saved lists that were opened; `folders` are those that were opened for it alone. */
  const lists = ref<readonly SavedListOpened[]>([]);
  const withImages = (ids: readonly string[]): readonly StudySummary[] =>
    studies.summaries.filter((study) => ids.includes(study.id) && hasImage(study));

  /** A folder that a list opened does not stand beside that list. */
  const databases = computed<readonly Database[]>(() => {
    const ofLists = lists.value.flatMap(({ folders }) => folders);
    return [
      ...studies.folders
        .filter((path) => !ofLists.includes(path))
        .map((path): Database => {
          const found = withImages(studies.foundIn[path] ?? []);
          return { path, name: lastPart(path), kind: 'folder', studies: found };
        }),
      ...lists.value.map(({ path, name, ids }): Database => ({ path, name, kind: 'list', studies: withImages(ids) })),
    ];
  });
  /** The open study always takes part: its pictures stand beside the numbers. */
  const isIncluded = (id: string): boolean => id === studies.currentId || !left.value.has(id);
  /** The studies of a question about many patients, the open one first. */
  const included = computed<readonly StudySummary[]>(() => {
    const all = studies.summaries.filter((study) => hasImage(study) && isIncluded(study.id));
    return [...all.filter(({ id }) => id === studies.currentId), ...all.filter(({ id }) => id !== studies.currentId)];
  });

  function include(ids: readonly string[], isOn: boolean): void {
    const next = new Set(left.value);
    for (const id of ids)
      if (isOn) next.delete(id);
      else next.add(id);
    left.value = next;
  }

  /** Why studies are left out, by their ids. */
  const reasons = ref<Readonly<Record<string, string>>>({});
  const leftOut = computed<readonly StudySummary[]>(() =>
    studies.summaries.filter((study) => hasImage(study) && !isIncluded(study.id)),
  );
  const because = (id: string, reason: string): void => {
    reasons.value = { ...reasons.value, [id]: reason };
  };

  /** What is ticked and what is not, as a list that can be saved. A patient is called by the folder of the first of their studies. */
  function listed(name: string): SavedList {
    const shown = studies.summaries.filter(hasImage);
    const keyOf = ({ patient, id }: StudySummary): string => patient.id || patient.name || id;
    const entries = shown.map((study): DatabaseEntry => {
      const first = shown.find((other) => keyOf(other) === keyOf(study)) ?? study;
      const image = study.objects.find(({ kind, usable }) => kind === 'image' && usable);
      const isShared = shown.some((other) => other.id !== study.id && other.path === study.path);
      const reason = reasons.value[study.id];
      return {
        study: study.path,
        patient: lastPart(first.path),
        ...(isShared && image ? { series: image.id } : {}),
        included: isIncluded(study.id),
        ...(reason ? { reason } : {}),
        ...(study.tags ? { tags: study.tags } : {}),
        ...(studies.choices[study.id] ? { choices: studies.choices[study.id] } : {}),
      };
    });
    return { schema: 'isolens/database@1', name, entries };
  }

  /** Saves what is ticked where the user chooses. Null: they named no file. */
  async function save(title: string): Promise<string | null> {
    const { path } = await ask('desktop/choose', { what: 'newDatabase', title });
    if (path === null) return null;
    const file = path.endsWith('.json') ? path : `${path}.json`;
    await ask('engine/saveDatabase', { path: file, database: listed(lastPart(file).replace(/\.json$/, '')) });
    return file;
  }

  /** Opens the studies of a saved list, ticked as it says. Gives how many it holds and what could not be opened; null where none was named. */
  async function open(title: string): Promise<{ name: string; studies: number; problems: readonly Problem[] } | null> {
    const { path } = await ask('desktop/choose', { what: 'database', title });
    if (path === null) return null;
    const { database } = await ask('engine/openDatabase', { path });
    const problems: Problem[] = [];
    const ids: string[] = [];
    const before = [...studies.folders];
    for (const entry of database.entries) {
      if (!('study' in entry)) continue;
      try {
        const found = await studies.openFolder(entry.study);
        const { series } = entry;
        const meant = studies.summaries.filter(
          ({ id, objects }) =>
            found.includes(id) && (series === undefined || objects.some((object) => object.id === series)),
        );
        for (const { id } of meant) {
          include([id], entry.included);
          if (entry.reason !== undefined) because(id, entry.reason);
          if (entry.choices) studies.choose(id, entry.choices);
        }
        ids.push(...meant.map(({ id }) => id));
      } catch (thrown) {
        // One study that cannot be read leaves the others.
        problems.push(problemOf(thrown));
      }
    }
    const folders = studies.folders.filter((folder) => !before.includes(folder));
    const held = lists.value.find((list) => list.path === path)?.folders ?? [];
    lists.value = [
      ...lists.value.filter((list) => list.path !== path),
      { path, name: database.name, ids, folders: [...held, ...folders] },
    ];
    return { name: database.name, studies: ids.length, problems };
  }

  /** Splits what is ticked into lists in a folder that the user names; null where they named none. */
  async function split(
    title: string,
    how: { readonly by: string; readonly shares: readonly number[]; readonly seed: number },
  ): Promise<Gives<'engine/splitDatabase'>['lists'] | null> {
    const { path } = await ask('desktop/choose', { what: 'databaseFolder', title });
    if (path === null) return null;
    const asked = { by: how.by, shares: [...how.shares], seed: how.seed, folder: path };
    return (await ask('engine/splitDatabase', { database: listed(lastPart(path)), ...asked })).lists;
  }

  /** Tags by which what is ticked can be split. */
  const tags = computed<readonly string[]>(() =>
    [...new Set(included.value.flatMap((study) => Object.keys(study.tags ?? {})))].sort(),
  );

  return { databases, included, isIncluded, include, reasons, leftOut, because, save, open, split, tags };
});

import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { StudySummary } from '../../shared/study';
import { useStudies } from './studies';

/** A folder that was opened, and the studies that were found in it. */
export interface Database {
  readonly path: string;
  readonly studies: readonly StudySummary[];
}

const hasImage = ({ objects }: StudySummary): boolean => objects.some(({ kind, usable }) => kind === 'image' && usable);

/** Which of the studies found take part in questions about many patients. Every one does until it is unticked. */
export const useDatabases = defineStore('databases', () => {
  const studies = useStudies();
  const left = ref<ReadonlySet<string>>(new Set());

  const databases = computed<readonly Database[]>(() =>
    studies.folders.map((path) => {
      const ids = studies.foundIn[path] ?? [];
      return { path, studies: studies.summaries.filter((study) => ids.includes(study.id) && hasImage(study)) };
    }),
  );
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

  return { databases, included, isIncluded, include };
});

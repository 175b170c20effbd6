import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Progress } from '../../shared/job';
import type { StudyDetail, StudySummary } from '../../shared/study';
import type { StudyChoices } from '../../shared/studyChoices';
import { ask } from '../bridge/bridge';

type Histograms = Gives<'engine/doseVolumeHistograms'>['rows'];

/** The studies that were found, the one that is open, and what was counted of it. */
export const useStudies = defineStore('studies', () => {
  const folders = ref<string[]>([]);
  /** Ids of the studies of each folder, as of its last scan. */
  const foundIn = shallowRef<Readonly<Record<string, readonly string[]>>>({});
  const summaries = shallowRef<readonly StudySummary[]>([]);
  const currentId = ref<string | null>(null);
  const detail = shallowRef<StudyDetail | null>(null);
  const histograms = shallowRef<Histograms | null>(null);
  const progress = ref<Progress | null>(null);
  const notes = shallowRef<Gives<'engine/openFolder'>['notes']>([]);
  /** What the user chose of each study, by its id; nothing for those that the rules of linking decide. */
  const choices = ref<Readonly<Record<string, StudyChoices>>>({});
  let opening: AbortController | null = null;

  const current = computed(() => summaries.value.find(({ id }) => id === currentId.value) ?? null);

  /** Lets the user name a folder of studies. Null: the user named none. */
  async function askForFolder(title: string): Promise<string | null> {
    return (await ask('desktop/choose', { what: 'studyFolder', title })).path;
  }

  /** Scans a folder; its studies join those already listed. Gives the ids found. */
  async function openFolder(path: string): Promise<readonly string[]> {
    progress.value = { stage: 'scan', done: 0, total: 0, secondsLeft: null };
    try {
      const found = await ask('engine/openFolder', { path }, { onProgress: (told) => (progress.value = told) });
      const ids = new Set(found.studies.map(({ id }) => id));
      summaries.value = [...summaries.value.filter(({ id }) => !ids.has(id)), ...found.studies];
      foundIn.value = { ...foundIn.value, [path]: [...ids] };
      notes.value = found.notes;
      if (!folders.value.includes(path)) folders.value.push(path);
      return [...ids];
    } finally {
      progress.value = null;
    }
  }

  /** Opens one study for both panes. The one before it stays on the screen until the new one is there. */
  async function open(id: string): Promise<void> {
    opening?.abort();
    const mine = (opening = new AbortController());
    currentId.value = id;
    progress.value = { stage: 'open', done: 0, total: 0, secondsLeft: null };
    try {
      const opened = await ask(
        'engine/openStudy',
        { study: id, choices: choices.value[id] ?? {} },
        { signal: mine.signal, onProgress: (told) => (progress.value = told) },
      );
      if (mine.signal.aborted) return;
      detail.value = markRaw(opened);
      histograms.value = null;
    } catch (thrown) {
      if (mine.signal.aborted) return;
      currentId.value = detail.value?.id ?? null;
      throw thrown;
    } finally {
      if (opening === mine) progress.value = null;
    }
  }

  /** Changes what is active of a study; it counts when the study is opened next. */
  function choose(id: string, change: StudyChoices): void {
    choices.value = { ...choices.value, [id]: { ...choices.value[id], ...change } };
  }

  /** Dose–volume histograms of the open study, counted once. */
  async function countHistograms(): Promise<void> {
    const study = detail.value;
    if (!study?.dose || histograms.value) return;
    const { rows } = await ask('engine/doseVolumeHistograms', { study: study.id });
    if (detail.value?.id === study.id) histograms.value = markRaw(rows);
  }

  /** Opens again by path what was open when the engine was lost. */
  async function reopen(): Promise<void> {
    const before = current.value;
    for (const folder of folders.value) await openFolder(folder);
    if (!before) return;
    const again =
      summaries.value.find(({ id }) => id === before.id) ??
      summaries.value.find(({ path, description }) => path === before.path && description === before.description);
    if (again) await open(again.id);
  }

  return {
    folders,
    foundIn,
    summaries,
    current,
    currentId,
    detail,
    histograms,
    progress,
    notes,
    askForFolder,
    openFolder,
    open,
    choices,
    choose,
    countHistograms,
    reopen,
  };
});

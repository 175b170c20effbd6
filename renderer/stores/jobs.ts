import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef } from 'vue';
import type { Asks } from '../../shared/contract/contract';
import type { Estimate, JobEvent } from '../../shared/contract/engine';
import type { Progress } from '../../shared/job';
import type { Problem } from '../../shared/problem/problem';
import type { BlobVolume } from '../../shared/study';
import type { StudyChoices } from '../../shared/studyChoices';
import { ask, hear } from '../bridge/bridge';
import { i18n } from '../locales/i18n';
import { usePreferences } from './preferences';
import { problemFrom } from './problems';

export type JobAsked = Asks<'engine/startJob'>['job'];
export type JobState = 'queued' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed' | 'lost';

/** What a run is about: it decides where its answer is shown and whether it is still current. */
export interface JobSubject {
  readonly analysis: string;
  readonly networkSha: string;
  readonly networkName: string;
  /** The study that was open when it was asked. */
  readonly study: string;
  readonly studyName: string;
  /** Every study that it asks, the open one first. */
  readonly studies: readonly string[];
  /** What was chosen of those studies, by their ids. */
  readonly choices: Readonly<Record<string, StudyChoices>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Where several networks are compared: which, and what each tab asks of them. */
  readonly compared?: ComparedSubject;
}

export interface ComparedSubject {
  readonly networks: readonly string[];
  readonly analyses: readonly { readonly id: string; readonly parameters: Readonly<Record<string, unknown>> }[];
  /** What the user arranged beyond that: the order of training, runs of one recipe, two databases. */
  readonly order?: readonly string[] | undefined;
  readonly groups?: Readonly<Record<string, string>> | undefined;
  readonly databases?: readonly { readonly name: string; readonly ids: readonly string[] }[] | undefined;
}

/** One run as the window follows it. */
export interface JobRun {
  readonly id: string;
  readonly subject: JobSubject;
  readonly startedAt: number;
  readonly state: JobState;
  readonly progress: Progress | null;
  /** Maps computed so far, by name. */
  readonly partial: Readonly<Record<string, BlobVolume>>;
  readonly folder: string | null;
  readonly problem: Problem | null;
}

const ended = new Set<JobState>(['done', 'cancelled', 'failed', 'lost']);
export const hasEnded = ({ state }: JobRun): boolean => ended.has(state);

function after(run: JobRun, event: JobEvent): JobRun {
  switch (event.kind) {
    case 'queued':
      return run;
    case 'progress':
      return { ...run, state: run.state === 'queued' ? 'running' : run.state, progress: event.progress };
    case 'partial':
      return { ...run, partial: markRaw({ ...run.partial, ...event.volumes }) };
    case 'done':
      return { ...run, state: 'done', folder: event.folder };
    case 'cancelled':
      return { ...run, state: 'cancelled', folder: event.folder };
    case 'failed':
      return { ...run, state: 'failed', problem: problemFrom(event.problem) };
    case 'lost':
      return { ...run, state: 'lost', problem: problemFrom(event.problem), folder: event.folder };
  }
}

/** Runs: started, followed, cancelled. Newest first. */
export const useJobs = defineStore('jobs', () => {
  const runs = shallowRef<readonly JobRun[]>([]);
  const estimating = ref(false);
  const early = new Map<string, JobEvent[]>();
  const onEnd = new Set<(run: JobRun) => void>();
  const kept = usePreferences();

  /** The memory that the user allows; nothing where the engine is to choose. */
  function memory(): { memoryGib?: number } {
    const { memoryGib } = kept.preferences;
    return memoryGib === undefined ? {} : { memoryGib };
  }

  const running = computed(() => runs.value.filter((run) => !hasEnded(run)));

  function take(event: JobEvent): void {
    const run = runs.value.find(({ id }) => id === event.jobId);
    if (!run) {
      early.set(event.jobId, [...(early.get(event.jobId) ?? []), event]);
      return;
    }
    if (hasEnded(run)) return;
    const next = after(run, event);
    runs.value = runs.value.map((each) => (each.id === run.id ? next : each));
    if (hasEnded(next)) for (const listener of onEnd) listener(next);
  }

  /** Follows the engine's events until the returned function is called; `listener` hears of each run that ends. */
  function follow(listener: (run: JobRun) => void): () => void {
    onEnd.add(listener);
    const stop = hear('engine/jobEvents', take);
    return () => {
      onEnd.delete(listener);
      stop();
    };
  }

  /** Starts a run. Events that came before the answer did are not lost. */
  async function start(subject: JobSubject, job: JobAsked, out: string): Promise<string> {
    const language = i18n.global.locale.value;
    const { jobId } = await ask('engine/startJob', { job, base: '', out, language, ...memory() });
    const run: JobRun = {
      id: jobId,
      subject: markRaw(subject),
      startedAt: Date.now(),
      state: 'queued',
      progress: null,
      partial: {},
      folder: null,
      problem: null,
    };
    runs.value = [run, ...runs.value];
    for (const event of early.get(jobId) ?? []) take(event);
    early.delete(jobId);
    return jobId;
  }

  /** What a run will cost, before it starts. */
  async function estimate(job: JobAsked, signal: AbortSignal): Promise<Estimate | null> {
    estimating.value = true;
    try {
      const { analyses } = await ask('engine/estimateJob', { job, base: '', ...memory() }, { signal });
      return analyses[0] ?? null;
    } finally {
      estimating.value = false;
    }
  }

  async function cancel(jobId: string): Promise<void> {
    const cancelled = runs.value.find(({ id }) => id === jobId);
    if (!cancelled || hasEnded(cancelled)) return;
    runs.value = runs.value.map((run) => (run.id === jobId ? { ...run, state: 'cancelling' } : run));
    await ask('engine/cancelJob', { jobId });
  }

  return { runs, running, estimating, follow, start, estimate, cancel, take };
});

import { randomUUID } from 'node:crypto';
import { problemOf } from '../../../../shared/problem/problem';
import type { Language } from '../../../../shared/words';
import type { JobEvent } from '../../../../shared/contract/engine';
import { openNetwork } from '../../network/open';
import { estimatePlan, type EstimateMemory } from '../estimate';
import { memoryBudget } from '../memoryBudget';
import type { OpenNetworks } from '../openNetworks';
import { planJob, type Plan } from '../plan';
import { queue } from '../queue';
import type { ReadJob } from '../readJob';
import { resultFolder } from '../resultFolder';
import { runPlan } from '../run';
import type { Answering, Handlers } from '../session';

/** Partial maps come about once a second; a busy machine may need several to fetch one. */
const partialsKept = 6;
const partialOwner = (jobId: string, n: number): string => `${jobId}/partial/${String(n % partialsKept)}`;

/** Plans with the networks and recipes that the window holds open, so that nothing is loaded twice. */
function planWith(networks: OpenNetworks, read: ReadJob, signal: AbortSignal): Promise<Plan> {
  return planJob(read, {
    signal,
    open: (path, options) => {
      const held = networks.at(path);
      return held ? Promise.resolve(held.loaded) : openNetwork(path, options);
    },
    recipeFor: (path) => networks.at(path)?.recipe ?? null,
  });
}

/** Starts, estimates and cancels jobs: one runs at a time, the others wait. */
export function jobAnswers(
  networks: OpenNetworks,
): Pick<Handlers, 'engine/estimateJob' | 'engine/startJob' | 'engine/cancelJob'> {
  const running = new Map<string, AbortController>();
  const line = queue();
  const estimated: EstimateMemory = { last: null };

  async function run(
    jobId: string,
    read: ReadJob,
    out: string,
    language: Language | undefined,
    memoryBytes: number,
    signal: AbortSignal,
    { tell, blobs }: Answering,
  ): Promise<void> {
    let partials = 0;
    const event = (event: JobEvent): void => {
      tell('engine/jobEvents', event);
    };
    try {
      const plan = await planWith(networks, read, signal);
      const folder = await resultFolder(out, read.job, language);
      const { cancelled } = await runPlan(plan, {
        folder,
        signal,
        resume: true,
        memoryBytes,
        progress: (progress) => {
          event({ kind: 'progress', jobId, progress });
        },
        partial: (analysis, input, volumes) => {
          // A few before it stay: the window may still be fetching one of them.
          const owner = partialOwner(jobId, partials++);
          blobs.drop(owner);
          const kept = Object.entries(volumes).map(([name, volume]) => [name, blobs.keep(volume, owner)] as const);
          event({ kind: 'partial', jobId, analysis, input, volumes: Object.fromEntries(kept) });
        },
      });
      event({ kind: cancelled ? 'cancelled' : 'done', jobId, folder: out });
    } catch (thrown) {
      if (signal.aborted) event({ kind: 'cancelled', jobId, folder: out });
      else event({ kind: 'failed', jobId, problem: problemOf(thrown) });
    } finally {
      for (let n = 0; n < partialsKept; n++) blobs.drop(partialOwner(jobId, n));
      running.delete(jobId);
    }
  }

  return {
    'engine/estimateJob': async ({ job, base, memoryGib }, { signal }) => {
      const plan = await planWith(networks, { job, base }, signal);
      return { analyses: await estimatePlan(plan, memoryBudget(memoryGib), signal, estimated) };
    },
    'engine/startJob': ({ job, base, out, language, memoryGib }, answering) => {
      const jobId = randomUUID();
      estimated.last = null; // The run needs the room.
      const controller = new AbortController();
      running.set(jobId, controller);
      answering.tell('engine/jobEvents', { kind: 'queued', jobId });
      const read = { job, base };
      const begin = (): Promise<void> =>
        run(jobId, read, out, language, memoryBudget(memoryGib), controller.signal, answering);
      const work = line.add(begin, controller.signal);
      void work.then(() => {
        // Cancelled while it waited: it never began, and its end must still be told.
        if (!running.delete(jobId)) return;
        answering.tell('engine/jobEvents', { kind: 'cancelled', jobId, folder: out });
      });
      return Promise.resolve({ jobId });
    },
    'engine/cancelJob': ({ jobId }) => {
      running.get(jobId)?.abort();
      return Promise.resolve({});
    },
  };
}

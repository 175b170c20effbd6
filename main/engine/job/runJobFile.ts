import type { Progress } from '../../../shared/job';
import { problemOf } from '../../../shared/problem/problem';
import type { Backend, Results, Shard, Warning } from '../../../shared/result';
import { startBackend } from './backend';
import { memoryBudget } from './memoryBudget';
import { closePlan, planJob, type Plan } from './plan';
import { readJob, type ReadJob } from './readJob';
import { resultFolder, type ResultFolder } from './resultFolder';
import { errorEntryOf } from './errorEntry';
import { runPlan } from './run';
import { withSyntheticPatients } from './syntheticPatients';

export interface RunJobOptions {
  readonly out: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly resume?: boolean;
  readonly backend?: Backend['rung'];
  readonly memoryGib?: number;
  readonly shard?: Shard;
  readonly language?: 'en' | 'fr';
  /** What is done with the finished folder; its warning joins the results. */
  readonly finish?: (folder: string) => Promise<Warning | null>;
}

export interface JobOutcome {
  readonly results: Results;
  readonly cancelled: boolean;
  /** Path of report.html. */
  readonly report: string;
}

/** Understands the job; what is wrong with it stands in results.json too, wherever the folder could be made. */
async function planned(
  read: ReadJob,
  folder: ResultFolder,
  { backend, signal, progress }: RunJobOptions,
): Promise<Plan> {
  try {
    await startBackend(backend);
    return await planJob(await withSyntheticPatients(read, signal, progress), { signal });
  } catch (thrown) {
    await folder.save({
      ...folder.heading(null),
      seconds: 0,
      analyses: [],
      errors: [errorEntryOf(problemOf(thrown))],
    });
    throw thrown;
  }
}

/** A job file, run into a folder. *Problems* of the job and its network are thrown; those of inputs stand in the results. */
export async function runJobFile(file: string, options: RunJobOptions): Promise<JobOutcome> {
  const { out, signal, progress, resume = false, memoryGib, shard, language = 'en', finish } = options;
  let read: ReadJob;
  try {
    read = await readJob(file);
  } catch (thrown) {
    const folder = await resultFolder(out, null, language);
    await folder.save({ ...folder.heading(null), seconds: 0, analyses: [], errors: [errorEntryOf(problemOf(thrown))] });
    throw thrown;
  }
  const folder = await resultFolder(out, read.job, language);
  const plan = await planned(read, folder, options);
  try {
    const { results, cancelled } = await runPlan(plan, {
      folder,
      signal,
      resume,
      memoryBytes: memoryBudget(memoryGib),
      progress,
      shard,
    });
    const warning = (await finish?.(folder.path)) ?? null;
    const told = warning === null ? results : { ...results, warnings: [...(results.warnings ?? []), warning] };
    if (warning !== null) await folder.save(told);
    return { results: told, cancelled, report: folder.reportPath };
  } finally {
    closePlan(plan);
  }
}

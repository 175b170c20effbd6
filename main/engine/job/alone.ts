import type { Progress } from '../../../shared/job';
import { problemOf } from '../../../shared/problem/problem';
import type { ErrorEntry } from '../../../shared/result';
import type { Context, Part } from '../analysis/analysis';
import { errorEntryOf } from './errorEntry';
import { pace } from './pace';
import { partName, type PartCache } from './partCache';
import type { Plan, PlannedAnalysis } from './plan';
import type { ResultFolder } from './resultFolder';

/** What the analyses of a plan found of the network alone: one entry an analysis, null where there is nothing to find or it failed. */
export interface Alone {
  readonly parts: readonly (Part | null)[];
  readonly errors: readonly ErrorEntry[];
}

export interface AloneOptions {
  readonly folder: ResultFolder;
  readonly signal: AbortSignal;
  readonly resume: boolean;
  readonly progress: (progress: Progress) => void;
  readonly context: Context;
  readonly cache: PartCache;
}

/** Where an analysis that needs no input keeps its files: beside the folders of inputs. */
const folderName = 'network';
/** Progress is told in thousandths. */
const whole = 1000;

/** Runs what needs no input, once. A part that an earlier run left is taken as it is; what fails stops nothing else. */
export async function findAlone(plan: Plan, options: AloneOptions): Promise<Alone> {
  const parts: (Part | null)[] = [];
  const errors: ErrorEntry[] = [];
  for (const step of plan.analyses) {
    try {
      parts.push(await partAlone(plan, step, options));
    } catch (thrown) {
      parts.push(null);
      if (!options.signal.aborted) errors.push(errorEntryOf(problemOf(thrown)));
    }
  }
  return { parts, errors };
}

async function partAlone(
  plan: Plan,
  { analysis, parameters, networks }: PlannedAnalysis,
  { folder, signal, resume, progress, context, cache }: AloneOptions,
): Promise<Part | null> {
  if (!analysis.onNetwork || signal.aborted) return null;
  const { id, version } = analysis.definition;
  const name = partName({
    network: plan.network.sha256,
    input: Object.values(networks)
      .map(({ sha256 }) => sha256)
      .join(' '),
    inputId: '',
    recipe: null,
    analysis: id,
    version,
    parameters,
  });
  const found = resume ? await cache.find(name) : null;
  if (found) return found;
  const tempo = pace();
  const work = analysis.onNetwork({ ...context, networks }, parameters, folder.writer(id, folderName, plan), signal);
  for (;;) {
    const next = await work.next();
    if (next.done) return next.value.partial === true ? next.value : cache.keep(name, next.value);
    if (next.value.kind === 'progress')
      progress(tempo.at(`${id}: ${next.value.stage}`, Math.round(whole * next.value.done), whole));
  }
}

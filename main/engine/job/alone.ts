import type { Progress } from '../../../shared/job';
import { problemOf } from '../../../shared/problem/problem';
import type { ErrorEntry } from '../../../shared/result';
import type { Context, Part } from '../analysis/analysis';
import { errorEntryOf } from './errorEntry';
import { pace } from './pace';
import { contextOf, identityOf, writerOf } from './stepContext';
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
      const where = step.of ? { network: step.of.name } : {};
      if (!options.signal.aborted) errors.push(errorEntryOf(problemOf(thrown, where)));
    }
  }
  return { parts, errors };
}

async function partAlone(
  plan: Plan,
  step: PlannedAnalysis,
  { folder, signal, resume, progress, context, cache }: AloneOptions,
): Promise<Part | null> {
  const { analysis, parameters, networks } = step;
  if (!analysis.onNetwork || signal.aborted) return null;
  const { id, version } = analysis.definition;
  const { network, compared } = identityOf(plan, step);
  const name = partName({
    network,
    input: [...Object.values(networks).map(({ sha256 }) => sha256), ...compared].join(' '),
    inputId: '',
    recipe: null,
    analysis: id,
    version,
    parameters,
  });
  const found = resume ? await cache.find(name) : null;
  if (found) return found;
  const tempo = pace();
  const own = { ...contextOf(plan, step, context, folder.path), networks };
  const work = analysis.onNetwork(own, parameters, writerOf(folder, plan, step, folderName), signal);
  for (;;) {
    const next = await work.next();
    if (next.done) return next.value.partial === true ? next.value : cache.keep(name, next.value);
    if (next.value.kind === 'progress')
      progress(tempo.at(`${id}: ${next.value.stage}`, Math.round(whole * next.value.done), whole));
  }
}

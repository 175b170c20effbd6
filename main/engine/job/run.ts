import type { Progress } from '../../../shared/job';
import { IsolensError, problemOf, sentencesOf, type Problem } from '../../../shared/problem/problem';
import type { AnalysisResult, ErrorEntry, Results } from '../../../shared/result';
import type { Volume } from '../../../shared/volume';
import type { Context, OpenInput, Part } from '../analysis/analysis';
import { secondsAPass } from './estimate';
import { illustrate, type Illustration } from '../result/illustrate';
import { openInput } from './openInput';
import { pace } from './pace';
import { pacedNetwork } from './pacedNetwork';
import { partCache, type PartKey } from './partCache';
import type { Plan, PlannedAnalysis, PlannedInput } from './plan';
import type { ResultFolder } from './resultFolder';
import { sceneOf } from './scene';

export interface RunOptions {
  readonly folder: ResultFolder;
  readonly signal: AbortSignal;
  /** Finished parts of an earlier run in the same folder are taken as they are. */
  readonly resume: boolean;
  readonly memoryBytes: number;
  readonly progress: (progress: Progress) => void;
  readonly partial?: (analysis: string, input: string, volumes: Readonly<Record<string, Volume<Float32Array>>>) => void;
}

export interface RunOutcome {
  readonly results: Results;
  readonly cancelled: boolean;
}

export const errorEntryOf = (problem: Problem): ErrorEntry => {
  const { input, file, node, key } = problem.where;
  return {
    code: problem.code,
    ...sentencesOf(problem, 'en'),
    ...(Object.keys(problem.facts).length > 0 ? { facts: { ...problem.facts } } : {}),
    where: {
      ...(input === undefined ? {} : { input }),
      ...(file === undefined ? {} : { file }),
      ...(node === undefined ? {} : { node }),
      ...(key === undefined ? {} : { key }),
    },
  };
};

const fileOf = ({ spec }: PlannedInput): string | undefined =>
  'study' in spec ? spec.study : 'array' in spec ? spec.array : undefined;

/** One run: what has been finished so far, in the job's order, and what failed. */
interface Ledger {
  readonly parts: Map<PlannedAnalysis, Part[]>;
  readonly errors: ErrorEntry[];
  readonly illustrations: Illustration[];
}

/** Inputs that the report draws: a page that nobody scrolls through helps nobody. */
const mostIllustrated = 12;

function analysisResultOf(plan: Plan, step: PlannedAnalysis, parts: readonly Part[], context: Context): AnalysisResult {
  const { definition } = step.analysis;
  const { summary, verdict, warnings } = step.analysis.conclude(parts, context, step.parameters);
  const cutShort = parts.some(({ partial }) => partial === true) || parts.length < plan.inputs.length;
  return {
    id: definition.id,
    parameters: step.parameters as Record<string, unknown>,
    verdict,
    summary,
    inputs: parts.map(({ result }) => result),
    ...(warnings && warnings.length > 0 ? { warnings: [...warnings] } : {}),
    ...(cutShort && parts.some(({ partial }) => partial === true) ? { partial: true } : {}),
  };
}

/** Forward passes that one analysis costs, with what else it does as the passes that would take as long. */
function costOf({ analysis, parameters }: PlannedAnalysis, input: OpenInput, context: Context): number {
  try {
    const besides = analysis.besides?.(input, context, parameters) ?? 0;
    return analysis.passes(input, context, parameters) + besides / (context.secondsAPass ?? Infinity);
  } catch {
    // What is wrong with these parameters for this input is said when the analysis runs, and stops that analysis alone.
    return 1;
  }
}

/**
 * Runs a plan: inputs one at a time, each through every analysis, saved as soon as it is done. An input that fails stands in
 * `errors` and stops nothing. On cancel what was computed is kept and said to be partial.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunOutcome> {
  const { folder, signal, memoryBytes } = options;
  const begun = Date.now();
  let context: Context = {
    network: pacedNetwork(plan.network),
    recipe: plan.recipe,
    memoryBytes,
    inputCount: plan.inputs.length,
  };
  const ledger: Ledger = { parts: new Map(plan.analyses.map((step) => [step, []])), errors: [], illustrations: [] };
  const cache = partCache(folder.path);
  const tempo = pace();
  /** Passes that each analysis costs for the input last read: the others are taken to be like it. */
  const costs = new Map(plan.analyses.map((step) => [step, 1]));
  let spent = 0;
  const perInput = (): number => [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  const at = (stage: string, ahead: number, input: string | undefined, left: number): void => {
    options.progress(tempo.at(stage, Math.round(spent + ahead), Math.round(spent + left), input));
  };

  const results = (): Results => ({
    ...folder.heading(plan),
    seconds: (Date.now() - begun) / 1000,
    analyses: plan.analyses.map((step) => analysisResultOf(plan, step, ledger.parts.get(step) ?? [], context)),
    errors: ledger.errors,
  });

  async function partOf(step: PlannedAnalysis, planned: PlannedInput, input: OpenInput, left: number): Promise<Part> {
    const { analysis, parameters, given } = step;
    const { id, version } = analysis.definition;
    analysis.accept?.(input, given);
    const key: PartKey = {
      network: plan.network.sha256,
      input: input.prepared.sha256,
      inputId: planned.id,
      recipe: plan.recipe,
      analysis: id,
      version,
      parameters,
    };
    const found = options.resume ? await cache.find(key) : null;
    if (found) return found;
    const work = analysis.onInput(input, context, parameters, folder.writer(id, planned.id, plan), signal);
    for (;;) {
      const next = await work.next();
      if (next.done) {
        if (next.value.partial !== true) await cache.keep(key, next.value);
        return next.value;
      }
      if (next.value.kind === 'progress') {
        const { done, stage } = next.value;
        at(`${id}: ${stage}`, done * (costs.get(step) ?? 1), planned.id, left);
      } else options.partial?.(id, planned.id, next.value.volumes);
    }
  }

  /** Once, and only where work beside the passes has to be weighed against them. */
  async function measurePass({ prepared }: OpenInput): Promise<void> {
    if (context.secondsAPass !== undefined || plan.analyses.every(({ analysis }) => !analysis.besides)) return;
    try {
      context = { ...context, secondsAPass: await secondsAPass(plan, prepared, memoryBytes, signal) };
    } catch {
      // A network that cannot run says so when its analysis does; a run that is cancelled ends there too.
    }
  }

  /** True when the run may go on. */
  async function runInput(planned: PlannedInput, n: number): Promise<boolean> {
    const after = plan.inputs.length - n - 1;
    at('reading', 0, planned.id, perInput() * (after + 1));
    const file = fileOf(planned);
    const where = { input: planned.id, ...(file === undefined ? {} : { file }) };
    try {
      const input = await openInput(planned, plan, signal);
      await measurePass(input);
      const scene = n < mostIllustrated ? sceneOf(input) : null;
      for (const step of plan.analyses) costs.set(step, costOf(step, input, context));
      let own = perInput();
      for (const step of plan.analyses) {
        try {
          const part = await partOf(step, planned, input, own + after * perInput());
          ledger.parts.get(step)?.push(part);
          if (scene)
            ledger.illustrations.push(await illustrate(folder.path, step.analysis.definition.id, part.result, scene));
          if (part.partial === true) return false;
        } catch (thrown) {
          if (signal.aborted) return false;
          ledger.errors.push(errorEntryOf(problemOf(thrown, where)));
          if (isFatal(thrown)) throw thrown;
        }
        spent += costs.get(step) ?? 0;
        own -= costs.get(step) ?? 0;
      }
    } catch (thrown) {
      if (signal.aborted) return false;
      if (isFatal(thrown)) throw thrown;
      ledger.errors.push(errorEntryOf(problemOf(thrown, where)));
    }
    await folder.save(results());
    return !signal.aborted;
  }

  let whole = true;
  for (const [n, planned] of plan.inputs.entries()) {
    whole = await runInput(planned, n);
    if (!whole) break;
  }
  if (whole) at('saving', 0, undefined, 0);
  else ledger.errors.push(errorEntryOf(new IsolensError('engine/cancelled').problem));
  const last = results();
  await folder.save(last);
  await folder.report(last, ledger.illustrations);
  return { results: last, cancelled: !whole };
}

/** A disk that is full fails every input alike: going on would only repeat it. */
const isFatal = (thrown: unknown): boolean =>
  thrown instanceof IsolensError && thrown.problem.code === ('result/disk-full' as string);

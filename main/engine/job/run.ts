import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../../../shared/job';
import { IsolensError, problemOf } from '../../../shared/problem/problem';
import type { ErrorEntry, Results, Shard } from '../../../shared/result';
import type { Volume } from '../../../shared/volume';
import type { Context, OpenInput, Part } from '../analysis/analysis';
import { findAlone, type Alone } from './alone';
import { atEnd } from './atEnd';
import { errorEntryOf } from './errorEntry';
import { secondsAPass } from './estimate';
import { illustrate } from '../result/illustrate';
import { fingerprintOf } from './fingerprint';
import { studyFingerprints, studyOpener } from './furtherStudies';
import { openInput } from './openInput';
import { pace } from './pace';
import { pacedPlan } from './pacedPlan';
import { inputsFor } from './inputsFor';
import { comparedOf, contextOf, identityOf, illustrationOf, recipeIdentityOf, writerOf } from './stepContext';
import { concluded, noOutcome, type InputOutcome } from './outcome';
import { partCache, partName, seenName } from './partCache';
import type { NamedNetwork, Plan, PlannedAnalysis, PlannedInput } from './plan';
import type { ResultFolder } from './resultFolder';
import { sceneOf } from './scene';
import { forgetShard, inShard, saveShard } from './shard';

export interface RunOptions {
  readonly folder: ResultFolder;
  readonly signal: AbortSignal;
  /** Finished parts of an earlier run in the same folder are taken as they are. */
  readonly resume: boolean;
  readonly memoryBytes: number;
  /** Every N-th input only; the folder then holds what `merge` needs. */
  readonly shard?: Shard | undefined;
  readonly progress: (progress: Progress) => void;
  readonly partial?: (analysis: string, input: string, volumes: Readonly<Record<string, Volume<Float32Array>>>) => void;
}

export interface RunOutcome {
  readonly results: Results;
  readonly cancelled: boolean;
}

const fileOf = ({ spec }: PlannedInput): string | undefined =>
  'study' in spec ? spec.study : 'array' in spec ? spec.array : 'database' in spec ? spec.database : undefined;

/** Results in passing are saved where that costs at most a tenth of the time. */
const savingShare = 10;

/** Inputs that the report draws: a page that nobody scrolls through helps nobody. */
export const mostIllustrated = 12;

/** The truth's own content: the input's says nothing of it. */
const truthHash = ({ truth }: OpenInput): string | null =>
  truth &&
  createHash('sha256')
    .update(truth.shape.join())
    .update(new Uint8Array(truth.values.buffer, truth.values.byteOffset, truth.values.byteLength))
    .digest('hex');

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
export async function runPlan(asked: Plan, options: RunOptions): Promise<RunOutcome> {
  const { folder, signal, memoryBytes, shard } = options;
  const begun = Date.now();
  const plan = pacedPlan(asked, memoryBytes);
  let context: Context = {
    network: plan.network,
    recipe: plan.recipe,
    memoryBytes,
    inputCount: plan.inputs.length,
  };
  const outcomes: InputOutcome[] = [];
  let alone: Alone = { parts: [], errors: [] };
  const ending: ErrorEntry[] = [];
  const cache = partCache(folder.path);
  const tempo = pace();
  /** Passes that each analysis costs for the input last read: the others are taken to be like it. */
  const costs = new Map(plan.analyses.map((step) => [step, 1]));
  let spent = 0;
  const perInput = (): number => [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  const at = (stage: string, ahead: number, input: string | undefined, left: number): void => {
    options.progress(tempo.at(stage, Math.round(spent + ahead), Math.round(spent + left), input));
  };

  const results = (): Results => {
    const { analyses, errors } = concluded(plan, outcomes, context, alone.parts, folder.path);
    return {
      ...folder.heading(plan),
      ...(shard ? { shard } : {}),
      seconds: (Date.now() - begun) / 1000,
      analyses,
      errors: [...alone.errors, ...errors, ...ending],
      ...(plan.warnings.length > 0 ? { warnings: [...plan.warnings] } : {}),
    };
  };

  /** What was saved last, and how long it took: a database of hundreds must not be folded anew after each input. */
  let saved = { at: -Infinity, took: 0 };
  async function saveNow(): Promise<Results> {
    const from = Date.now();
    const now = results();
    await folder.save(now);
    saved = { at: Date.now(), took: Date.now() - from };
    return now;
  }
  const saveInPassing = async (): Promise<void> => {
    if (Date.now() - saved.at >= savingShare * saved.took) await saveNow();
  };

  const studies = new Map<PlannedAnalysis, Readonly<Record<string, string | null>>>();
  for (const step of plan.analyses)
    if (step.studies) studies.set(step, await studyFingerprints(step.studies, plan.base, signal));
  const openers = new Map(
    plan.analyses.flatMap((step) =>
      step.studies ? [[step, studyOpener(step.studies, plan.base, signal)] as const] : [],
    ),
  );

  const keyOf = (step: PlannedAnalysis, { id, tags, spec }: PlannedInput) => ({
    network: identityOf(plan, step).network,
    inputId: id,
    ...(tags ? { tags } : {}),
    patient: spec.patient ?? null,
    label: spec.label ?? null,
    recipe: recipeIdentityOf(plan, step),
    analysis: step.analysis.definition.id,
    version: step.analysis.definition.version,
    parameters: step.parameters,
    ...withStudies(studies.get(step)),
  });

  /** Under which name the part of this input lies, as long as its files stay as they are. */
  async function seenOf(planned: PlannedInput): Promise<(step: PlannedAnalysis) => string | null> {
    const files = await fingerprintOf(planned.spec, plan.base, signal);
    return (step) =>
      files === null
        ? null
        : seenName({ ...keyOf(step, planned), spec: planned.spec, given: [...step.given].sort(), files });
  }

  /** All parts of an input whose files have not changed since they were made: nothing of it is read. */
  async function recalled(
    planned: PlannedInput,
    outcome: InputOutcome,
    seen: (step: PlannedAnalysis) => string | null,
    isDrawn: boolean,
  ): Promise<boolean> {
    const found: { name: string; part: Part; pictures: Awaited<ReturnType<typeof cache.picturesOf>> }[] = [];
    for (const step of plan.analyses) {
      const key = seen(step);
      const name = key === null ? null : await cache.recall(key);
      const part = name === null ? null : await cache.find(name);
      if (name === null || part === null) return false;
      const pictures = isDrawn ? await cache.picturesOf(name) : null;
      if (isDrawn && 'study' in planned.spec && pictures === null) return false;
      found.push({ name, part, pictures });
    }
    for (const [at, { name, part, pictures }] of found.entries()) {
      outcome.names[at] = name;
      outcome.parts[at] = cache.held(name, part);
      if (pictures) outcome.illustrations.push(illustrationOf(plan, at, planned.id, pictures));
    }
    return true;
  }

  function contextOfInput(step: PlannedAnalysis, outcome: InputOutcome): Context {
    const opener = openers.get(step);
    const own = {
      ...contextOf(plan, step, context, folder.path),
      networks: step.networks,
      ...(opener ? { studies: opener } : {}),
      alone: alone.parts[plan.analyses.indexOf(step)] ?? null,
    };
    if (!own.compared) return own;
    const partsOf = (of: NamedNetwork): Map<string, Part | null> =>
      new Map(
        plan.analyses.flatMap((other, at) =>
          other.of === of ? [[other.analysis.definition.id, outcome.parts[at] ?? null] as const] : [],
        ),
      );
    const compared = comparedOf(plan, folder.path, partsOf);
    return compared ? { ...own, compared } : own;
  }

  async function partOf(
    step: PlannedAnalysis,
    planned: PlannedInput,
    input: OpenInput,
    outcome: InputOutcome,
    left: number,
  ): Promise<{ readonly part: Part; readonly name: string | null }> {
    const { analysis, parameters, given } = step;
    const stage = step.of ? `${step.of.name}, ${analysis.definition.id}` : analysis.definition.id;
    analysis.accept?.(input, given);
    const compared = analysis.definition.compares === true ? { of: outcome.names } : {};
    const name = partName({
      ...keyOf(step, planned),
      input: input.prepared.sha256,
      truth: truthHash(input),
      ...compared,
    });
    const found = options.resume ? await cache.find(name) : null;
    if (found) return { part: found, name };
    const own = contextOfInput(step, outcome);
    const work = analysis.onInput(input, own, parameters, writerOf(folder, plan, step, planned.id), signal);
    for (;;) {
      const next = await work.next();
      if (next.done) {
        if (next.value.partial === true) return { part: next.value, name: null };
        return { part: await cache.keep(name, next.value), name };
      }
      if (next.value.kind === 'progress') {
        const { done, stage: own } = next.value;
        at(`${stage}: ${own}`, done * (costs.get(step) ?? 1), planned.id, left);
      } else if (!step.of) options.partial?.(analysis.definition.id, planned.id, next.value.volumes);
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

  /** True when the run may go on. `turn`: how many inputs came before it, of `turns`. */
  async function runInput(planned: PlannedInput, n: number, turn: number, turns: number): Promise<boolean> {
    const after = turns - turn - 1;
    at('reading', 0, planned.id, perInput() * (after + 1));
    const file = fileOf(planned);
    const where = { input: planned.id, ...(file === undefined ? {} : { file }) };
    const outcome = noOutcome(plan, n);
    outcomes.push(outcome);
    const isDrawn = turn < mostIllustrated;
    try {
      const seen = await seenOf(planned);
      if (options.resume && (await recalled(planned, outcome, seen, isDrawn))) {
        spent += perInput();
        await saveInPassing();
        return !signal.aborted;
      }
      const reference = await openInput(planned, plan, signal);
      await measurePass(reference);
      const scene = isDrawn ? sceneOf(reference) : null;
      const openFor = inputsFor(planned, plan, reference, signal);
      for (const step of plan.analyses)
        costs.set(step, costOf(step, reference, contextOf(plan, step, context, folder.path)));
      let own = perInput();
      for (const [which, step] of plan.analyses.entries()) {
        const inside = step.of ? { ...where, network: step.of.name } : where;
        try {
          const input = await openFor(step);
          const { part, name } = await partOf(step, planned, input, outcome, own + after * perInput());
          outcome.parts[which] = name === null ? part : cache.held(name, part);
          outcome.names[which] = name;
          if (scene) {
            const drawn = await illustrate(folder.path, step.analysis.definition.id, part.result, scene);
            outcome.illustrations.push(illustrationOf(plan, which, planned.id, drawn.pictures));
            if (name !== null) await cache.keepPictures(name, drawn.pictures);
          }
          const key = seen(step);
          if (key !== null && name !== null) await cache.note(key, name);
          if (part.partial === true) return false;
        } catch (thrown) {
          if (signal.aborted) return false;
          const entry = errorEntryOf(problemOf(thrown, inside));
          // What keeps an input from being read is said once, not for every analysis of a network.
          if (!outcome.errors.some((other) => isDeepStrictEqual(other, entry))) outcome.errors.push(entry);
          if (isFatal(thrown)) throw thrown;
        }
        spent += costs.get(step) ?? 0;
        own -= costs.get(step) ?? 0;
      }
    } catch (thrown) {
      if (signal.aborted) return false;
      if (isFatal(thrown)) throw thrown;
      outcome.errors.push(errorEntryOf(problemOf(thrown, where)));
    }
    await saveInPassing();
    return !signal.aborted;
  }

  await forgetShard(folder.path);
  alone = await findAlone(plan, { ...options, context, cache });
  let whole = !signal.aborted;
  const mine = [...plan.inputs.entries()].filter(([n]) => inShard(n, shard));
  for (const [turn, [n, planned]] of mine.entries()) {
    if (!whole) break;
    whole = await runInput(planned, n, turn, mine.length);
  }
  // The parts of a shard are not all: what only all decide on waits for the merge.
  if (whole && !shard) {
    alone = await atEnd(plan, outcomes, alone, { ...options, context, cache });
    whole = !signal.aborted;
  }
  if (whole) at('saving', 0, undefined, 0);
  else ending.push(errorEntryOf(new IsolensError('engine/cancelled').problem));
  const last = await saveNow();
  await folder.report(
    last,
    outcomes.flatMap(({ illustrations }) => illustrations),
  );
  if (whole && shard) await saveShard(folder.path, { plan, shard, outcomes, job: last.job, seconds: last.seconds });
  return { results: last, cancelled: !whole };
}

/** A key without studies stays as it always was. */
const withStudies = <T>(studies: T | undefined): { readonly studies?: T } => (studies === undefined ? {} : { studies });

/** A disk that is full fails every input alike: going on would only repeat it. */
const isFatal = (thrown: unknown): boolean =>
  thrown instanceof IsolensError && thrown.problem.code === ('result/disk-full' as string);

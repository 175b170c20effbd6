import type { Estimate } from '../../../shared/contract/engine';
import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import type { Analysis, Context, Forecast, OpenInput } from '../analysis/analysis';
import { entries, inputsOf } from '../analysis/feed';
import type { PreparedInput } from '../recipe/preparedInput';
import { openInput } from './openInput';
import { contextOf } from './stepContext';
import type { Plan, PlannedInput } from './plan';

/** Values of a float32 tensor, in bytes. */
const bytesOf = (shape: readonly number[]): number => 4 * shape.reduce((product, n) => product * n, 1);

/** Batch entries that a pass is timed with. */
const timedEntries = 8;
const timedRuns = 3;
const longMs = 2000;

/** Seconds that one forward pass of a batch takes, an entry: the quickest of three, after one that warms up. */
export async function secondsAPass(
  { network }: Pick<Plan, 'network'>,
  input: PreparedInput,
  memoryBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const batch = Math.min(timedEntries, network.batchFor(input.array.shape.slice(1), memoryBytes));
  const total = input.array.shape[0] ?? 1;
  const some = Math.min(batch, total);
  const from = Math.floor((total - some) / 2);
  const fed = Object.fromEntries(
    Object.entries(inputsOf(network, input)).map(([name, array]) => [name, entries(array, from, from + some)]),
  );
  const outputs = network.graph.outputs.map(({ node }) => ({ node, stage: 'output' as const }));
  const run = async (): Promise<number> => {
    const begun = performance.now();
    await network.run(fed, outputs, signal, memoryBytes);
    return performance.now() - begun;
  };
  let quickest = await run();
  // What lasts long is known well enough from once.
  if (quickest > longMs) return quickest / 1000 / some;
  for (let n = 0; n < timedRuns; n++) {
    quickest = Math.min(quickest, await run());
  }
  return quickest / 1000 / some;
}

/** The input that was read for an estimate, and how long a pass of it takes: another parameter must not read the study anew. */
export interface EstimateMemory {
  last: { readonly key: string; readonly input: OpenInput; seconds: number | null } | null;
}

/** What decides the prepared input: what is asked for, the network and its recipe. */
const keyOf = ({ base, network, recipe }: Plan, { spec }: PlannedInput): string =>
  JSON.stringify([base, spec, network.sha256, recipe]);

/**
 * What a job would cost, from the first input that can be read: passes and seconds over all inputs, as if they were like it. Inputs
 * are read to know their size; nothing is saved.
 */
export async function estimatePlan(
  plan: Plan,
  memoryBytes: number,
  signal: AbortSignal,
  memory: EstimateMemory = { last: null },
): Promise<Estimate[]> {
  const { network, recipe, inputs } = plan;
  const context: Context = { network, recipe, memoryBytes, inputCount: inputs.length };
  const notes: Problem[] = [];
  let input: OpenInput | null = null;
  for (const planned of inputs) {
    const key = keyOf(plan, planned);
    if (memory.last?.key === key) {
      ({ input } = memory.last);
      break;
    }
    try {
      input = await openInput(planned, plan, signal);
      memory.last = { key, input, seconds: null };
      break;
    } catch (thrown) {
      signal.throwIfAborted();
      notes.push(problemOf(thrown, { input: planned.id }));
    }
  }
  const nothing = { passes: 0, seconds: null, bytes: 0, batch: 0 };
  if (!input) {
    const none = { ...nothing, notes: notes.map((note) => ({ ...note })) };
    return plan.compared ? [none] : plan.analyses.map(() => ({ ...none }));
  }
  const shape = input.prepared.array.shape.slice(1);
  const batch = network.batchFor(shape, memoryBytes);
  let each = memory.last?.seconds ?? null;
  try {
    each ??= await secondsAPass(plan, input.prepared, memoryBytes, signal);
    if (memory.last) memory.last.seconds = each;
  } catch (thrown) {
    // A network that cannot run to its end may still have maps: their cost is then counted, not timed.
    signal.throwIfAborted();
    notes.push(problemOf(thrown));
  }
  const one = input;
  const estimates: Estimate[] = [];
  for (const step of plan.analyses) {
    const { analysis, parameters } = step;
    const own = contextOf(plan, step, context, '');
    const passes = analysis.passes(one, own, parameters) * inputs.length;
    const besides = analysis.besides?.(one, own, parameters) ?? 0;
    const forecast = each === null ? null : await forecastOf(analysis, one, own, parameters, signal);
    const run = forecast ? forecast.passes * inputs.length : passes;
    estimates.push({
      passes,
      seconds: each === null ? null : run * each + besides * inputs.length,
      bytes: batch * bytesOf(shape),
      batch,
      notes,
      ...(forecast ? { gain: forecast.gain, wholeFrom: forecast.wholeFrom } : {}),
    });
  }
  return plan.compared ? [together(estimates)] : estimates;
}

/** What several steps cost one after another: the job asks for one analysis, which compares. */
function together(all: readonly Estimate[]): Estimate {
  const sum = (of: (one: Estimate) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    passes: sum(({ passes }) => passes),
    seconds: all.some(({ seconds }) => seconds === null) ? null : sum(({ seconds }) => seconds ?? 0),
    bytes: Math.max(0, ...all.map(({ bytes }) => bytes)),
    batch: all[0]?.batch ?? 0,
    notes: [...(all[0]?.notes ?? [])],
  };
}

/** What cannot be planned ahead is told when it runs: an estimate is none the worse without. */
async function forecastOf(
  analysis: Analysis,
  input: OpenInput,
  context: Context,
  parameters: unknown,
  signal: AbortSignal,
): Promise<Forecast | null> {
  try {
    return (await analysis.forecast?.(input, context, parameters, signal)) ?? null;
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof IsolensError) return null;
    throw thrown;
  }
}

import type { Estimate } from '../../../shared/contract/engine';
import { problemOf, type Problem } from '../../../shared/problem/problem';
import type { Context, OpenInput } from '../analysis/analysis';
import { entries, inputsOf } from '../analysis/feed';
import type { PreparedInput } from '../recipe/preparedInput';
import { openInput } from './openInput';
import type { Plan } from './plan';

/** Values of a float32 tensor, in bytes. */
const bytesOf = (shape: readonly number[]): number => 4 * shape.reduce((product, n) => product * n, 1);

/** Seconds that one forward pass of a full batch takes, an entry: the second of two, since the first one warms up. */
async function secondsAPass(
  { network }: Plan,
  input: PreparedInput,
  batch: number,
  signal: AbortSignal,
): Promise<number> {
  const total = input.array.shape[0] ?? 1;
  const some = Math.min(batch, total);
  const from = Math.floor((total - some) / 2);
  const fed = Object.fromEntries(
    Object.entries(inputsOf(network, input)).map(([name, array]) => [name, entries(array, from, from + some)]),
  );
  const outputs = network.graph.outputs.map(({ node }) => ({ node, stage: 'output' as const }));
  await network.run(fed, outputs, signal);
  const begun = performance.now();
  await network.run(fed, outputs, signal);
  return (performance.now() - begun) / 1000 / some;
}

/**
 * What a job would cost, from the first input that can be read: passes and seconds over all inputs, as if they were like it. Inputs
 * are read to know their size; nothing is saved.
 */
export async function estimatePlan(plan: Plan, memoryBytes: number, signal: AbortSignal): Promise<Estimate[]> {
  const { network, recipe, inputs } = plan;
  const context: Context = { network, recipe, memoryBytes, inputCount: inputs.length };
  const notes: Problem[] = [];
  let input: OpenInput | null = null;
  for (const planned of inputs) {
    try {
      input = await openInput(planned, plan, signal);
      break;
    } catch (thrown) {
      signal.throwIfAborted();
      notes.push(problemOf(thrown, { input: planned.id }));
    }
  }
  const nothing = { passes: 0, seconds: null, bytes: 0, batch: 0 };
  if (!input) return plan.analyses.map(() => ({ ...nothing, notes: notes.map((note) => ({ ...note })) }));
  const shape = input.prepared.array.shape.slice(1);
  const batch = network.batchFor(shape, memoryBytes);
  let each: number | null = null;
  try {
    each = await secondsAPass(plan, input.prepared, Math.min(batch, 8), signal);
  } catch (thrown) {
    // A network that cannot run to its end may still have maps: their cost is then counted, not timed.
    signal.throwIfAborted();
    notes.push(problemOf(thrown));
  }
  const one = input;
  return plan.analyses.map(({ analysis, parameters }) => {
    const passes = analysis.passes(one, context, parameters) * inputs.length;
    return {
      passes,
      seconds: each === null ? null : passes * each,
      bytes: batch * bytesOf(shape),
      batch,
      notes,
    };
  });
}

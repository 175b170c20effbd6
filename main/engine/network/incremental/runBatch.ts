import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../../shared/problem/problem';
import { tf, type Tensor } from '../tensorflow';
import { isView, type Step } from './program';
import type { Running } from './running';
import { runStep, type Computed } from './runStep';

/** Between two looks at the signal nothing but native calls may happen for longer. */
const turnMs = 40;

/** Gives the event loop its turn now and then. *Problems* engine/cancelled. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }
  async take(): Promise<void> {
    if (performance.now() - this.#last < turnMs) return;
    await nextTurn();
    this.#last = performance.now();
    if (this.#signal?.aborted) throw new IsolensError('engine/cancelled');
  }
}

/**
 * Computes the boxes of every step but the inputs, whose patches are there. `keep` is shown each result before it may be freed; the
 * target's patch is left. Frees all others.
 */
export async function runBatch(
  running: Running,
  turns: Turns,
  keep?: (step: Step, computed: Computed) => void,
): Promise<Tensor> {
  const { program, patches, sizes } = running;
  const readers = readersOf(running);
  try {
    for (const step of program.steps) {
      if (step.work.kind === 'input' || isView(step) || !sizes[step.index]) continue;
      patches[step.index] = computeStep(running, step, keep);
      for (const input of step.inputs) released(running, readers, input);
      await turns.take();
    }
    const result = patches[program.target]!;
    patches[program.target] = null;
    return result;
  } finally {
    patches.forEach((tensor, index) => {
      tensor?.dispose();
      patches[index] = null;
    });
    for (const rows of running.boxRows.values()) rows.dispose();
    running.boxRows.clear();
  }
}

function computeStep(
  running: Running,
  step: Step,
  keep: ((step: Step, computed: Computed) => void) | undefined,
): Tensor {
  try {
    return tf.tidy(() => {
      const computed = runStep(running, step);
      keep?.(step, computed);
      // What passes through is cloned: each step owns its patch.
      return running.patches.includes(computed.output) ? computed.output.clone() : computed.output;
    });
  } catch (thrown) {
    if (thrown instanceof IsolensError) throw thrown;
    const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    const code = /alloc|memory|OOM|exhaust/i.test(reason) ? 'network/out-of-memory' : 'network/cannot-run';
    throw new IsolensError(code, { op: step.node.op, reason }, { node: step.node.name }, thrown);
  }
}

/** How often each held step is still to be read, through views too. */
function readersOf({ program, sizes }: Running): Int32Array {
  const readers = new Int32Array(program.steps.length);
  for (const step of program.steps)
    if (!isView(step) && sizes[step.index]) countSources(program.steps, step, readers, 1);
  readers[program.target]! += 1;
  return readers;
}

function countSources(steps: readonly Step[], step: Step, readers: Int32Array, by: number): void {
  for (const input of step.inputs) {
    readers[input]! += by;
    if (isView(steps[input]!)) countSources(steps, steps[input]!, readers, by);
  }
}

function released({ program, patches }: Running, readers: Int32Array, index: number): void {
  readers[index]! -= 1;
  const step = program.steps[index]!;
  if (isView(step)) {
    for (const input of step.inputs) released({ program, patches } as Running, readers, input);
    return;
  }
  if (readers[index]! > 0) return;
  patches[index]?.dispose();
  patches[index] = null;
}

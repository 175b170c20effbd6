import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../shared/problem/problem';

/** Long arithmetic that may be set aside wherever it yields; what it computes does not hang on where it is cut. */
export type Cuttable<T> = Generator<undefined, T, undefined>;

/** What is there at once, where long arithmetic may be asked for. */
export function* ready<T>(value: T): Cuttable<T> {
  yield;
  return value;
}

/** Does it in one go. */
export function wholly<T>(work: Cuttable<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** The event loop gets its turn at least this often. */
const turnMs = 40;

/**
 * Does it in turns of about 40 ms: between them pending messages are handled and the signal is looked at.
 * *Problems* engine/cancelled.
 */
export async function inTurns<T>(
  work: Cuttable<T>,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<T> {
  let begun = now();
  let step = work.next();
  while (step.done !== true) {
    if (now() - begun >= turnMs) {
      await nextTurn();
      if (signal.aborted) throw new IsolensError('engine/cancelled');
      begun = now();
    }
    step = work.next();
  }
  return step.value;
}

/** Calls `work` on runs [from, to) of a long range, and may be cut between them. */
export function* inPieces(count: number, piece: number, work: (from: number, to: number) => void): Cuttable<void> {
  for (let from = 0; from < count; from += piece) {
    work(from, Math.min(count, from + piece));
    yield;
  }
}

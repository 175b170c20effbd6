import type { Progress } from '../../../shared/job';

/** Below this the speed is a guess, and no time is said. */
const sayAfterMs = 5000;

/** Turns shares of cost into progress with time left. */
export interface Pace {
  /** `done` passes of `total` so far, `stage` in the analysis' words. */
  at(stage: string, done: number, total: number, input?: string): Progress;
}

export function pace(now: () => number = Date.now): Pace {
  const begun = now();
  return {
    at(stage, done, total, input) {
      const elapsed = now() - begun;
      const known = elapsed >= sayAfterMs && done > 0;
      const secondsLeft = known ? ((elapsed / done) * Math.max(0, total - done)) / 1000 : null;
      return { stage, done, total, secondsLeft, ...(input === undefined ? {} : { input }) };
    },
  };
}

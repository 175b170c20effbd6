import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { z } from 'zod';
import { IsolensError, problemCodes, problemOf, type Problem } from '../../shared/problem/problem';
import type { ProblemShape } from '../../shared/study';

/** A problem as it came over the wire. A code that this window does not know is shown as unforeseen. */
export function problemFrom({ code, facts, where }: z.output<typeof ProblemShape>): Problem {
  const known = problemCodes.find((each) => each === code);
  return known ? { code: known, facts, where } : { code: 'engine/unexpected', facts: { reason: code }, where };
}

/** What went wrong last, as facts; whoever shows it finds the words. Cancelling is no problem. */
export const useProblems = defineStore('problems', () => {
  const current = shallowRef<Problem | null>(null);

  function show(problem: Problem): void {
    if (problem.code !== 'engine/cancelled') current.value = problem;
  }

  function dismiss(): void {
    current.value = null;
  }

  /** Runs something that may fail; what it throws is shown. Gives what it gave, or undefined. */
  async function guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof IsolensError && thrown.problem.code === 'engine/cancelled') return undefined;
      show(problemOf(thrown));
      return undefined;
    }
  }

  return { current, show, dismiss, guard };
});

import type { ProblemTable } from './table';

export const resultProblems = {} as const satisfies ProblemTable;

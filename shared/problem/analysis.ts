import type { ProblemTable } from './table';

export const analysisProblems = {} as const satisfies ProblemTable;

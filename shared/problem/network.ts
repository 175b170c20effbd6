import type { ProblemTable } from './table';

export const networkProblems = {} as const satisfies ProblemTable;

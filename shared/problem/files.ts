import type { ProblemTable } from './table';

export const filesProblems = {} as const satisfies ProblemTable;

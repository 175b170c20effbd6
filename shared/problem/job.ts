import type { ProblemTable } from './table';

export const jobProblems = {} as const satisfies ProblemTable;

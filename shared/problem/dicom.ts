import type { ProblemTable } from './table';

export const dicomProblems = {} as const satisfies ProblemTable;

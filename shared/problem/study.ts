import type { ProblemTable } from './table';

export const studyProblems = {} as const satisfies ProblemTable;

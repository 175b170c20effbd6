import type { ProblemTable } from './table';

export const commandProblems = {} as const satisfies ProblemTable;

import type { ProblemTable } from './table';

export const recipeProblems = {} as const satisfies ProblemTable;

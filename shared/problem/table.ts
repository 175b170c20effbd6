import type { Words } from '../words';

/** What is said of a problem, and what the user can do now. Facts appear as `{name}`. */
export interface ProblemWords {
  readonly message: Words;
  readonly wayOn: Words;
}

/** The problems of one room, by code `room/what`. */
export type ProblemTable = Readonly<Record<`${string}/${string}`, ProblemWords>>;

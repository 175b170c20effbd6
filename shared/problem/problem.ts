import { say, type Facts, type Language } from '../words';
import { analysisProblems } from './analysis';
import { commandProblems } from './command';
import { compareProblems } from './compare';
import { desktopProblems } from './desktop';
import { dicomProblems } from './dicom';
import { engineProblems } from './engine';
import { filesProblems } from './files';
import { jobProblems } from './job';
import { networkProblems } from './network';
import { openkbpProblems } from './openkbp';
import { recipeProblems } from './recipe';
import { resultProblems } from './result';
import { robustnessProblems } from './robustness';
import { studyProblems } from './study';

const problems = {
  ...filesProblems,
  ...dicomProblems,
  ...studyProblems,
  ...openkbpProblems,
  ...recipeProblems,
  ...networkProblems,
  ...analysisProblems,
  ...robustnessProblems,
  ...compareProblems,
  ...resultProblems,
  ...jobProblems,
  ...engineProblems,
  ...commandProblems,
  ...desktopProblems,
} as const;

export type ProblemCode = keyof typeof problems;

/** Where it happened, as far as known. `input` is the job's input id; `file` a path as the user gave it. */
export interface Where {
  readonly input?: string | undefined;
  readonly file?: string | undefined;
  readonly node?: string | undefined;
  readonly key?: string | undefined;
  /** Which network, where a job names several. */
  readonly network?: string | undefined;
}

/** What went wrong, as data: it crosses processes and lands in results.json. */
export interface Problem {
  readonly code: ProblemCode;
  readonly facts: Facts;
  readonly where: Where;
}

/** Anything that a user can meet. A programmer's mistake is a plain Error. */
export class IsolensError extends Error {
  readonly problem: Problem;
  constructor(code: ProblemCode, facts: Facts = {}, where: Where = {}, cause?: unknown) {
    super(say(problems[code].message, 'en', { ...where, ...facts } as Facts), { cause });
    this.name = 'IsolensError';
    this.problem = { code, facts, where };
  }
}

/** Message and way on of a problem, in one language. Facts win over `where` for words of the same name. */
export function sentencesOf({ code, facts, where }: Problem, language: Language): { message: string; wayOn: string } {
  const all = { ...where, ...facts } as Facts;
  return { message: say(problems[code].message, language, all), wayOn: say(problems[code].wayOn, language, all) };
}

/** The problem behind anything thrown; what nobody foresaw becomes `engine/unexpected`. */
export function problemOf(thrown: unknown, where: Where = {}): Problem {
  if (thrown instanceof IsolensError) return { ...thrown.problem, where: { ...where, ...thrown.problem.where } };
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'engine/unexpected', facts: { reason }, where };
}

export const problemCodes = Object.keys(problems) as ProblemCode[];

import { sentencesOf, type ProblemCode } from './problem/problem';
import type { Warning } from './result';
import type { Facts } from './words';

/** A warning of results.json: the problem's code and its sentence in English. */
export const warningOf = (code: ProblemCode, facts: Facts = {}): Warning => ({
  code,
  message: sentencesOf({ code, facts, where: {} }, 'en').message,
});

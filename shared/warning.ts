import { problemCodes, sentencesOf, type ProblemCode } from './problem/problem';
import type { ErrorEntry, Warning } from './result';
import type { Facts, Language } from './words';

/** A warning of results.json: the problem's code, its facts, and its sentence in English. */
export const warningOf = (code: ProblemCode, facts: Facts = {}): Warning => ({
  code,
  message: sentencesOf({ code, facts, where: {} }, 'en').message,
  ...(Object.keys(facts).length > 0 ? { facts: { ...facts } } : {}),
});

const isProblemCode = (code: string): code is ProblemCode => (problemCodes as readonly string[]).includes(code);

/**
 * What a warning or error of results.json says, in one language: by its code and facts where this version knows them, else the English
 * sentence that the file holds.
 */
export function saidIn(
  said: Warning | ErrorEntry,
  language: Language,
): { readonly message: string; readonly wayOn: string } {
  const { code, message, facts = {} } = said;
  const held = { message, wayOn: 'wayOn' in said ? said.wayOn : '' };
  if (language === 'en' || !isProblemCode(code)) return held;
  const words = sentencesOf({ code, facts, where: 'where' in said ? said.where : {} }, language);
  // A file of a version that kept no facts would leave gaps.
  return /\{\w+\}/.test(words.message + words.wayOn) ? held : { ...words, ...('wayOn' in said ? {} : { wayOn: '' }) };
}

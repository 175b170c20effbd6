import { problemCodes, sentencesOf } from '../../shared/problem/problem';
import type { Facts, Language } from '../../shared/words';

const written = /[.*+?^${}()|[\]\\]/g;

/** The facts with which a template says a sentence; null where it cannot have said it. */
function factsIn(template: string, sentence: string): Facts | null {
  const names: string[] = [];
  const pattern = template
    .split(/\{(\w+)\}/)
    .map((part, at) => {
      if (at % 2 === 0) return part.replace(written, '\\$&');
      const before = names.indexOf(part);
      if (before >= 0) return `\\${String(before + 1)}`;
      names.push(part);
      return '([\\s\\S]+?)';
    })
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(sentence);
  return found && Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']));
}

/** What results.json says of an error or a warning. */
export interface SavedProblem {
  readonly code: string;
  readonly message: string;
  readonly wayOn?: string;
  readonly where?: { readonly input?: string | undefined; readonly file?: string | undefined };
}

/**
 * A saved problem in a language. results.json holds English sentences; the facts are read back from them with the code's own
 * template. A sentence that no template of this version says is shown as it was saved.
 */
export function savedSentences(
  { code, message, wayOn = '', where = {} }: SavedProblem,
  language: Language,
): { message: string; wayOn: string } {
  const known = problemCodes.find((each) => each === code);
  if (language === 'en' || !known) return { message, wayOn };
  const templates = sentencesOf({ code: known, facts: {}, where: {} }, 'en');
  const facts = factsIn(templates.message, message);
  if (!facts) return { message, wayOn };
  return sentencesOf({ code: known, facts: { ...factsIn(templates.wayOn, wayOn), ...facts }, where }, language);
}

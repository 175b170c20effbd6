export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

/** One text in every language of the window. `{name}` in it is replaced by the fact of that name. */
export type Words = Readonly<Record<Language, string>>;

export type Facts = Readonly<Record<string, string | number>>;

/** The text in one language with its facts filled in. A fact that is missing stays visible as `{name}`. */
export function say(words: Words, language: Language, facts: Facts = {}): string {
  return words[language].replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

import { describe, expect, it } from 'vitest';
import { savedSentences } from '../../../renderer/locales/savedWords';
import { problemCodes, sentencesOf } from '../../../shared/problem/problem';

describe('saved problems', () => {
  it('are said in French with the facts of the English sentence, whatever the code', () => {
    for (const code of problemCodes) {
      const names = [...JSON.stringify(sentencesOf({ code, facts: {}, where: {} }, 'fr')).matchAll(/\{(\w+)\}/g)];
      const facts = Object.fromEntries(names.map(([, name = ''], at) => [name, `<${name} ${String(at)}>`]));
      const saved = { code, ...sentencesOf({ code, facts, where: {} }, 'en'), where: {} };
      expect(savedSentences(saved, 'fr'), code).toEqual(sentencesOf({ code, facts, where: {} }, 'fr'));
      expect(savedSentences(saved, 'en')).toEqual({ message: saved.message, wayOn: saved.wayOn });
    }
  });
  it('that no template of this version says are shown as they were saved', () => {
    const unknown = { code: 'old/gone', message: 'Something.', wayOn: 'Do this.' };
    expect(savedSentences(unknown, 'fr')).toEqual({ message: 'Something.', wayOn: 'Do this.' });
    const reworded = { code: 'desktop/no-report', message: 'No such report!', wayOn: 'Run.' };
    expect(savedSentences(reworded, 'fr')).toEqual({ message: 'No such report!', wayOn: 'Run.' });
  });
});

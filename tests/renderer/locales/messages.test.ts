// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { en } from '../../../renderer/locales/en';
import { fr } from '../../../renderer/locales/fr';
import { i18n, setLanguage } from '../../../renderer/locales/i18n';
import { useWords } from '../../../renderer/locales/useWords';

const facts = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('the texts of the window', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
  });
  it('fills the same facts in both languages', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(facts(fr[key]), key).toEqual(facts(en[key]));
  });
  it('leaves no text empty and none untranslated by accident', () => {
    const told = (text: string): string => text.replace(/\{\w+\}/g, '');
    const same = (Object.keys(en) as (keyof typeof en)[]).filter(
      (key) => en[key] === fr[key] && told(en[key]).length > 14,
    );
    expect(same).toEqual([]);
    expect(Object.values(fr).every((text) => text.trim() !== '')).toBe(true);
  });
  it('compiles every message', () => {
    for (const language of ['en', 'fr'] as const) {
      setLanguage(language);
      for (const key of Object.keys(en)) {
        const names = Object.fromEntries(facts(en[key as keyof typeof en]).map((name) => [name, 'X']));
        expect(i18n.global.t(key, names), key).not.toMatch(/\{\w+\}/);
      }
    }
  });
  it('switches live, numbers and the page’s language with it', () => {
    const { t, n } = useWords();
    setLanguage('en');
    expect([t('mode.maps'), n(0.5, 1), document.documentElement.lang]).toEqual(['Maps', '0.5', 'en']);
    setLanguage('fr');
    expect([t('mode.maps'), n(0.5, 1), document.documentElement.lang]).toEqual(['Cartes', '0,5', 'fr']);
  });
});

import { createI18n } from 'vue-i18n';
import type { Language } from '../../shared/words';
import { en, type Messages } from './en';
import { fr } from './fr';
import { viewerEn } from './viewer.en';
import { viewerFr } from './viewer.fr';

/** The window's texts. One instance serves components, stores and tests. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  messages: { en: { ...en, ...viewerEn }, fr: { ...fr, ...viewerFr } },
});

export type MessageKey = keyof Messages;

/** Switches every text of the window at once, and the page's `lang`. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}

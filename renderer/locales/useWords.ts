import { computed, type ComputedRef } from 'vue';
import { say, type Facts, type Language, type Words } from '../../shared/words';
import { formatNumber, formatSeconds, formatShare, formatSigned, formatWithUnit } from '../controls/numbers';
import { i18n, type MessageKey } from './i18n';

export interface Wording {
  readonly language: ComputedRef<Language>;
  /** The text of a key, facts filled in. */
  readonly t: (key: MessageKey, facts?: Facts) => string;
  /** A text that comes with both languages (verdicts, definitions). */
  readonly w: (words: Words) => string;
  readonly n: (value: number, digits?: number) => string;
  readonly signed: (value: number, digits?: number) => string;
  readonly unit: (value: number, digits: number, unit: string) => string;
  readonly share: (share: number) => string;
  readonly seconds: (seconds: number) => string;
}

/** Texts and numbers in the language that is chosen now; what uses them follows a switch. */
export function useWords(): Wording {
  const { t, locale } = i18n.global;
  const language = computed(() => locale.value);
  return {
    language,
    t: (key, facts = {}) => t(key, facts as Record<string, unknown>),
    w: (words) => say(words, language.value),
    n: (value, digits = 0) => formatNumber(value, digits, language.value),
    signed: (value, digits = 2) => formatSigned(value, digits, language.value),
    unit: (value, digits, unit) => formatWithUnit(value, digits, unit, language.value),
    share: (share) => formatShare(share, language.value),
    seconds: (seconds) => formatSeconds(seconds, language.value),
  };
}

import { computed, type ComputedRef } from 'vue';
import { say, type Facts, type Language, type Words } from '../../shared/words';
import { formatNumber, formatWithUnit, minusSign, thinSpace } from '../controls/numbers';
import { i18n } from '../locales/i18n';
import type { ViewerKey } from '../locales/viewer.en';
import { lettersOf, positionMm, thicknessMm, type PlaneStack } from './plane';

export interface ViewerWords {
  readonly language: ComputedRef<Language>;
  readonly t: (key: ViewerKey, facts?: Facts) => string;
  readonly w: (words: Words) => string;
  /** Where a slice lies along its normal: "S −12.5 mm", "R 16.9 mm". */
  readonly position: (stack: PlaneStack, slice: number) => string;
  readonly thickness: (stack: PlaneStack) => string;
}

/** A coordinate as it is read on a view: sideways and front to back by letter, head to feet by S and sign. */
export function coordinateText(letter: string, mm: number, language: Language): string {
  const rounded = Math.round(mm * 10) / 10;
  const opposite = { L: 'R', P: 'A', S: 'S' }[letter.charAt(0)];
  if (opposite === undefined || opposite === 'S' || rounded >= 0 || letter.length > 1) {
    const sign = rounded < 0 ? minusSign : '';
    return `${letter} ${sign}${formatNumber(Math.abs(rounded), 1, language)}`;
  }
  return `${opposite} ${formatNumber(Math.abs(rounded), 1, language)}`;
}

/** Texts of the viewer in the language that is chosen now. */
export function useViewerWords(): ViewerWords {
  const { t, locale } = i18n.global;
  const language = computed(() => locale.value);
  return {
    language,
    t: (key, facts = {}) => t(key, facts as Record<string, unknown>),
    w: (words) => say(words, language.value),
    position: (stack, slice) =>
      coordinateText(lettersOf(stack.normal), positionMm(stack, slice), language.value) + `${thinSpace}mm`,
    thickness: (stack) => formatWithUnit(thicknessMm(stack), 1, 'mm', language.value),
  };
}

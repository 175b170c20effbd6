import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { IsodoseLine } from '../../shared/contract/desktop';
import { usePreferences } from './preferences';
import { useView } from './view';

/** An isodose as it is drawn. */
export interface IsodoseLevel {
  readonly doseGy: number;
  readonly colour: string;
  readonly widthPx: number;
  readonly dash: readonly number[];
}

const white = '#ffffff';

/** 95 % of the prescription, 45 Gy and 30 Gy. */
const standardIsodoses: readonly IsodoseLine[] = [
  { value: 95, of: 'percent', colour: white, shown: true },
  { value: 45, of: 'Gy', colour: white, shown: true },
  { value: 30, of: 'Gy', colour: white, shown: true },
];

/** Of a plan of few Gy, such as a boost: the same three lines as shares of its prescription. */
const lowIsodoses: readonly IsodoseLine[] = [95, 50, 20].map((value) => ({
  value,
  of: 'percent',
  colour: white,
  shown: true,
}));
const lowGy = 47;

/** Width and dash by rank: told apart without colour. The highest dose first; beyond the last the styles repeat. */
const styles: readonly Pick<IsodoseLevel, 'widthPx' | 'dash'>[] = [
  { widthPx: 2, dash: [] },
  { widthPx: 1.1, dash: [6, 4] },
  { widthPx: 0.9, dash: [2, 4] },
  { widthPx: 1.3, dash: [10, 3, 2, 3] },
];

const mostLines = 12;

/** The isodoses that the user chose, kept for good, and what they come to in Gy for the plan that is open. */
export const useIsodoses = defineStore('isodoses', () => {
  const preferences = usePreferences();
  const view = useView();

  /** What is drawn as long as the user has chosen nothing. */
  const standard = computed(() => {
    const prescription = view.opened?.prescriptionGy ?? null;
    return prescription !== null && prescription < lowGy ? lowIsodoses : standardIsodoses;
  });
  const lines = computed<readonly IsodoseLine[]>(() => preferences.preferences.isodoses ?? standard.value);

  const doseOf = ({ value, of }: IsodoseLine): number | null => {
    if (of === 'Gy') return value;
    const prescription = view.opened?.prescriptionGy;
    return prescription ? (value / 100) * prescription : null;
  };
  /** What is drawn, the highest dose first. A share of a prescription that is not known is no line. */
  const levels = computed<readonly IsodoseLevel[]>(() =>
    lines.value
      .filter(({ shown }) => shown)
      .flatMap((line) => {
        const doseGy = doseOf(line);
        return doseGy === null || doseGy <= 0 ? [] : [{ doseGy, colour: line.colour }];
      })
      .sort((a, b) => b.doseGy - a.doseGy)
      .map((level, at) => ({ ...level, ...(styles[at % styles.length] ?? { widthPx: 1, dash: [] }) })),
  );

  const keep = (next: readonly IsodoseLine[]): Promise<void> =>
    preferences.change({ isodoses: next.map((line) => ({ ...line })) });

  function set(at: number, some: Partial<IsodoseLine>): Promise<void> {
    return keep(lines.value.map((line, n) => (n === at ? { ...line, ...some } : line)));
  }

  /** Adds a level 10 below the last. */
  function add(): Promise<void> {
    const last = lines.value.at(-1) ?? { value: 30, of: 'Gy' as const };
    const value = Math.max(1, last.value - 10);
    return keep([...lines.value, { value, of: last.of, colour: white, shown: true }].slice(0, mostLines));
  }

  const remove = (at: number): Promise<void> => keep(lines.value.filter((_, n) => n !== at));
  const restore = (): Promise<void> => preferences.change({ isodoses: undefined });

  return { lines, levels, doseOf, set, add, remove, restore, mostLines };
});

import type { OcclusionValues } from '../../../shared/analysis/occlusion';
import type { DependenceEntry, DependenceMatrix } from '../../../shared/analysis/occlusionFurther';
import { digitsFor } from '../../controls/numbers';
import type { FurtherTable, TableWords } from './furtherTable';

type Shown = 'ccDrop' | 'diceLoss' | 'hd95Mm' | 'distanceMm';

const views = [
  { id: 'ccDrop', title: 'occlusion.showCc' },
  { id: 'diceLoss', title: 'occlusion.showDice' },
  { id: 'hd95Mm', title: 'occlusion.showHd95' },
  { id: 'distanceMm', title: 'occlusion.showDistance' },
] as const satisfies readonly { readonly id: Shown; readonly title: string }[];

/** A Dice of 0 has the full colour; of volumes and distances the largest of the matrix has it. */
const fullDice = 1;
const least = 1e-9;

/** Rows hidden, columns segmented; `view` is the id of what its cells show. */
export function dependenceTable(
  { dependence: matrix }: OcclusionValues,
  words: TableWords,
  view: string,
): FurtherTable | null {
  if (!matrix) return null;
  const { t, n, signed } = words;
  const shown = views.find(({ id }) => id === view)?.id ?? 'ccDrop';
  const grid = matrix.structures.map(({ name }) =>
    matrix.labels.map((label) => matrix.entries.find((entry) => entry.hidden === name && entry.label === label)),
  );
  const largest = Math.max(least, ...matrix.entries.map((entry) => Math.abs(entry[shown] ?? 0)));
  const full = shown === 'diceLoss' ? fullDice : largest;
  const digits = Math.max(1, digitsFor(largest));
  const text = (value: number | null | undefined, of: Shown = shown): string => {
    if (value === null || value === undefined) return '–';
    return of === 'ccDrop' ? signed(value, digits) : n(value, of === 'diceLoss' ? 2 : of === 'hd95Mm' ? 1 : 0);
  };
  const rowsOf = <T>(of: (entry: DependenceEntry | undefined) => T): readonly (readonly T[])[] =>
    grid.map((row) => row.map(of));
  const values = rowsOf((entry) => entry?.[shown] ?? null);
  const names = matrix.structures.map(({ name }) => name);
  return {
    id: 'dependence',
    title: 'occlusion.dependence',
    badge: badgeOf(matrix, words),
    note: [
      t('occlusion.dependenceNote'),
      ...(matrix.receptiveRadiusMm === null
        ? []
        : [t('occlusion.dependenceReach', { mm: n(matrix.receptiveRadiusMm) })]),
    ].join(' '),
    head: [t('occlusion.hiddenRow'), ...matrix.labels],
    rows: names.map((name, row) => [name, ...(values[row] ?? [])]),
    shown: names.map((name, row) => [name, ...(values[row] ?? []).map((value) => text(value))]),
    views,
    tones: rowsOf((entry) => {
      const value = shown === 'distanceMm' ? null : entry?.[shown];
      return value === null || value === undefined ? null : Math.max(-1, Math.min(1, value / full));
    }),
    told: rowsOf((entry) =>
      entry ? views.map(({ id, title }) => `${t(title)} ${text(entry[id], id)}`).join(' · ') : '',
    ),
    dotted: rowsOf((entry) => entry?.outOfReach === true),
  };
}

function badgeOf({ selfTest }: DependenceMatrix, { t, n }: TableWords): NonNullable<FurtherTable['badge']> {
  if (selfTest.passed === null) return { kind: 'cannot-say', text: t('occlusion.selfTestNone') };
  return selfTest.passed
    ? { kind: 'fine', text: t('occlusion.selfTestPassed', { count: n(selfTest.entries) }) }
    : { kind: 'problem', text: t('occlusion.selfTestFailed', { value: n(selfTest.largest ?? NaN, 4) }) };
}

import type { CompareTest } from '../../../../shared/analysis/compare';
import { equivalence } from '../statistics/equivalence';
import { mcNemar } from '../statistics/mcnemar';
import { holm } from '../statistics/multiplicity';
import { hodgesLehmann, signedRank } from '../statistics/wilcoxon';
import type { Kept } from './kept';
import { censoringOf, measureOf } from './measures';
import { difference, isMeasure, measureTables, pairsOf, type MeasureTable, type Pair } from './paired';

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

type Tested = Omit<CompareTest, 'holm'>;

function binaryTest(pairs: readonly Pair[], head: Head): Tested {
  const onlyReference = pairs.filter(({ before, after }) => before === 1 && after !== 1).length;
  const onlyNetwork = pairs.filter(({ before, after }) => before !== 1 && after === 1).length;
  const { p, midP, cannotDecide } = mcNemar(onlyReference, onlyNetwork);
  const { margin, ...named } = head;
  return {
    ...named,
    kind: 'mcnemar',
    effect: pairs.length === 0 ? null : (onlyNetwork - onlyReference) / pairs.length,
    onlyReference,
    onlyNetwork,
    statistic: null,
    p,
    midP,
    cannotDecide,
    equivalence: margin === null ? null : equivalence(pairs.map(difference), margin),
  };
}

function rankTest(pairs: readonly Pair[], head: Head): Tested {
  const differences = pairs.map(difference);
  const { statistic, p, cannotDecide } = signedRank(differences);
  const { value, ci95 } = hodgesLehmann(differences);
  const { margin, ...named } = head;
  return {
    ...named,
    kind: 'wilcoxon',
    effect: pairs.length === 0 ? null : ci95 ? { value, ci95: [ci95[0], ci95[1]] } : value,
    statistic,
    p,
    cannotDecide,
    equivalence: margin === null ? null : equivalence(differences, margin),
  };
}

type Head = Pick<Tested, 'analysis' | 'measure' | 'said' | 'unit' | 'network' | 'n' | 'reference' | 'value'> & {
  readonly margin: number | null;
};

/** Patients of whom one of the two values is only known to lie beyond the largest severity tried. */
function censoredOf(tables: readonly MeasureTable[], measure: string, names: readonly string[]): number | null {
  const key = censoringOf(measure);
  const table = key === null ? undefined : tables.find((own) => own.measure === key);
  return table ? table.patients.filter(({ values }) => names.some((name) => values.get(name) === 1)).length : null;
}

/** Every measure of every network against the reference, on the patients that both have; Holm over all of them. */
export function testsOf(reference: string, names: readonly string[], each: () => Iterable<Kept>): CompareTest[] {
  const tables = measureTables(each());
  const tested = tables.filter(isMeasure).flatMap((table) =>
    names
      .filter((name) => name !== reference)
      .flatMap((network): Tested[] => {
        const pairs = pairsOf(table, reference, network);
        if (pairs.length === 0) return [];
        const { measure } = table;
        const { said, unit, margin } = measureOf(measure);
        const head: Head = {
          analysis: measure.split('/')[0] ?? '',
          ...{ measure, said, unit, network, margin },
          n: pairs.length,
          reference: mean(pairs.map(({ before }) => before)),
          value: mean(pairs.map(({ after }) => after)),
        };
        const censored = censoredOf(tables, measure, [reference, network]);
        const test = table.binary ? binaryTest(pairs, head) : rankTest(pairs, head);
        return [censored === null ? test : { ...test, censored }];
      }),
  );
  const corrected = holm(tested.map(({ p }) => p ?? 1));
  return tested.map((test, at) => ({ ...test, holm: corrected[at] ?? null }));
}

import { computed, type ComputedRef } from 'vue';
import type { CompareSummary } from '../../../shared/analysis/compare';
import { useComparison } from '../../stores/comparison';
import type { OpenResult } from '../../stores/results';
import { useStudies } from '../../stores/studies';
import { useAnswers } from '../shell/useAnswers';
import { compareSummary, shownOf, type Shown } from './compareResult';

interface Compared {
  readonly result: ComputedRef<OpenResult | null>;
  readonly summary: ComputedRef<CompareSummary | null>;
  /** Networks beside the reference, in the order of training. */
  readonly others: ComputedRef<readonly string[]>;
  /** B: the one that was chosen, else the one in which most filters fell silent; empty where there is none. */
  readonly network: ComputedRef<string>;
  readonly shown: ComputedRef<readonly Shown[]>;
}

/** What the comparison of the open network and study found, and which of its networks is looked at. */
export function useCompared(): Compared {
  const comparison = useComparison();
  const studies = useStudies();
  const { resultOf } = useAnswers();
  const result = computed(() => resultOf('compare'));
  const summary = computed(() => compareSummary(result.value?.analysis.summary));
  const names = computed(() => Object.keys(summary.value?.networks ?? {}));
  const others = computed(() => names.value.filter((name) => name !== summary.value?.reference));
  const network = computed(() => {
    const { shown } = comparison;
    if (shown !== null && others.value.includes(shown)) return shown;
    const killed = (name: string): number =>
      summary.value?.layers.reduce((sum, { networks }) => sum + (networks[name]?.killed ?? 0), 0) ?? 0;
    return [...others.value].sort((a, b) => killed(b) - killed(a))[0] ?? '';
  });
  const shown = computed(() => (result.value ? shownOf(result.value, names.value, studies.current?.path) : []));
  return { result, summary, others, network, shown };
}

import { computed, type ComputedRef } from 'vue';
import { useWords } from '../../locales/useWords';
import { useWorkbench } from '../../stores/workbench';
import type { Overlay } from '../../viewer/overlay';
import { comparedOverlay, differenceOverlay } from './comparedOverlay';
import { differenceOf } from './compareResult';
import { useCompared } from './useCompared';
import { useLabels } from './useLabels';

/** One of the panes A, B and B − A. */
export interface ComparedPane {
  readonly name: string;
  readonly overlay: Overlay;
}

/** The open study through the reference, through the network that is looked at, and their difference; null where there is nothing to show. */
export function useComparedPanes(): ComputedRef<readonly ComparedPane[] | null> {
  const { result, summary, network, shown } = useCompared();
  const workbench = useWorkbench();
  const labels = useLabels();
  const { t } = useWords();
  return computed(() => {
    if (workbench.mode !== 'compare' || workbench.layer !== 'mode') return null;
    if (!summary.value || !result.value || network.value === '') return null;
    const { reference } = summary.value;
    const pair = shown.value.filter((one) => one.network === reference || one.network === network.value);
    const a = comparedOverlay(pair, reference, labels.value, 'A');
    const b = comparedOverlay(pair, network.value, labels.value, 'B');
    const volume = pair[0] ? differenceOf(result.value, network.value, pair[0].kind) : null;
    const words = { onlyA: t('compare.onlyA'), onlyB: t('compare.onlyB'), other: t('compare.otherLabel') };
    const difference = volume && differenceOverlay(pair, volume, words);
    if (!a || !b) return null;
    return [
      { name: `A · ${reference}`, overlay: a },
      { name: `B · ${network.value}`, overlay: b },
      ...(difference ? [{ name: 'B − A', overlay: difference }] : []),
    ];
  });
}

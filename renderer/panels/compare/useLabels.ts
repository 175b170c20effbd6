import { computed, type ComputedRef } from 'vue';
import { useNetworks } from '../../stores/networks';
import { useStudies } from '../../stores/studies';
import type { Overlay } from '../../viewer/overlay';
import { knownStyle, structureStyle } from '../../viewer/structureStyle';

const fallback = ['#7fd4ff', '#ffb347', '#ff9ee0', '#c9b28f', '#d7a6ff', '#ffe08a', '#4aa3ff', '#ff7a5c'];

/** Names and colours of the current network's labels: those of the study's structures where they are of one name. */
export function useLabels(): ComputedRef<NonNullable<Overlay['labels']>> {
  const networks = useNetworks();
  const studies = useStudies();
  return computed(() => {
    const output = networks.current?.recipe?.output;
    const names = output?.kind === 'segmentation' ? output.labels : [];
    return names.map((name, at) => {
      const structure = studies.detail?.structures.find((each) => each.name.toLowerCase() === name.toLowerCase());
      const own = structure ? structureStyle(name, structure.colour) : knownStyle(name);
      return { name, colour: own?.colour ?? fallback[at % fallback.length] ?? '#b7c2cd' };
    });
  });
}

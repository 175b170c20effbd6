import { computed, type ComputedRef } from 'vue';
import type { BlobVolume } from '../../../shared/study';
import { useActivation } from '../../stores/activation';
import { useDegraded } from '../../stores/degraded';
import { useNetworks } from '../../stores/networks';
import { useStudies } from '../../stores/studies';
import { useWorkbench } from '../../stores/workbench';
import type { Overlay } from '../../viewer/overlay';
import { knownStyle, structureStyle } from '../../viewer/structureStyle';
import { activationOverlay } from '../maps/activationOverlay';
import { degradedOverlay } from '../robustness/degradedOverlay';
import { supportOverlay } from '../occlusion/supportOverlay';
import { useAnswers } from './useAnswers';

const fallback = ['#7fd4ff', '#ffb347', '#ff9ee0', '#c9b28f', '#d7a6ff', '#ffe08a', '#4aa3ff', '#ff7a5c'];

/** The volume of a result whose path ends in a name, whatever the folder and input. */
const volumeNamed = (volumes: Readonly<Record<string, BlobVolume>>, name: RegExp): BlobVolume | null =>
  Object.entries(volumes).find(([path]) => name.test(path))?.[1] ?? null;

/** What lies over the Network pane: what the mode found, what the network answers, or what it sees. */
export function useOverlay(): ComputedRef<Overlay | null> {
  const studies = useStudies();
  const networks = useNetworks();
  const workbench = useWorkbench();
  const activation = useActivation();
  const degraded = useDegraded();
  const { resultOf, runOf } = useAnswers();

  function input(): Overlay | null {
    const { preview } = networks;
    const channel = preview?.study === studies.currentId ? preview.channels[workbench.inputChannel] : undefined;
    if (!channel) return null;
    const { volume, name } = channel;
    return {
      kind: 'input',
      volume,
      name: { en: `Input: ${name}`, fr: `Entrée : ${name}` },
      unit: volume.unit,
      range: volume.range,
    };
  }

  function prediction(): Overlay | null {
    const output = networks.current?.recipe?.output;
    const volumes = resultOf('predict')?.volumes;
    if (!output || !volumes) return null;
    if (output.kind === 'segmentation') {
      const volume = volumeNamed(volumes, /(^|\/)labels\.nrrd$/) ?? volumeNamed(volumes, /labels/);
      if (!volume) return null;
      const labels = output.labels.map((name, at) => {
        const structure = studies.detail?.structures.find((each) => each.name.toLowerCase() === name.toLowerCase());
        const own = structure ? structureStyle(name, structure.colour) : knownStyle(name);
        return { name, colour: own?.colour ?? fallback[at % fallback.length] ?? '#b7c2cd' };
      });
      return {
        kind: 'labels',
        volume,
        name: { en: 'Prediction', fr: 'Prédiction' },
        unit: '',
        range: [0, labels.length - 1],
        labels,
      };
    }
    if (output.kind === 'regression') {
      const volume = volumeNamed(volumes, /dose/);
      return (
        volume && {
          kind: 'dose',
          volume,
          name: { en: 'Predicted dose', fr: 'Dose prédite' },
          unit: 'Gy',
          range: [0, studies.detail?.dose?.range[1] ?? volume.range[1]],
        }
      );
    }
    return null;
  }

  return computed(() => {
    if (!studies.detail) return null;
    if (workbench.layer === 'input') return input();
    if (workbench.layer === 'prediction') return prediction();
    if (workbench.mode === 'maps' || workbench.mode === 'filters' || workbench.mode === 'search')
      return activation.activation && activationOverlay(activation.activation);
    if (workbench.mode === 'occlusion') return supportOverlay(resultOf('occlusion'), runOf('occlusion')) ?? null;
    if (workbench.mode === 'robustness') return degraded.seen ? degradedOverlay(degraded.seen) : input();
    return prediction();
  });
}

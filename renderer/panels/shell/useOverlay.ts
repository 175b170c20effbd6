import { computed, type ComputedRef } from 'vue';
import type { BlobVolume } from '../../../shared/study';
import { useActivation } from '../../stores/activation';
import { useComparison } from '../../stores/comparison';
import { useDegraded } from '../../stores/degraded';
import { useNetworks } from '../../stores/networks';
import { useStudies } from '../../stores/studies';
import { useWorkbench } from '../../stores/workbench';
import type { Overlay } from '../../viewer/overlay';
import { comparedOverlay } from '../compare/comparedOverlay';
import { compareSummary, shownOf } from '../compare/compareResult';
import { useLabels } from '../compare/useLabels';
import { activationOverlay } from '../maps/activationOverlay';
import { degradedOverlay } from '../robustness/degradedOverlay';
import { supportOverlay } from '../occlusion/supportOverlay';
import { useAnswers } from './useAnswers';

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
  const comparison = useComparison();
  const labels = useLabels();
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
      return {
        kind: 'labels',
        volume,
        name: { en: 'Prediction', fr: 'Prédiction' },
        unit: '',
        range: [0, labels.value.length - 1],
        labels: labels.value,
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

  /** The answer of one of the networks that were compared, the reference's until another is chosen. */
  function compared(): Overlay | null {
    const result = resultOf('compare');
    const summary = compareSummary(result?.analysis.summary);
    if (!result || !summary) return null;
    const shown = shownOf(result, Object.keys(summary.networks), studies.current?.path);
    return (
      comparedOverlay(shown, comparison.shown ?? summary.reference, labels.value) ??
      comparedOverlay(shown, summary.reference, labels.value)
    );
  }

  return computed(() => {
    if (!studies.detail) return null;
    if (workbench.layer === 'input') return input();
    if (workbench.layer === 'prediction') return prediction();
    if (workbench.mode === 'maps' || workbench.mode === 'filters' || workbench.mode === 'search')
      return activation.activation && activationOverlay(activation.activation);
    if (workbench.mode === 'occlusion') return supportOverlay(resultOf('occlusion'), runOf('occlusion')) ?? null;
    if (workbench.mode === 'robustness') return degraded.seen ? degradedOverlay(degraded.seen) : input();
    return compared() ?? prediction();
  });
}

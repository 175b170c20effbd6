import { computed, type ComputedRef } from 'vue';
import type { NodeDescription } from '../../../shared/network';
import type { BadgeKind } from '../../controls/badge';
import { useNetworks } from '../../stores/networks';
import { useWorkbench } from '../../stores/workbench';
import { filterLayersOf, levelOf } from '../filters/filterLayers';
import { layersOf, layerState } from '../maps/channelStatus';
import { useAnswers } from '../shell/useAnswers';
import { channelCount } from './layers';

/** What tree and graph say of one layer. */
export interface LayerFacts {
  readonly channels: number | null;
  /** Share of its channels that are alive; null where Maps has not been run. */
  readonly alive: number | null;
  readonly badge: BadgeKind;
}

/** What is known of the layers of the open network: channels from the file, state from Maps, refusals of this program. */
export function useLayerFacts(): ComputedRef<(node: NodeDescription) => LayerFacts> {
  const networks = useNetworks();
  const workbench = useWorkbench();
  const { resultOf } = useAnswers();
  return computed(() => {
    const layers = layersOf(resultOf('maps')?.analysis.summary);
    const kernels =
      workbench.mode === 'filters'
        ? new Map(filterLayersOf(resultOf('filters')?.analysis.summary).map((layer) => [layer.node, levelOf(layer)]))
        : null;
    const refused = new Set(networks.current?.description.unsupported.map(({ node }) => node));
    return (node) => {
      const known = layers.get(node.name)?.channels;
      const state = known ? layerState(known) : null;
      return {
        channels: channelCount(node),
        alive: state && known ? state.alive / Math.max(1, known.length) : null,
        badge: refused.has(node.name) ? 'problem' : ((kernels ? kernels.get(node.name) : state?.level) ?? 'none'),
      };
    };
  });
}

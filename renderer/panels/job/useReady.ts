import { computed, type ComputedRef } from 'vue';
import { useEngineState } from '../../stores/engineState';
import { useNetworks } from '../../stores/networks';
import { useStudies } from '../../stores/studies';

/**
 * Whether a run can begin now: the engine answers and all is open in it, the network has a recipe (needless for what looks at the network
 * alone), and the chosen study is open.
 */
export function useReady(ofNetwork: () => boolean = () => false): ComputedRef<boolean> {
  const engine = useEngineState();
  const networks = useNetworks();
  const studies = useStudies();
  return computed(
    () =>
      engine.state === 'ready' &&
      !engine.reopening &&
      (ofNetwork() ? networks.current !== null : Boolean(networks.current?.recipe)) &&
      studies.currentId !== null &&
      studies.detail?.id === studies.currentId,
  );
}

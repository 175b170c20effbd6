import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { BlobVolume } from '../../shared/study';
import type { VoxelArray } from '../../shared/volume';
import { fetchSlices } from '../bridge/bridge';
import { useNetworks } from './networks';

/** Which of the open networks the current one is held against, and whose answer lies over the pane. */
export const useComparison = defineStore('comparison', () => {
  const networks = useNetworks();
  /** Those that the user left out: the others of those open are compared. */
  const left = ref<readonly string[]>([]);
  /** The name of the network whose answer is shown; null: the reference's. */
  const shown = ref<string | null>(null);

  const offered = computed(() => networks.networks.filter(({ id }) => id !== networks.currentId));
  const others = computed(() => offered.value.filter(({ id, recipe }) => recipe !== null && !left.value.includes(id)));

  function toggle(id: string): void {
    left.value = left.value.includes(id) ? left.value.filter((own) => own !== id) : [...left.value, id];
  }

  function show(name: string | null): void {
    shown.value = name;
  }

  /** One axial slice of a network's answer. */
  const slice = (volume: BlobVolume, k: number, signal: AbortSignal): Promise<VoxelArray> =>
    fetchSlices(volume, k, 1, signal);

  return { offered, others, shown, toggle, show, slice };
});

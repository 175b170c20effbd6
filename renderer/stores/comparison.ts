import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { NetworkSummary } from '../../shared/contract/engine';
import type { BlobVolume } from '../../shared/study';
import type { VoxelArray } from '../../shared/volume';
import { fetchSlices } from '../bridge/bridge';
import { useNetworks } from './networks';

/** Which of the open networks the current one is held against, and whose answer lies over the pane. */
export const useComparison = defineStore('comparison', () => {
  const networks = useNetworks();
  /** Those that the user ticked or unticked against what is proposed. */
  const turned = ref<readonly string[]>([]);
  /** The name of the network whose answer is shown; null: the reference's. */
  const shown = ref<string | null>(null);

  const offered = computed(() => networks.networks.filter(({ id }) => id !== networks.currentId));
  /** Proposed are those that answer the same question: whose recipe asks for the same output. */
  const isProposed = ({ recipe }: NetworkSummary): boolean =>
    JSON.stringify(recipe?.output) === JSON.stringify(networks.current?.recipe?.output);
  const others = computed(() =>
    offered.value.filter((one) => one.recipe !== null && isProposed(one) !== turned.value.includes(one.id)),
  );

  function toggle(id: string): void {
    turned.value = turned.value.includes(id) ? turned.value.filter((own) => own !== id) : [...turned.value, id];
  }

  /** Leaves these beside the open network, and no others. */
  function only(ids: readonly string[]): void {
    turned.value = offered.value.filter((one) => isProposed(one) !== ids.includes(one.id)).map(({ id }) => id);
  }

  /** Ids of the networks in the order of training, where the user has changed it. */
  const order = ref<readonly string[]>([]);
  /** The recipe of training that each network is a run of, by its id. */
  const groups = ref<Readonly<Record<string, string>>>({});
  /** Keys of the two databases that are held against each other; null: all ticked studies are one. */
  const databases = ref<readonly [string, string] | null>(null);

  /** Moves a network one place up in an order. */
  function moveUp(ids: readonly string[], id: string): void {
    const at = ids.indexOf(id);
    if (at < 1) return;
    const next = [...ids];
    next.splice(at - 1, 2, id, ids[at - 1] ?? id);
    order.value = next;
  }

  function group(id: string, name: string): void {
    const { [id]: _, ...others } = groups.value;
    const named = name.trim();
    groups.value = named === '' ? others : { ...others, [id]: named };
  }

  function show(name: string | null): void {
    shown.value = name;
  }

  /** One axial slice of a network's answer. */
  const slice = (volume: BlobVolume, k: number, signal: AbortSignal): Promise<VoxelArray> =>
    fetchSlices(volume, k, 1, signal);

  return { offered, others, shown, toggle, only, order, moveUp, groups, group, databases, show, slice };
});

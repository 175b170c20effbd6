import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { NetworkSummary } from '../../shared/contract/engine';
import type { Recipe } from '../../shared/recipe';
import { ask } from '../bridge/bridge';

type InputPreview = Gives<'engine/previewInput'> & { readonly network: string; readonly study: string };

/** The networks that are open, the one that is asked about, its chosen layer, and what it will see of the study. */
export const useNetworks = defineStore('networks', () => {
  const networks = shallowRef<readonly NetworkSummary[]>([]);
  const currentId = ref<string | null>(null);
  const node = ref<string | null>(null);
  const channel = ref(0);
  const preview = shallowRef<InputPreview | null>(null);

  const current = computed(() => networks.value.find(({ id }) => id === currentId.value) ?? null);
  const chosenNode = computed(() => current.value?.description.nodes.find(({ name }) => name === node.value) ?? null);

  function place(network: NetworkSummary): void {
    const others = networks.value.filter(({ path }) => path !== network.path);
    networks.value = [...others, markRaw(network)].sort((a, b) => a.path.localeCompare(b.path));
  }

  /** Makes a network current; the layer is kept by name, else by depth. */
  function choose(id: string): void {
    const before = current.value;
    const depth = before?.description.nodes.findIndex(({ name }) => name === node.value) ?? -1;
    currentId.value = id;
    preview.value = null;
    const nodes = current.value?.description.nodes ?? [];
    if (nodes.some(({ name }) => name === node.value)) return;
    const share = before && depth >= 0 ? depth / Math.max(1, before.description.nodes.length - 1) : null;
    const fallback = nodes.find(({ op }) => op.includes('conv')) ?? nodes[0];
    node.value = (share === null ? fallback : nodes[Math.round(share * (nodes.length - 1))])?.name ?? null;
    channel.value = 0;
  }

  /** Lets the user name a network's file. Null: the user named none. */
  async function askForFile(title: string): Promise<string | null> {
    return (await ask('desktop/choose', { what: 'network', title })).path;
  }

  /** Reads a network file. Gives its id; the first one that opens becomes current. */
  async function open(path: string, recipe?: string): Promise<string> {
    const network = await ask('engine/openNetwork', recipe === undefined ? { path } : { path, recipe });
    place(network);
    if (currentId.value === null || !current.value) choose(network.id);
    return network.id;
  }

  /** Sets the recipe of the current network, and writes it beside the network where asked. */
  async function setRecipe(recipe: Recipe, save: boolean): Promise<void> {
    const network = current.value;
    if (!network) return;
    const changed = await ask('engine/setRecipe', { network: network.id, recipe, save });
    place(changed);
    if (currentId.value === network.id) currentId.value = changed.id;
    preview.value = null;
  }

  /** Asks what the current network will see of a study. */
  async function lookAtInput(study: string): Promise<void> {
    const network = current.value;
    if (!network?.recipe) return;
    if (preview.value?.network === network.id && preview.value.study === study) return;
    const seen = await ask('engine/previewInput', { network: network.id, study });
    if (currentId.value === network.id) preview.value = markRaw({ ...seen, network: network.id, study });
  }

  function chooseNode(name: string): void {
    if (node.value === name) return;
    node.value = name;
    channel.value = 0;
  }

  /** Opens again by path what was open when the engine was lost; a recipe that was set and not saved is set again. */
  async function reopen(): Promise<void> {
    const before = [...networks.value];
    const currentPath = current.value?.path;
    for (const { path, recipe, recipePath } of before) {
      const network = await ask('engine/openNetwork', recipePath === null ? { path } : { path, recipe: recipePath });
      place(
        recipe && recipePath === null
          ? await ask('engine/setRecipe', { network: network.id, recipe, save: false })
          : network,
      );
    }
    currentId.value = networks.value.find(({ path }) => path === currentPath)?.id ?? null;
    preview.value = null;
  }

  return {
    networks,
    currentId,
    current,
    node,
    chosenNode,
    channel,
    preview,
    choose,
    askForFile,
    open,
    setRecipe,
    lookAtInput,
    chooseNode,
    reopen,
  };
});

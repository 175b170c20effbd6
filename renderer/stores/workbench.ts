import { defineStore } from 'pinia';
import { ref } from 'vue';

export const modes = ['maps', 'filters', 'search', 'occlusion', 'robustness', 'compare'] as const;
export type Mode = (typeof modes)[number];

/** What this version can run from its tab. */
export const runningModes: readonly Mode[] = ['maps', 'filters', 'search', 'occlusion', 'robustness', 'compare'];

/** What is laid over the Network pane: what the mode found, what the network answers, or what it sees. */
export type Layer = 'mode' | 'prediction' | 'input';

/** How the layers of the network are laid out. */
export const networkForms = ['tree', 'graph'] as const;

/** Where the user is: the question, what is laid over the Network pane, and which helps are open. */
export const useWorkbench = defineStore('workbench', () => {
  const mode = ref<Mode>('occlusion');
  const layer = ref<Layer>('mode');
  const inputChannel = ref(0);
  const networkForm = ref<(typeof networkForms)[number]>('tree');
  const activePane = ref<'plan' | 'network'>('network');
  const help = ref<'keys' | 'help' | 'guide' | null>(null);
  const drawer = ref<'study' | 'structures' | 'databases' | 'recent' | 'settings' | null>(null);
  const tourStep = ref<number | null>(null);
  /** Grows each time the probe is to be read aloud. */
  const spoken = ref(0);
  const wantsRecipe = ref(false);
  const wantsPlan = ref(false);
  /** Height of the evidence area in px; null: the mode's own. */
  const bottomHeight = ref<number | null>(null);

  function choose(next: Mode): void {
    mode.value = next;
    layer.value = 'mode';
    bottomHeight.value = null;
  }

  return {
    mode,
    layer,
    inputChannel,
    networkForm,
    activePane,
    help,
    drawer,
    tourStep,
    wantsRecipe,
    spoken,
    wantsPlan,
    bottomHeight,
    choose,
  };
});

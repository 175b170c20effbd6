import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Progress } from '../../shared/job';
import { ask } from '../bridge/bridge';
import { useNetworks } from './networks';
import { useStudies } from './studies';

/** The demo that ships: where it lies, and how far the making of its patients is. */
export const useDemo = defineStore('demo', () => {
  const places = ref<Gives<'desktop/start'>['demo'] | null>(null);
  const making = ref<Progress | null>(null);

  const owns = (path: string): boolean =>
    places.value !== null &&
    /^[\\/]|^$/.test(path.slice(places.value.patients.length)) &&
    path.startsWith(places.value.patients);
  const results = (): string | null => places.value?.results ?? null;

  /** Makes the synthetic patients where they are missing and opens them, with the demo's networks and the first patient. */
  async function open(): Promise<void> {
    const at = places.value;
    if (!at) return;
    const networks = useNetworks();
    const studies = useStudies();
    making.value = { stage: 'phantom', done: 0, total: 0, secondsLeft: null };
    try {
      const made = await ask(
        'engine/makeDemo',
        { out: at.patients, results: at.results },
        { onProgress: (told) => (making.value = told) },
      );
      const [first] = await studies.openFolder(at.patients);
      const demoNetwork = made.networks.find((path) => /final/i.test(path)) ?? made.networks[0];
      const others = made.networks.filter((path) => path !== demoNetwork);
      if (first !== undefined) await studies.open(first);
      if (demoNetwork !== undefined) networks.choose(await networks.open(demoNetwork));
      for (const path of others) await networks.open(path);
    } finally {
      making.value = null;
    }
  }

  return { places, making, owns, results, open };
});

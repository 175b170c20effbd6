import { defineStore } from 'pinia';
import { ref } from 'vue';
import { usePreferences } from './preferences';

/** Where the tour of the questions stands: shown at a stop, or left at one, which is kept for good. */
export const useTour = defineStore('tour', () => {
  const preferences = usePreferences();
  /** The stop that is shown, by its key. */
  const stop = ref<string | null>(null);

  async function show(key: string): Promise<void> {
    stop.value = key;
    await preferences.change({ tourStop: key });
  }

  /** Closes the card; the next time it goes on here. */
  function leave(): void {
    stop.value = null;
  }

  /** Closes the card for good: the next time it begins anew. */
  async function end(): Promise<void> {
    stop.value = null;
    await preferences.change({ tourStop: null });
  }

  return { stop, show, leave, end };
});

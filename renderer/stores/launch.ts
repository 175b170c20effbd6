import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ask, hear } from '../bridge/bridge';
import { useDemo } from './demo';
import { usePreferences } from './preferences';

/** What the main process hands over when the window starts, and what it is asked to open later. */
export const useLaunch = defineStore('launch', () => {
  /** Where the user's own results may go, as long as nothing else was said. */
  const proposedResults = ref<string | null>(null);

  /** Takes over what was kept. Gives the paths named on the command line. */
  async function begin(): Promise<readonly string[]> {
    const start = await ask('desktop/start', {});
    usePreferences().load(start.preferences);
    useDemo().places = start.demo;
    proposedResults.value = start.proposedResults ?? null;
    return start.open;
  }

  /** Follows what a second start of Isolens asks to be opened, until the returned function is called. */
  function follow(open: (paths: readonly string[]) => void): () => void {
    return hear('desktop/open', ({ paths }) => {
      open(paths);
    });
  }

  return { proposedResults, begin, follow };
});

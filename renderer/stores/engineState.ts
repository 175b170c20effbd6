import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Tells } from '../../shared/contract/contract';
import type { Backend } from '../../shared/result';
import { ask, hear } from '../bridge/bridge';

/** Whether the computing process is there, and on which rung it runs. */
export const useEngineState = defineStore('engineState', () => {
  const state = ref<Tells<'desktop/engine'>['state']>('starting');
  const reason = ref<string | null>(null);
  const backend = ref<Backend | null>(null);
  const version = ref('');
  /** After a loss: true until everything that was open is open again. */
  const reopening = ref(false);
  let diedOnce = false;

  async function askStatus(): Promise<void> {
    const status = await ask('engine/status', {});
    backend.value = status.backend;
    version.value = status.isolens;
    state.value = 'ready';
  }

  /** Follows the engine until the returned function is called; `onBack` runs when one that was lost is ready again. */
  function follow(onBack: () => Promise<void>): () => void {
    return hear('desktop/engine', (event) => {
      state.value = event.state;
      reason.value = event.reason;
      if (event.state === 'lost') {
        diedOnce = true;
        reopening.value = true;
      }
      if (event.state === 'ready' && diedOnce) {
        diedOnce = false;
        void onBack().finally(() => (reopening.value = diedOnce));
      }
    });
  }

  return { state, reopening, reason, backend, version, askStatus, follow };
});

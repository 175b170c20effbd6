import { defineStore } from 'pinia';
import { markRaw, ref, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import { familyFacts, type FamilyId, type Severity } from '../../shared/analysis/robustnessFamilies';
import { ask } from '../bridge/bridge';

/** The study as one degradation leaves it, and what the network says of it. */
export type DegradedSeen = Gives<'engine/degradedInput'> & { readonly family: FamilyId; readonly severity: Severity };

/** Which degradation is looked at, how strong, and what came of it. */
export const useDegraded = defineStore('degraded', () => {
  const family = ref<FamilyId>('white-noise');
  const severity = ref<Severity>(40);
  const seen = shallowRef<DegradedSeen | null>(null);
  const looking = ref(false);
  let asking: AbortController | null = null;

  /** Chooses a family; its strength is then in the middle of its grid. */
  function choose(next: FamilyId, strength?: Severity): void {
    const { severities } = familyFacts[next];
    family.value = next;
    severity.value = strength ?? severities[Math.floor(severities.length / 2)] ?? 1;
  }

  /** Degrades the study as chosen. A later wish takes the place of an earlier one. */
  async function look(network: string, study: string, move: 'all' | 'image', again = true): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    const asked = { family: family.value, severity: severity.value };
    looking.value = true;
    try {
      const found = await ask(
        'engine/degradedInput',
        { network, study, seed: 1, move, ...asked },
        { signal: mine.signal },
      );
      if (!mine.signal.aborted) seen.value = markRaw({ ...found, ...asked });
    } catch (thrown) {
      if (mine.signal.aborted) return;
      // What an earlier wish had begun to read ends with it when that is given up; asked anew it is read whole.
      if (again) {
        await look(network, study, move, false);
        return;
      }
      seen.value = null;
      throw thrown;
    } finally {
      if (asking === mine) looking.value = false;
    }
  }

  function forget(): void {
    asking?.abort();
    seen.value = null;
  }

  return { family, severity, seen, looking, choose, look, forget };
});

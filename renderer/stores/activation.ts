import { defineStore } from 'pinia';
import { markRaw, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Vec3 } from '../../shared/geometry';
import { ask } from '../bridge/bridge';

type Gallery = Gives<'engine/gallery'> & { readonly key: string };
export type Activation = Gives<'engine/activation'> & { readonly node: string; readonly channel: number };

/** The map of the chosen channel, and all channels of its layer on the slice of the cross-hair. */
export const useActivation = defineStore('activation', () => {
  const activation = shallowRef<Activation | null>(null);
  const gallery = shallowRef<Gallery | null>(null);
  let asking: AbortController | null = null;
  let wanted = '';

  /** Asks for one channel's map. A later wish takes the place of an earlier one. */
  async function show(network: string, study: string, node: string, channel: number): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    const found = await ask('engine/activation', { network, study, node, channel }, { signal: mine.signal });
    if (!mine.signal.aborted) activation.value = markRaw({ ...found, node, channel });
  }

  /** Asks for the pictures of all channels through a point. */
  async function lookAt(network: string, study: string, node: string, at: Vec3): Promise<void> {
    const key = [network, study, node, ...at.map((mm) => mm.toFixed(1))].join(' ');
    if (wanted === key) return;
    wanted = key;
    try {
      const found = await ask('engine/gallery', { network, study, node, positionMm: [...at] });
      if (wanted === key) gallery.value = markRaw({ ...found, key });
    } catch (thrown) {
      if (wanted !== key) return;
      wanted = '';
      gallery.value = null;
      throw thrown;
    }
  }

  function forget(): void {
    asking?.abort();
    activation.value = null;
    gallery.value = null;
    wanted = '';
  }

  return { activation, gallery, show, lookAt, forget };
});

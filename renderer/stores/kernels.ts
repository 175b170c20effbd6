import { defineStore } from 'pinia';
import { markRaw, ref, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import { ask } from '../bridge/bridge';

export type KernelArray = Gives<'engine/kernels'>['arrays'][number];

/** By what the kernels stand in order: their place in the file, or a number of theirs. */
export const kernelOrders = ['index', 'moranZ', 'lowFrequencyShare', 'highFrequencyShare', 'gearyC', 'norm'] as const;
export type KernelOrder = (typeof kernelOrders)[number];

/** The kernels of the chosen layer, and how they are drawn. */
export const useKernels = defineStore('kernels', () => {
  const shown = shallowRef<{
    readonly network: string;
    readonly node: string;
    readonly arrays: readonly KernelArray[];
  } | null>(null);
  const order = ref<KernelOrder>('index');
  /** One scale for the layer, or each filter's own. */
  const scale = ref<'layer' | 'filter'>('filter');
  /** The chosen kernel, by the array's own numbers. */
  const chosen = ref<{ readonly in: number; readonly out: number } | null>(null);
  let wanted = '';

  /** Asks for a layer's weights; a later wish takes the place of an earlier one. */
  async function lookAt(network: string, node: string): Promise<void> {
    const key = `${network} ${node}`;
    if (wanted === key) return;
    wanted = key;
    try {
      const { arrays } = await ask('engine/kernels', { network, node });
      if (wanted !== key) return;
      chosen.value = null;
      shown.value = markRaw({ network, node, arrays });
    } catch (thrown) {
      if (wanted === key) wanted = '';
      throw thrown;
    }
  }

  return { shown, order, scale, chosen, lookAt };
});

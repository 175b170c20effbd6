import { defineStore } from 'pinia';
import { markRaw, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import { ask } from '../bridge/bridge';

export type SavedPlane = Gives<'engine/savedPlane'>;

/** More than a panel shows at once. */
const mostHeld = 60;

/** Planes of arrays that runs saved, read when they are first shown. */
export const useSavedPlanes = defineStore('savedPlanes', () => {
  const held = shallowRef<ReadonlyMap<string, SavedPlane | 'failed'>>(new Map());
  const keyOf = (folder: string, file: string): string => `${folder}\n${file}`;

  const of = (folder: string, file: string): SavedPlane | 'failed' | null =>
    held.value.get(keyOf(folder, file)) ?? null;

  async function show(folder: string, file: string): Promise<void> {
    if (of(folder, file) !== null) return;
    let plane: SavedPlane | 'failed';
    try {
      plane = markRaw(await ask('engine/savedPlane', { folder, file }));
    } catch {
      // The tile says that the file cannot be read; what stands beside it is none the worse.
      plane = 'failed';
    }
    held.value = new Map([...[...held.value].slice(-(mostHeld - 1)), [keyOf(folder, file), plane]]);
  }

  return { of, show };
});

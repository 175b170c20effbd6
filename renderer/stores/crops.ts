import { defineStore } from 'pinia';
import { markRaw, shallowRef } from 'vue';
import type { Gives } from '../../shared/contract/contract';
import type { Vec3 } from '../../shared/geometry';
import { ask } from '../bridge/bridge';

export type Crop = Gives<'engine/crop'>;

/** A place of a study, and how much around it is shown. */
export interface CropWish {
  readonly study: string;
  readonly pointMm: Vec3;
  readonly sideMm: number;
}

/** Pixels a side: tiles are small. */
export const cropPixels = 96;

/** More than a gallery shows, less than a database holds. */
const mostHeld = 120;

const keyOf = ({ study, pointMm, sideMm }: CropWish): string =>
  [study, ...pointMm.map((mm) => mm.toFixed(2)), sideMm.toFixed(1)].join(' ');

/** Pictures of places in any study that is listed, read one after the other. */
export const useCrops = defineStore('crops', () => {
  const held = shallowRef<ReadonlyMap<string, Crop | 'failed'>>(new Map());
  let asking: AbortController | null = null;

  const of = (wish: CropWish): Crop | 'failed' | null => held.value.get(keyOf(wish)) ?? null;

  function keep(wish: CropWish, crop: Crop | 'failed'): void {
    const kept = [...held.value].slice(-(mostHeld - 1));
    held.value = new Map([...kept, [keyOf(wish), crop === 'failed' ? crop : markRaw(crop)]]);
  }

  /** Asks for those that are not there yet; a later wish takes the place of an earlier one. */
  async function show(wishes: readonly CropWish[]): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    for (const wish of wishes) {
      if (of(wish) !== null) continue;
      try {
        const crop = await ask(
          'engine/crop',
          { ...wish, pointMm: [...wish.pointMm], pixels: cropPixels },
          { signal: mine.signal },
        );
        keep(wish, crop);
      } catch {
        if (mine.signal.aborted) return;
        // The tile says that the study cannot be read; the others are shown.
        keep(wish, 'failed');
      }
      if (mine.signal.aborted) return;
    }
  }

  return { of, show };
});

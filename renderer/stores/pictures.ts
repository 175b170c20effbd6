import { defineStore } from 'pinia';
import { ask } from '../bridge/bridge';

/** A picture as PNG; null where there is nothing to draw. */
export type Picture = () => Promise<Uint8Array<ArrayBuffer> | null>;

/** Pictures of charts and galleries, saved where the user chooses. */
export const usePictures = defineStore('pictures', () => {
  async function save(name: string, picture: Picture): Promise<void> {
    const png = await picture();
    if (png) await ask('desktop/savePicture', { name: `${name}.png`, png });
  }

  return { save };
});

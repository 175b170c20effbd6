import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ask } from '../bridge/bridge';
import type { Picture } from './pictures';

/** Something on the screen that can be pinned to a report. `caption` says what and where, in the window's language. */
interface Pinnable {
  readonly caption: () => string;
  readonly picture: Picture;
}

/** Pictures of views and charts, pinned to the report of a run. */
export const usePins = defineStore('pins', () => {
  const pinnables = new Map<HTMLElement, Pinnable>();
  /** How many pictures the report has since the last one was pinned; null when nothing is to be said. */
  const pinned = ref<number | null>(null);
  let saying: ReturnType<typeof setTimeout> | undefined;

  /** Lets an element be pinned until the returned function is called. */
  function offer(element: HTMLElement, pinnable: Pinnable): () => void {
    for (const each of pinnables.keys()) if (!each.isConnected) pinnables.delete(each);
    pinnables.set(element, pinnable);
    return () => pinnables.delete(element);
  }

  /** What holds an element, or null. */
  const around = (element: Element | null): Pinnable | null => {
    for (const [holder, pinnable] of pinnables) if (element && holder.contains(element)) return pinnable;
    return null;
  };

  /** Pins what holds the focus, else what lies under the pointer, else `otherwise`. Gives whether there was anything. */
  async function pin(folder: string, otherwise: Element | null): Promise<boolean> {
    const found =
      around(document.activeElement) ?? around(document.querySelector('[data-pin]:hover')) ?? around(otherwise);
    const png = await found?.picture();
    if (!found || !png) return false;
    const { count } = await ask('desktop/pinPicture', { folder, caption: found.caption(), png });
    pinned.value = count;
    clearTimeout(saying);
    saying = setTimeout(() => (pinned.value = null), 5000);
    return true;
  }

  return { pinned, offer, pin };
});

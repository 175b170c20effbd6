import type { RequestName } from '../../shared/contract/contract';

/** A request that opens something, to be asked again of a new engine. */
export interface Opening {
  readonly name: RequestName;
  readonly asked: unknown;
}

interface OpenMemory {
  note(name: RequestName, asked: unknown, value: unknown): void;
  /** In the order in which they were first asked: folders and networks before the recipes set on them. */
  open(): readonly Opening[];
}

/** Remembers the paths of what is open. Nothing of a patient is kept but the paths that the user named. */
export function rememberOpen(): OpenMemory {
  const folders = new Map<string, Opening>();
  const networks = new Map<string, Opening>();
  const recipes = new Map<string, Opening>();
  return {
    note(name, asked, value) {
      if (name === 'engine/openFolder') folders.set((asked as { path: string }).path, { name, asked });
      else if (name === 'engine/openNetwork') networks.set((value as { id: string }).id, { name, asked });
      else if (name === 'engine/setRecipe') {
        // A new engine is given the recipe again but writes nothing: it is on the disk already where that was asked.
        const set = asked as { network: string };
        recipes.set(set.network, { name, asked: { ...set, save: false } });
      } else if (name === 'engine/close') {
        const { id } = asked as { id: string };
        networks.delete(id);
        recipes.delete(id);
      }
    },
    open: () => [...folders.values(), ...networks.values(), ...recipes.values()],
  };
}

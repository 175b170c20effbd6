import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { NetworkSummary } from '../../../shared/contract/engine';
import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { LoadedNetwork } from '../network/network';
import { openNetwork } from '../network/open';
import { readRecipe } from '../recipe/readRecipe';
import { recipeAt, recipePathOf } from './plan';

/** A network that the window holds open, with the recipe in use. */
export interface OpenNetwork {
  readonly path: string;
  readonly loaded: LoadedNetwork;
  recipe: Recipe | null;
  recipePath: string | null;
  notes: readonly Problem[];
}

export interface OpenNetworks {
  open(path: string, recipe: string | undefined, signal?: AbortSignal): Promise<NetworkSummary>;
  setRecipe(id: string, recipe: unknown, save: boolean): Promise<NetworkSummary>;
  /** *Problem* job/not-open. */
  get(id: string): OpenNetwork;
  /** The one opened from this path, if any. */
  at(path: string): OpenNetwork | undefined;
  /** False when no network has that id. */
  close(id: string): boolean;
}

/** A model card is a Markdown file of the network's name beside it; longer than 64 KiB it is something else. */
async function cardBeside(network: string): Promise<string | null> {
  const file = recipePathOf(network).replace(/\.recipe\.json$/, '.md');
  try {
    if ((await stat(file)).size > 65536) return null;
    return await readFile(file, 'utf8');
  } catch {
    // Most networks come without a card.
    return null;
  }
}

export function openNetworks(): OpenNetworks {
  const byId = new Map<string, OpenNetwork>();

  const get = (id: string): OpenNetwork => {
    const found = byId.get(id);
    if (!found) throw new IsolensError('job/not-open', { what: `network ${id.slice(0, 8)}` });
    return found;
  };

  async function summary(network: OpenNetwork): Promise<NetworkSummary> {
    const { loaded, path, recipe, recipePath, notes } = network;
    return {
      id: loaded.sha256,
      path,
      name: loaded.name,
      description: loaded.description,
      recipe,
      recipePath,
      card: await cardBeside(path),
      notes: [...notes],
    };
  }

  return {
    get,
    at: (path) => [...byId.values()].find((network) => network.path === resolve(path)),
    async open(path, recipe, signal) {
      const whole = resolve(path);
      const loaded = await openNetwork(whole, signal === undefined ? {} : { signal });
      const before = byId.get(loaded.sha256);
      if (before) loaded.close();
      if (before?.path === whole) return summary(before);
      const recipePath = recipe === undefined ? recipePathOf(whole) : resolve(recipe);
      // The same weights from another folder: what lies beside them there is what was asked for.
      const held = before?.loaded ?? loaded;
      const network: OpenNetwork = { path: whole, loaded: held, recipe: null, recipePath: null, notes: [] };
      try {
        network.recipe = await recipeAt(recipePath);
        network.recipePath = recipePath;
      } catch (thrown) {
        // No recipe yet is a state of its own (the window builds one by asking); one that is wrong is told.
        const problem = problemOf(thrown);
        if (
          recipe !== undefined ||
          problem.code !== 'recipe/not-json' ||
          !String(problem.facts['reason']).includes('ENOENT')
        )
          network.notes = [problem];
      }
      byId.set(held.sha256, network);
      return summary(network);
    },
    async setRecipe(id, recipe, save) {
      const network = get(id);
      const target = recipePathOf(network.path);
      const read = readRecipe(recipe, target);
      if (save) {
        await writeFile(target, `${JSON.stringify(read, null, 2)}\n`);
        network.recipePath = target;
      }
      network.recipe = read;
      network.notes = [];
      return summary(network);
    },
    close(id) {
      const network = byId.get(id);
      network?.loaded.close();
      return byId.delete(id);
    },
  };
}

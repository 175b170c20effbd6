import type { Recipe } from '../../../shared/recipe';
import { standardOcclusion, standardRobustness } from './standardTarget';

/** What the window proposes to ask, by analysis; what is not said is the definition's default. `layer` is the one chosen in the tree. */
export function proposedFor(
  recipe: Recipe,
  structures: readonly string[],
  layer: string | null,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    search: layer === null ? {} : { nodes: [layer] },
    occlusion: standardOcclusion(recipe, structures),
    robustness: standardRobustness(recipe),
  };
}

import type { Recipe } from '../../../shared/recipe';
import { standardOcclusion, standardRobustness } from './standardTarget';

/** What the window proposes to ask of a study, by analysis; what is not said is the definition's default. */
export function proposedFor(
  recipe: Recipe,
  structures: readonly string[],
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return { occlusion: standardOcclusion(recipe, structures), robustness: standardRobustness(recipe) };
}

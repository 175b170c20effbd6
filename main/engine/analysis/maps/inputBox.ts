import type { Channel, Recipe } from '../../../../shared/recipe';
import { transformOf } from '../../recipe/channel';
import type { Context } from '../analysis';

/** Smallest and largest value of one channel of the network's input. */
export interface ChannelBox {
  readonly min: number;
  readonly max: number;
}

/** What CT scanners store where the recipe does not clip. Units: HU. */
const scannerHu = [-1024, 3071] as const;

/** Values that the recipe can give a channel, for any patient; null where that is not bounded (a dose, a z-score). */
function boxOfChannel(channel: Channel): ChannelBox | null {
  const transform = transformOf(channel);
  if (!transform) return null;
  const range =
    transform.clip ?? (transform.kind === 'image' ? scannerHu : transform.kind === 'structure' ? [0, 1] : null);
  if (!range) return null;
  const ends = [transform.slope * range[0] + transform.intercept, transform.slope * range[1] + transform.intercept];
  return { min: Math.min(...ends), max: Math.max(...ends) };
}

function boxOfRecipe({ channels, context }: Recipe): readonly ChannelBox[] | null {
  const own = channels.map(boxOfChannel);
  if (!own.every((box) => box !== null)) return null;
  return Array.from({ length: 2 * context + 1 }, () => own).flat();
}

/**
 * The box that the certificate speaks of: every value that the recipe can give, else the values that were seen.
 * *Source* methods §1.1, Certificate.
 */
export function inputBoxOf(
  { recipe }: Pick<Context, 'recipe'>,
  seen: readonly (readonly ChannelBox[])[],
): { readonly from: 'recipe' | 'inputs' | null; readonly box: readonly ChannelBox[] | null } {
  const box = recipe ? boxOfRecipe(recipe) : null;
  const [first, ...others] = seen;
  if (box && (!first || first.length === box.length)) return { from: 'recipe', box };
  if (!first) return { from: null, box: null };
  const merged = first.map((own, c) => ({
    min: Math.min(own.min, ...others.map((other) => other[c]?.min ?? Infinity)),
    max: Math.max(own.max, ...others.map((other) => other[c]?.max ?? -Infinity)),
  }));
  return { from: 'inputs', box: merged };
}

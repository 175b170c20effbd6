import { IsolensError } from '../../../shared/problem/problem';
import { Recipe, type Channel } from '../../../shared/recipe';
import { schemaIssueOf } from '../../../shared/schemaIssue';

const invalid = (key: string, reason: string, file: string): IsolensError =>
  new IsolensError('recipe/invalid', { key, reason, file }, { file, key });

/** A channel's kind, by the key that names it. */
const kinds = ['image', 'structure', 'dose'] as const;

/** The union of channels complains about all its branches at once: a channel of no kind, or of two, is named before that. */
function checkKinds(json: unknown, file: string, atFault: (kinds: number) => boolean): void {
  const channels = (json as { channels?: unknown } | null)?.channels;
  if (!Array.isArray(channels)) return;
  channels.forEach((channel: unknown, n) => {
    if (typeof channel !== 'object' || channel === null) return;
    const named = kinds.filter((kind) => kind in channel);
    if (!atFault(named.length)) return;
    const reason =
      named.length === 0 ? 'it names no image, structure or dose' : `it names ${named.join(' and ')} at once`;
    throw invalid(`channels[${String(n)}]`, reason, file);
  });
}

function checkChannel(channel: Channel, n: number, file: string): void {
  const scaled = Array.isArray(channel.scale);
  if (scaled && channel.clip === undefined && !('structure' in channel))
    throw invalid(`channels[${String(n)}].scale`, 'scaling to a range needs "clip", which says from which range', file);
}

/**
 * A recipe with its defaults filled in. `file` is its path as the user gave it, for what is said of it.
 * *Problems* recipe/unknown-key, recipe/invalid.
 */
export function readRecipe(json: unknown, file: string): Recipe {
  const read = Recipe.safeParse(json);
  if (!read.success) {
    checkKinds(json, file, (count) => count > 1);
    const issue = schemaIssueOf(read.error, Recipe);
    if (issue.kind === 'unknown-key')
      throw new IsolensError(
        'recipe/unknown-key',
        { key: issue.key, nearest: issue.nearest, file },
        { file, key: issue.key },
      );
    checkKinds(json, file, (count) => count === 0);
    throw invalid(issue.key, issue.reason, file);
  }
  const recipe = read.data;
  recipe.channels.forEach((channel, n) => {
    checkChannel(channel, n, file);
  });
  if (recipe.dims === 3) {
    if (recipe.plane !== 'axial') throw invalid('plane', 'it is for "dims": 2 only', file);
    if (recipe.context > 0) throw invalid('context', 'it is for "dims": 2 only', file);
    if (recipe.slices !== 'all') throw invalid('slices', 'it is for "dims": 2 only; cut a 3D input by its grid', file);
  }
  if (recipe.output.kind !== 'regression' && new Set(recipe.output.labels).size < recipe.output.labels.length)
    throw invalid('output.labels', 'each label must have a name of its own', file);
  return recipe;
}

/** The same from the text of a file. *Problems* recipe/not-json besides. */
export function parseRecipe(text: string, file: string): Recipe {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new IsolensError('recipe/not-json', { reason: (cause as Error).message, file }, { file }, cause);
  }
  return readRecipe(json, file);
}

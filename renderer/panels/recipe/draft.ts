import type { NetworkSummary } from '../../../shared/contract/engine';
import { Recipe } from '../../../shared/recipe';

/** One channel of a recipe as it is being asked for; empty texts are what was not said. */
export interface ChannelDraft {
  kind: 'image' | 'structure' | 'dose';
  name: string;
  clip: [number | null, number | null];
  scale: [number | null, number | null];
  outside: number | null;
  unitGy: number | null;
}

/** A recipe as it is being asked for. */
export interface RecipeDraft {
  dims: 2 | 3;
  plane: Recipe['plane'];
  context: number;
  spacing: 'native' | 'mm';
  spacingMm: [number | null, number | null, number | null];
  size: [number | null, number | null, number | null];
  centre: 'volume' | 'body' | 'isocentre';
  channels: ChannelDraft[];
  output: 'segmentation' | 'classification' | 'regression';
  labels: string;
  activation: 'softmax' | 'sigmoid' | 'none';
  unitGy: number;
}

const imageChannel = (name: string): ChannelDraft => ({
  kind: 'image',
  name,
  clip: name === 'CT' ? [-1000, 1000] : [null, null],
  scale: [0, 1],
  outside: name === 'CT' ? -1000 : 0,
  unitGy: null,
});

export const emptyChannel = (modality: string): ChannelDraft => imageChannel(modality);

const three = (numbers: readonly (number | null)[]): [number | null, number | null, number | null] => [
  numbers[0] ?? null,
  numbers[1] ?? null,
  numbers[2] ?? null,
];

function draftOf(recipe: Recipe): RecipeDraft {
  const { grid, output } = recipe;
  return {
    dims: recipe.dims,
    plane: recipe.plane,
    context: recipe.context,
    spacing: grid.spacingMm === 'native' ? 'native' : 'mm',
    spacingMm: grid.spacingMm === 'native' ? [3, 3, 3] : [...grid.spacingMm],
    size: [...grid.size],
    centre: typeof grid.centre === 'string' ? grid.centre : 'volume',
    channels: recipe.channels.map((channel) => ({
      kind: 'image' in channel ? 'image' : 'structure' in channel ? 'structure' : 'dose',
      name: 'image' in channel ? channel.image : 'structure' in channel ? channel.structure : 'plan',
      clip: channel.clip ? [...channel.clip] : [null, null],
      scale: Array.isArray(channel.scale) ? [...channel.scale] : [null, null],
      outside: channel.outside ?? null,
      unitGy: 'dose' in channel ? channel.unitGy : null,
    })),
    output: output.kind,
    labels: 'labels' in output ? output.labels.join('\n') : '',
    activation: 'activation' in output ? output.activation : 'softmax',
    unitGy: 'unitGy' in output ? output.unitGy : 1,
  };
}

/** What to begin with: the recipe that there is, else what the shapes of the network's file suggest. */
export function firstDraft({ recipe, description }: NetworkSummary, modality: string): RecipeDraft {
  if (recipe) return draftOf(recipe);
  const input = description.network.inputs[0]?.shape ?? null;
  const output = description.network.outputs[0]?.shape ?? null;
  const spatial = input?.slice(1, -1) ?? [];
  const dims = spatial.length === 3 ? 3 : 2;
  const channels = input?.at(-1) ?? 1;
  const answers = output?.at(-1) ?? 2;
  const isMap = (output?.length ?? 0) > 2;
  const reversed = [...spatial].reverse();
  return {
    dims,
    plane: 'axial',
    context: 0,
    spacing: 'mm',
    spacingMm: [3, 3, 3],
    size: dims === 3 ? three(reversed) : [reversed[0] ?? null, reversed[1] ?? null, null],
    centre: 'body',
    channels: Array.from({ length: Math.max(1, channels) }, () => imageChannel(modality)),
    output: isMap ? (answers === 1 ? 'regression' : 'segmentation') : 'classification',
    labels: Array.from({ length: Math.max(1, answers) }, (_, at) =>
      at === 0 && isMap ? 'background' : `label-${String(at)}`,
    ).join('\n'),
    activation: answers === 1 ? 'sigmoid' : 'softmax',
    unitGy: 1,
  };
}

const pair = ([low, high]: readonly [number | null, number | null]): [number, number] | undefined =>
  low === null || high === null ? undefined : [low, high];

function channelOf({ kind, name, clip, scale, outside, unitGy }: ChannelDraft): unknown {
  const shared = {
    ...(pair(clip) ? { clip: pair(clip) } : {}),
    ...(pair(scale) ? { scale: pair(scale) } : {}),
    ...(outside === null ? {} : { outside }),
  };
  if (kind === 'image') return { image: name, ...shared };
  if (kind === 'structure') return { structure: name, ...shared };
  return { dose: 'plan', ...(unitGy === null ? {} : { unitGy }), ...shared };
}

function outputOf(draft: RecipeDraft): unknown {
  const labels = draft.labels
    .split('\n')
    .map((label) => label.trim())
    .filter(Boolean);
  if (draft.output === 'regression') return { kind: 'regression', quantity: 'dose', unitGy: draft.unitGy };
  return { kind: draft.output, labels, activation: draft.activation };
}

/** The recipe that the draft makes, or in words why it makes none. `kept`: what the questions do not ask stays as it was. */
export function recipeOf(draft: RecipeDraft, kept: Recipe | null): { recipe: Recipe } | { reason: string } {
  const read = Recipe.safeParse({
    schema: 'isolens/recipe@1',
    ...(kept ? { slices: kept.slices, orientation: kept.orientation, gaps: kept.gaps } : {}),
    dims: draft.dims,
    plane: draft.dims === 2 ? draft.plane : 'axial',
    context: draft.dims === 2 ? draft.context : 0,
    grid: {
      spacingMm: draft.spacing === 'native' ? 'native' : draft.spacingMm,
      size: draft.size,
      centre: draft.centre,
    },
    channels: draft.channels.map(channelOf),
    output: outputOf(draft),
  });
  if (read.success) return { recipe: read.data };
  const issue = read.error.issues[0];
  return { reason: issue ? `${issue.path.join('.')}: ${issue.message}` : '' };
}

import type { Recipe } from '../../../shared/recipe';
import type { Structure } from '../../../shared/structure';
import type { Volume } from '../../../shared/volume';
import type { Study } from '../study/study';
import type { PreparedInput } from './preparedInput';
import { channelVolumes } from './prepareStudy';
import { hasVolume, sameFrame } from './source';

/**
 * The image that the network saw, back in HU, with the range that is drawn black to white and the structures that belong on it; null for
 * arrays and for recipes without an image.
 */
export function sceneOf(
  prepared: PreparedInput,
  recipe: Recipe,
  study: Study | null,
): {
  readonly background: Volume<Float32Array>;
  readonly level: readonly [number, number];
  readonly structures: readonly Structure[];
} | null {
  const first = recipe.channels.findIndex((channel) => 'image' in channel);
  const transform = prepared.transforms?.[recipe.context * recipe.channels.length + first];
  if (first < 0 || prepared.grid === null || transform === undefined || transform.slope === 0) return null;
  const seen = channelVolumes(prepared, recipe)[first]?.volume;
  if (seen === undefined) return null;
  const { slope, intercept } = transform;
  const values = seen.values.map((value) => (value - intercept) / slope);
  const structures = (study?.structureSets[0]?.structures ?? []).filter(
    (structure) =>
      hasVolume(structure) &&
      structure.type.trim().toUpperCase() !== 'EXTERNAL' &&
      sameFrame(structure.frameOfReference, prepared.frameOfReference),
  );
  return { background: { ...seen, values, unit: 'HU' }, level: levelOf(transform.name, values), structures };
}

/** Soft tissue (width 400, level 40) for a CT; else all that is there. */
function levelOf(modality: string, values: Float32Array): readonly [number, number] {
  if (modality.toUpperCase() === 'CT') return [-160, 240];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? [low, high] : [low, low + 1];
}

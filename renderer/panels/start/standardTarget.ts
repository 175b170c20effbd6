import type { Recipe } from '../../../shared/recipe';

const background = /^(background|bg|other)$/i;
const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/**
 * The target that the window proposes: of a segmenter the first label that the study has a structure of, in that structure; of
 * a dose network the dose in the first organ that it is shown. A classifier explains the class that it predicts, and needs none.
 */
export function standardTarget(
  { output, channels }: Pick<Recipe, 'output' | 'channels'>,
  structures: readonly string[],
): Record<string, unknown> | null {
  switch (output.kind) {
    case 'classification':
      return null;
    case 'segmentation': {
      const labels = output.labels.filter((label) => !background.test(label));
      for (const label of labels) {
        const names = [label, ...(output.aliases?.[label] ?? [])];
        const region = structures.find((each) => names.some((name) => sameName(name, each)));
        if (region !== undefined) return { label, region };
      }
      const [label] = labels;
      return label === undefined ? null : { label };
    }
    case 'regression': {
      const organs = structures.filter((name) => !/^(ptv|ctv|gtv|body|external)/i.test(name));
      const seen = channels.flatMap((channel) =>
        'structure' in channel ? [channel.structure, ...(channel.aliases ?? [])] : [],
      );
      const organ = organs.find((name) => seen.some((each) => sameName(each, name))) ?? organs[0] ?? structures[0];
      return organ === undefined ? null : { doseIn: organ };
    }
  }
}

/** Window of the occlusion, mm: slices that are asked one by one are walked in steps of it, else a patient takes hours. */
const windowMm = 20;

/** What the window proposes for Occlusion on a patient; the user refines it. */
export function standardOcclusion(recipe: Recipe, structures: readonly string[]): Readonly<Record<string, unknown>> {
  const target = standardTarget(recipe, structures);
  return { ...(target ? { target } : {}), ...(recipe.dims === 2 ? { strideMm: windowMm } : {}) };
}

/** Where every voxel is judged a state takes seconds: a first answer has fewer draws of noise than a final one. */
export const standardRobustness = ({ output }: Recipe): Readonly<Record<string, unknown>> =>
  output.kind === 'classification' ? {} : { seeds: 3 };

/** The structure that a target is about; null for a class or a voxel. */
export function structureInQuestion(target: unknown): string | null {
  if (typeof target !== 'object' || target === null) return null;
  const { region, doseIn, label } = target as Readonly<Record<string, unknown>>;
  return [region, doseIn, label].find((name) => typeof name === 'string') ?? null;
}

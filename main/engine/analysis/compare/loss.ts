import type { Volume } from '../../../../shared/volume';
import type { Words } from '../../../../shared/words';
import { aliasesIn, hasVolume, planDoseFor, sameFrame, structureNamed } from '../../recipe/source';
import { dice } from '../../volume/overlap';
import { maskOf } from '../../volume/mask';
import { resample } from '../../volume/resample';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Context, OpenInput } from '../analysis';
import { classesOf } from '../classes';
import { differenceOf } from '../doseDifference';
import type { NamedOutput } from '../forward';
import { labelMapOf, maskOfLabel } from '../labelMap';
import { truthMap } from '../labelFigures';
import { placingOf } from '../placing';
import { fileActivationOf } from '../probability';

/** How wrong an answer is, as the recipe's kind of output has it; smaller is better. */
export interface Loss {
  readonly kind: keyof typeof losses;
  /** null where this input does not tell. */
  of(output: NamedOutput): number | null;
}

/** What each loss is called. */
export const losses = {
  classification: { said: { en: 'Cross-entropy', fr: 'Entropie croisée' }, unit: 'nat' },
  segmentation: { said: { en: '1 − mean Dice', fr: '1 − Dice moyen' }, unit: '' },
  regression: { said: { en: 'Mean dose error', fr: 'Erreur de dose moyenne' }, unit: 'Gy' },
} as const satisfies Record<string, { readonly said: Words; readonly unit: string }>;

/** A probability of nothing would cost without end. */
const least = 1e-12;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

type Asked = Pick<Context, 'network' | 'recipe'>;

function ofClasses({ network, recipe }: Asked, input: OpenInput): Loss['of'] | null {
  if (recipe?.output.kind !== 'classification' || input.label === null) return null;
  const { output: asked } = recipe;
  const at = asked.labels.indexOf(input.label);
  const fileActivation = fileActivationOf(network);
  return (output) => {
    const p = classesOf(output, asked, fileActivation, input).values.probabilities?.[at];
    return p === undefined || p === null || Number.isNaN(p) ? null : -Math.log(Math.max(least, p));
  };
}

/** The truth of a study's labels is made once for all networks on the way. */
function ofLabels({ network, recipe }: Asked, input: OpenInput): Loss['of'] | null {
  if (recipe?.output.kind !== 'segmentation') return null;
  const { prepared, study, truth } = input;
  const { output: asked } = recipe;
  if (study === null && truth === null) return null;
  const fileActivation = fileActivationOf(network);
  const masks = new Map<string, Uint8Array | null>();
  return (output) => {
    const { map, labels } = labelMapOf(output, asked, fileActivation);
    if (study === null) {
      if (truth === null) return null;
      const known = truthMap(truth, output.shape.slice(1, -1), labels);
      const found = labels.flatMap(({ value }) => dice(maskOfLabel(map, value), maskOfLabel(known, value)) ?? []);
      const own = mean(found);
      return own === null ? null : 1 - own;
    }
    const placing = placingOf(network, prepared, output.node, output.shape);
    if (placing === null) return null;
    const placed = prepared.toVolume(Float32Array.from(map), placing);
    const seen = placed.values.map((value) => (Number.isNaN(value) ? 0 : 1));
    const labelled = Uint8Array.from(placed.values);
    const found = labels.flatMap(({ label, value }) => {
      let mask = masks.get(label);
      if (mask === undefined) {
        const structure = structureNamed(study, label, aliasesIn(recipe, label));
        const fits =
          structure && hasVolume(structure) && sameFrame(structure.frameOfReference, prepared.frameOfReference);
        mask = fits ? maskOf(structure, placed.grid).map((inside, v) => (seen[v] === 1 ? inside : 0)) : null;
        masks.set(label, mask);
      }
      return mask === null ? [] : (dice(maskOfLabel(labelled, value), mask) ?? []);
    });
    const own = mean(found);
    return own === null ? null : 1 - own;
  };
}

function ofDose({ network, recipe }: Asked, { prepared, study, truth }: OpenInput): Loss['of'] | null {
  if (recipe?.output.kind !== 'regression') return null;
  const { unitGy } = recipe.output;
  let plan: Float32Array | null = null;
  return (output) => {
    const inGy = output.values.map((value) => value * unitGy);
    const placing = placingOf(network, prepared, output.node, output.shape);
    if (study === null || placing === null) {
      if (truth?.values.length !== inGy.length) return null;
      const known = truth.values.map((value) => value * unitGy);
      return differenceOf(inGy, known, null)?.meanAbsoluteDifferenceGy ?? null;
    }
    const volume: Volume<Float32Array> = prepared.toVolume(inGy, placing);
    try {
      plan ??= resample(planDoseFor(study, volume.frameOfReference).volume, volume.grid, 'trilinear', NaN).values;
    } catch (thrown) {
      // Without a plan's dose there is nothing to be wrong about.
      if (thrown instanceof IsolensError) return null;
      throw thrown;
    }
    return differenceOf(volume.values, plan, null)?.meanAbsoluteDifferenceGy ?? null;
  };
}

/** How wrong the first output is for this input; null where the recipe or the input tells no truth. */
export function lossOf(asked: Asked, input: OpenInput): Loss | null {
  const kind = asked.recipe?.output.kind;
  if (kind === undefined) return null;
  const of = { classification: ofClasses, segmentation: ofLabels, regression: ofDose }[kind](asked, input);
  return of && { kind, of };
}

import type { Affine } from '../../../../shared/geometry';
import type { Recipe } from '../../../../shared/recipe';
import type { Study } from '../../study/study';
import type { Physical } from './physical';

/** Which values of one kind become. Called for each image (of each modality), dose or mask that the network reads. */
export type Values = (field: Physical) => Float32Array;

/** A degradation of one input, stated before the recipe's preprocessing. What is left out stays as it is. */
export interface Change {
  readonly image?: Values;
  readonly dose?: Values;
  readonly mask?: Values;
  /** Everything of the patient moves rigidly, its truth included: from old to new patient mm. */
  readonly moved?: Affine;
  /** Another study altogether, as a fault in its headers would give; then the recipe lays its grid anew. */
  readonly study?: (study: Study) => Study;
  readonly recipe?: (recipe: Recipe) => Recipe;
  /** A fault in a header knows no scanner's limits. */
  readonly unclipped?: boolean;
  /** Added to the prepared tensor of the first input, in network units; clipped to the recipe's limits where it is a study. */
  readonly added?: Float32Array;
}

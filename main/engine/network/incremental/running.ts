import type { Tensor } from '../tensorflow';
import { sizesOfBox, type Box } from './box';
import type { DeltaPart } from './delta';
import type { Program } from './program';
import type { StepWeights } from './stepWeights';

/** What stays the same for all that is asked of one target. */
export interface Setting {
  readonly program: Program;
  readonly demanded: readonly (Box | null)[];
  readonly parts: readonly (readonly DeltaPart[] | null)[];
  readonly weights: StepWeights;
}

/**
 * The maps of some batch entries with nothing hidden, each as a table of rows `[entries · cells + 2, channels]`, a row for each demanded
 * cell. The last two rows are padding: zero, and the lowest number there is.
 */
export interface IntactMaps {
  /** Numbers of the entries in the input, in the order of the tables. */
  readonly entries: readonly number[];
  readonly rows: readonly (Tensor | null)[];
  /** Before the activation, for convolutions in the difference form that have one. */
  readonly before: readonly (Tensor | null)[];
  /** False: with infinite values or NaN a difference would say nothing. */
  readonly finite: boolean;
}

/** Box sizes by step; null: nothing is recomputed there. */
export type Sizes = readonly (readonly number[] | null)[];

/** A batch of places of equal box sizes, or the intact run itself, whose boxes are what is demanded. */
export interface Running extends Setting {
  /** Null: this is the intact run. */
  readonly intact: IntactMaps | null;
  readonly count: number;
  readonly sizes: Sizes;
  /** For each step, whether it runs on the difference to the intact input. */
  readonly delta: readonly boolean[];
  /** For each step, where the box of each item starts, item by item. */
  readonly starts: readonly (Int32Array | null)[];
  /** For each item, the place of its entry in the tables. */
  readonly slots: Int32Array;
  /** Recomputed boxes `[count, sizes…, channels]`. */
  readonly patches: (Tensor | null)[];
  /** Rows of each step's boxes in its table, made when first asked for. */
  readonly boxRows: Map<number, Tensor>;
}

export const originOf = ({ demanded }: Setting, step: number): readonly number[] => demanded[step]?.start ?? [];

export const extentOf = ({ demanded }: Setting, step: number): readonly number[] => {
  const box = demanded[step];
  return box ? sizesOfBox(box) : [];
};

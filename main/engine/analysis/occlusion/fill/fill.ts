import type { Cuttable } from '../../cuttable';
import type { Box } from '../box';

/** One channel of the input in network units, on its own: what a filling reads. Axes in tensor order. */
export interface Image {
  readonly values: Float32Array;
  readonly sizes: readonly number[];
  /** Voxel size along each axis; null for arrays, whose lengths are counted in voxels. */
  readonly spacingMm: readonly number[] | null;
  /** Place of its first voxel among all voxels of the channel; 0 for the whole stack. */
  readonly offset?: number;
}

/** A filling made ready for one image. */
export interface PreparedFill {
  /**
   * What stands in a hidden box, C order. `draw` tells the draws of a random filling apart; `position` makes each place's own, whatever
   * the order of visits.
   */
  box(box: Box, position: number, draw: number): Cuttable<Float32Array>;
  /** The whole image with every voxel of the mask filled: for hidden regions of any shape. */
  region(hidden: Uint8Array): Cuttable<Float32Array>;
}

export interface FillSetting {
  /** Side of the window, voxels along each axis: a blur is half as wide. */
  readonly window: readonly number[];
  readonly seed: number;
}

/** What stands where something is hidden. */
export interface Fill {
  /** As the job names it. */
  readonly name: string;
  /** Passes that one position costs: more than 1 where the filling is drawn at random. */
  readonly draws: number;
  prepare(image: Image, setting: FillSetting): Cuttable<PreparedFill>;
}

/** Voxels along each axis for a length; never less than one, so that a shell of thick slices is not empty. */
export const reachOf = ({ sizes, spacingMm }: Image, lengthMm: number, voxels: number): readonly number[] =>
  sizes.map((_, axis) => (spacingMm ? Math.max(1, lengthMm / (spacingMm[axis] ?? 1)) : voxels));

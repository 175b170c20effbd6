import type { Grid, Volume } from '../../../shared/volume';
import type { Warning } from '../../../shared/result';
import type { NetworkArray } from '../network/network';

/**
 * A study as the network will see it. `array` is `[plane, row, column, channel]` for a 2D recipe (one batch entry a plane)
 * and `[1, slice, row, column, channel]` for a 3D one. `grid` is the recipe's grid: it spans all planes of a 2D input too, in
 * patient axes, so that any map of the network has a place in millimetres.
 */
export interface PreparedInput {
  readonly id: string;
  readonly patient: string;
  readonly array: NetworkArray;
  readonly dims: 2 | 3;
  /** null for an `array` input: it has no place in space, and none is invented. */
  readonly grid: Grid | null;
  readonly frameOfReference: string;
  /** Identity of what was read: part of the cache's key. */
  readonly sha256: string;
  readonly warnings: readonly Warning[];
  /**
   * Values in network order (`[plane|slice, row, column]`, without batch and channel axes), each plane put back, as a volume
   * on `grid`. A coarser node's map keeps its own, coarser grid: `step` and `start` are in input voxels along
   * the network's spatial axes. Exact: no resampling.
   */
  toVolume(
    values: Float32Array,
    spatial: { readonly shape: readonly number[]; readonly step: readonly number[]; readonly start: readonly number[] },
  ): Volume<Float32Array>;
}

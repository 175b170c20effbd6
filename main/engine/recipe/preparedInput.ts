import type { Grid, Volume } from '../../../shared/volume';
import type { Warning } from '../../../shared/result';

/** Values as a network takes them. *Shape* with the batch axis first and channels last, C order. */
export interface InputArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Where a node's map lies on its input: voxel o of it is centred on input voxel `start + step · o`, tensor order, spatial axes. */
export interface Placing {
  /** The values' own sizes [plane|slice, row, column]. */
  readonly shape: readonly number[];
  /** One entry a spatial axis of the network (2 or 3), in input voxels. */
  readonly step: readonly number[];
  /** The centre of voxel 0, one entry a spatial axis of the network, in input voxels: a receptive field's start + (size − 1) / 2. */
  readonly start: readonly number[];
}

/** What was done to one channel of the tensor: network value = slope · clip(physical value) + intercept. */
export interface ChannelTransform {
  readonly kind: 'image' | 'structure' | 'dose';
  /** Modality, structure's name or `dose`; for context the offset follows, `CT −1`. */
  readonly name: string;
  /** Of a neighbour plane: planes from the middle one, − towards the lower index. Left out for the middle plane itself. */
  readonly offset?: number;
  /** *Units* of the physical value: HU for a CT, Gy for a dose, 1 for a mask. Limits that the value was clipped to, or null. */
  readonly clip: readonly [number, number] | null;
  /** Network units per physical unit. */
  readonly slope: number;
  readonly intercept: number;
}

/**
 * A study as the network will see it. `array` is `[plane, row, column, channel]` for a 2D recipe (one batch entry a plane)
 * and `[1, slice, row, column, channel]` for a 3D one. `grid` is the recipe's grid: it spans all planes of a 2D input too, in
 * patient axes, so that any map of the network has a place in millimetres.
 */
export interface PreparedInput {
  readonly id: string;
  readonly patient: string;
  readonly array: InputArray;
  /** Of an `arrays` input: every input of the network by its name (`array` is the first). */
  readonly arrays?: Readonly<Record<string, InputArray>>;
  readonly dims: 2 | 3;
  /** null for an `array` input: it has no place in space, and none is invented. */
  readonly grid: Grid | null;
  /** Of a 2D study: where each batch entry lies along the plane's axis of the grid. All planes unless the recipe selects some. */
  readonly planes?: readonly number[];
  /** One entry a channel of the tensor; left out where nothing is known of an array's numbers. */
  readonly transforms?: readonly ChannelTransform[];
  readonly frameOfReference: string;
  /** Identity of what was read: part of the cache's key. */
  readonly sha256: string;
  readonly warnings: readonly Warning[];
  /**
   * Values in network order (`[plane|slice, row, column]`, without batch and channel axes), each plane put back, as a volume
   * on `grid`. A coarser node's map keeps its own, coarser grid. NaN on planes that the recipe left out. Exact: no resampling.
   */
  toVolume(values: Float32Array, placing: Placing): Volume<Float32Array>;
  /** The inverse of `toVolume` at full resolution: a volume's values on `grid` in network order, selected planes only. */
  toTensor?<A extends Float32Array | Uint8Array>(values: A): A;
}

import { spacingOf } from '../../../../shared/geometry';
import type { Volume } from '../../../../shared/volume';
import { layoutOf } from '../../recipe/layout';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context } from '../analysis';

/** How the network's spatial axes lie on the recipe's grid; null for arrays. `plane` is the spacing across a 2D network's planes. */
export interface SpatialPlace {
  readonly gridAxes: readonly number[];
  readonly spacingMm: readonly number[];
  /** Across planes first, for the stack of a 2D network's planes; the same as `spacingMm` in 3D. */
  readonly stackMm: readonly number[];
}

export function spatialPlaceOf({ grid, dims }: PreparedInput, { recipe }: Context): SpatialPlace | null {
  if (!grid || !recipe) return null;
  const { axes } = layoutOf(recipe);
  const spacing = spacingOf(grid.affine);
  const stackMm = axes.map((axis) => spacing[axis]);
  return dims === 2
    ? { gridAxes: axes.slice(1), spacingMm: stackMm.slice(1), stackMm }
    : { gridAxes: axes, spacingMm: stackMm, stackMm };
}

/** Values at the input's own resolution, in network order, as a volume. */
export function inputVolume(prepared: PreparedInput, values: Float32Array): Volume<Float32Array> {
  const spatial = prepared.array.shape.slice(1, -1);
  const shape = prepared.dims === 2 ? [prepared.array.shape[0] ?? 1, ...spatial] : spatial;
  return prepared.toVolume(values, { shape, step: spatial.map(() => 1), start: spatial.map(() => 0) });
}

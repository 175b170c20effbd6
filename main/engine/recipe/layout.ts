import type { Recipe } from '../../../shared/recipe';
import { axisAlong, type Triple } from './orientation';

/**
 * How a tensor's axes lie on the recipe's grid. The tensor's are [slice, row, column] for a 3D network and [plane, row, column] for
 * a 2D one; `axes` names the grid's axis (0 = i, 1 = j, 2 = k) of each, `reversed` says where the index runs against it.
 */
export interface Layout {
  readonly dims: 2 | 3;
  readonly axes: Triple<0 | 1 | 2>;
  readonly reversed: Triple<boolean>;
}

/**
 * Axial planes have rows j and columns i; coronal ones rows from superior to inferior and columns i; sagittal ones rows from superior
 * to inferior and columns j. With another orientation than LPS the same holds of the anatomical axes.
 */
export function layoutOf({ dims, plane, orientation }: Pick<Recipe, 'dims' | 'plane' | 'orientation'>): Layout {
  if (dims === 3) return { dims, axes: [2, 1, 0], reversed: [false, false, false] };
  const across = axisAlong(orientation, plane === 'axial' ? 2 : plane === 'coronal' ? 1 : 0).axis;
  const [low, high] = ([0, 1, 2] as const).filter((axis) => axis !== across) as [0 | 1 | 2, 0 | 1 | 2];
  if (plane === 'axial') return { dims, axes: [across, high, low], reversed: [false, false, false] };
  const superior = axisAlong(orientation, 2);
  const columns = superior.axis === low ? high : low;
  return { dims, axes: [across, superior.axis, columns], reversed: [false, superior.grows, false] };
}

/** Sizes in tensor order of a grid's (i, j, k) sizes. */
export const tensorSizes = ({ axes }: Layout, size: Triple<number>): Triple<number> => [
  size[axes[0]],
  size[axes[1]],
  size[axes[2]],
];

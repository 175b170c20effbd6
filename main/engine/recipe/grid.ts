import { affineOf, applyAffine, dot, invert, scale, subtract, type Vec3 } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Grid } from '../../../shared/volume';
import type { Layout } from './layout';
import type { NetworkInput } from './networkInput';
import { directionsOf, nearestTurn, turnedGrid, type Triple, type Turn } from './orientation';

/** A recipe's grid. `native` says which stored voxels it is, where nothing is resampled. */
export interface RecipeGrid {
  readonly grid: Grid;
  /** `start` is the turned voxel at which the grid begins; below 0 or past the end it pads. */
  readonly native: { readonly turn: Turn; readonly start: Vec3 } | null;
}

/** What the network allows along one axis of the grid: one size, or any multiple of a number. */
export interface AxisRule {
  readonly fixed: number | null;
  readonly multiple: number;
}

const free: AxisRule = { fixed: null, multiple: 1 };

/** The network's rules along (i, j, k); the axis across a 2D network's planes is free. *Problems* recipe/input-mismatch. */
export function axisRulesOf({ shape, multiple, name }: NetworkInput, layout: Layout): Triple<AxisRule> {
  const rules: [AxisRule, AxisRule, AxisRule] = [free, free, free];
  if (shape === null) return rules;
  if (shape.length !== layout.dims + 2)
    throw new IsolensError(
      'recipe/input-mismatch',
      { expected: `[${shape.map((n) => String(n ?? 'any')).join(', ')}]`, given: `a ${String(layout.dims)}D input` },
      { key: 'dims', node: name },
    );
  const offset = layout.dims === 3 ? 0 : 1;
  for (let axis = 0; axis < layout.dims; axis++) {
    const onGrid = layout.axes[axis + offset] as 0 | 1 | 2;
    rules[onGrid] = { fixed: shape[axis + 1] ?? null, multiple: multiple[axis] ?? 1 };
  }
  return rules;
}

/** How many voxels along one axis: the recipe's number, or as many as hold `needed`, padded as the network asks. */
function sizeAlong(asked: number | null, needed: number, { fixed, multiple }: AxisRule, axis: number): number {
  const letter = 'ijk'.charAt(axis);
  const mismatch = (given: number, more: string): IsolensError =>
    new IsolensError(
      'recipe/input-mismatch',
      { expected: `${String(fixed)} voxels along ${letter}`, given: `${String(given)}${more}` },
      { key: 'grid.size' },
    );
  if (asked !== null) {
    if (fixed !== null && asked !== fixed) throw mismatch(asked, '');
    return asked;
  }
  if (fixed === null) return Math.ceil(needed / multiple) * multiple;
  if (needed > fixed) throw mismatch(needed, ' (all of the volume)');
  return fixed;
}

const each = <T>(make: (axis: 0 | 1 | 2) => T): Triple<T> => [make(0), make(1), make(2)];

/** The series' own grid, turned to the nearest orientation and cut or padded by whole voxels. */
function nativeGrid(recipe: Recipe, stored: Grid, centreMm: Vec3, rules: Triple<AxisRule>): RecipeGrid {
  const turn = nearestTurn(stored.affine, recipe.orientation);
  const all = each((axis) => stored.size[turn.from[axis]]);
  const whole = turnedGrid(stored, turn, [0, 0, 0], all);
  const centre = applyAffine(invert(whole.affine), centreMm);
  const size = each((axis) => sizeAlong(recipe.grid.size[axis], all[axis], rules[axis], axis));
  const start = each((axis) =>
    recipe.grid.size[axis] === null
      ? -Math.floor((size[axis] - all[axis]) / 2)
      : Math.round(centre[axis] - (size[axis] - 1) / 2),
  );
  return { grid: turnedGrid(stored, turn, start, size), native: { turn, start } };
}

/** Middle and length, in mm along a direction, of the box around a grid's voxel faces. */
function extentAlong({ size, affine }: Grid, direction: Vec3): { middle: number; length: number } {
  let [low, high] = [Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const index: Vec3 = each((axis) => (((corner >> axis) & 1) === 0 ? -0.5 : size[axis] - 0.5));
    const along = dot(applyAffine(affine, index), direction);
    low = Math.min(low, along);
    high = Math.max(high, along);
  }
  return { middle: (low + high) / 2, length: high - low };
}

/**
 * The grid on which the network sees a study: along the patient's axes with the recipe's spacing, or the series' own. An axis of
 * size null holds all of `stored` and has its middle there; on the others `centreMm` is index (n − 1) / 2 (of a native grid, the
 * nearest whole voxel). *Problems* recipe/input-mismatch.
 */
export function gridOf(recipe: Recipe, stored: Grid, centreMm: Vec3, rules: Triple<AxisRule>): RecipeGrid {
  const { spacingMm } = recipe.grid;
  if (spacingMm === 'native') return nativeGrid(recipe, stored, centreMm, rules);
  const directions = directionsOf(recipe.orientation);
  const extents = each((axis) => extentAlong(stored, directions[axis]));
  const size = each((axis) => {
    const needed = Math.max(1, Math.ceil(extents[axis].length / spacingMm[axis] - 1e-6));
    return sizeAlong(recipe.grid.size[axis], needed, rules[axis], axis);
  });
  const steps = each((axis) => scale(directions[axis], spacingMm[axis]));
  const first = each((axis) => {
    const middle = recipe.grid.size[axis] === null ? extents[axis].middle : dot(centreMm, directions[axis]);
    return middle - ((size[axis] - 1) / 2) * spacingMm[axis];
  });
  const [i, j, k] = each((axis) => scale(directions[axis], first[axis]));
  const origin = subtract(subtract(i, scale(j, -1)), scale(k, -1));
  return { grid: { size, affine: affineOf(steps[0], steps[1], steps[2], origin) }, native: null };
}

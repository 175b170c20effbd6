import { spacingOf, affineOf, applyAffine, stepsOf, scale, type Vec3 } from '../../../../shared/geometry';
import type { Recipe } from '../../../../shared/recipe';
import type { Structure } from '../../../../shared/structure';
import type { Grid } from '../../../../shared/volume';
import type { PreparedInput } from '../../recipe/preparedInput';
import { layoutOf } from '../../recipe/layout';
import { widened } from '../../recipe/placing';
import { aliasesIn, structureFor } from '../../recipe/source';
import type { Study } from '../../study/study';
import { gridAround } from '../../volume/crop';
import { maskOf } from '../../volume/mask';
import { resample } from '../../volume/resample';
import type { Values } from './change';
import type { Physical } from './physical';

/** In the plane a contour is looked at this finely, at least: margins of a millimetre must not vanish between voxels. */
const finestMm = 1;
/** How far around a structure its distance is known: the largest margin, and some. */
const aroundMm = 31;

/** A grid around a structure, along the axes of another, with voxels of at most 1 mm in the plane. */
function fineGrid(structure: Structure, grid: Grid): Grid | null {
  const around = gridAround(structure, grid);
  if (around === null) return null;
  const spacing = spacingOf(grid.affine);
  const parts = spacing.map((mm, axis) => (axis === 2 ? 1 : Math.max(1, Math.ceil(mm / finestMm)))) as unknown as Vec3;
  const padding = spacing.map((mm) => Math.ceil(aroundMm / mm)) as unknown as Vec3;
  const [i, j, k] = stepsOf(grid.affine);
  const first = ([0, 1, 2] as const).map((axis) => -padding[axis] - 0.5 + 0.5 / parts[axis]) as unknown as Vec3;
  return {
    size: ([0, 1, 2] as const).map((axis) => (around.size[axis] + 2 * padding[axis]) * parts[axis]) as unknown as Vec3,
    affine: affineOf(
      scale(i, 1 / parts[0]),
      scale(j, 1 / parts[1]),
      scale(k, 1 / parts[2]),
      applyAffine(around.affine, first),
    ),
  };
}

/**
 * Structure channels with changed masks: each is looked at on a fine grid around it, changed there, and sampled at the voxel centres of the
 * recipe's grid. The answer holds the values of each structure channel by its number.
 */
export function marginsOf(
  study: Study,
  recipe: Recipe,
  prepared: PreparedInput,
): (change: Values) => ReadonlyMap<number, Float32Array> {
  const masks = new Map<number, Physical | null>();
  return (change) => {
    const wide = widened(prepared.grid as Grid, layoutOf(recipe), recipe.context);
    const found = new Map<number, Float32Array>();
    recipe.channels.forEach((channel, n) => {
      if (!('structure' in channel)) return;
      let mask = masks.get(n);
      if (mask === undefined) {
        const aliases = aliasesIn(recipe, channel.structure);
        const structure = structureFor(study, channel.structure, aliases, prepared.frameOfReference);
        const grid = fineGrid(structure, prepared.grid as Grid);
        mask =
          grid === null
            ? null
            : {
                grid,
                values: Float32Array.from(maskOf(structure, grid)),
                inMm: true,
                centreMm: applyAffine(grid.affine, [0, 0, 0]),
                modality: 'structure',
              };
        masks.set(n, mask);
      }
      if (mask === null) return;
      const changed = { grid: mask.grid, values: change(mask), unit: '1', frameOfReference: '' } as const;
      found.set(n, resample(changed, wide, 'nearest', 0).values);
    });
    return found;
  };
}

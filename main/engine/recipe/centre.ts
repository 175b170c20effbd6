import { add, applyAffine, length, scale, subtract, type Vec3 } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import type { Structure } from '../../../shared/structure';
import type { Grid, Volume } from '../../../shared/volume';
import { warningOf } from '../../../shared/warning';
import type { Study } from '../study/study';
import { bodyOf, type Box } from '../volume/body';
import { aliasesIn, hasVolume, sameFrame, structureFor } from './source';

/** Middle of a grid: index (n − 1) / 2. */
export const middleOf = ({ size, affine }: Grid): Vec3 =>
  applyAffine(affine, [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2]);

const middleOfBox = ({ min, max }: Box): Vec3 => scale(add(min, max), 0.5);

/** The box around the points of a structure's closed contours, in patient mm. */
export function boxOfContours({ contours }: Structure): Box {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { kind, points } of contours) {
    if (!kind.startsWith('CLOSED')) continue;
    points.forEach((value, n) => {
      const axis = (n % 3) as 0 | 1 | 2;
      min[axis] = Math.min(min[axis], value);
      max[axis] = Math.max(max[axis], value);
    });
  }
  return { min, max };
}

/** The EXTERNAL structure where there is exactly one with contours on the image's frame, else the largest part above −300 HU. */
function middleOfBody(study: Study, volume: Volume): Vec3 {
  const external = (study.structureSets[0]?.structures ?? []).filter(
    (structure) =>
      structure.type.trim().toUpperCase() === 'EXTERNAL' &&
      hasVolume(structure) &&
      sameFrame(structure.frameOfReference, volume.frameOfReference),
  );
  const [only, ...others] = external;
  if (only !== undefined && others.length === 0) return middleOfBox(boxOfContours(only));
  const { boxMm } = bodyOf(null, volume);
  if (boxMm === null) throw new IsolensError('recipe/no-body', {});
  return middleOfBox(boxMm);
}

/** The point (mm, LPS) on which the recipe centres its grid, with what must be said of it. */
export function centreOf(
  centre: Recipe['grid']['centre'],
  recipe: Recipe,
  study: Study,
  volume: Volume,
): { readonly pointMm: Vec3; readonly warnings: readonly Warning[] } {
  if (centre === 'volume') return { pointMm: middleOf(volume.grid), warnings: [] };
  if (centre === 'body') return { pointMm: middleOfBody(study, volume), warnings: [] };
  if (centre === 'isocentre') {
    const isocentres = study.plans[0]?.isocentresMm ?? [];
    const [first] = isocentres;
    if (first === undefined) throw new IsolensError('recipe/no-isocentre', {});
    const apart = isocentres.filter((point) => length(subtract(point, first)) > 0.1);
    const warnings = apart.length > 0 ? [warningOf('recipe/several-isocentres', { count: apart.length + 1 })] : [];
    return { pointMm: first, warnings };
  }
  if ('mm' in centre) return { pointMm: centre.mm, warnings: [] };
  const structure = structureFor(study, centre.structure, aliasesIn(recipe, centre.structure), volume.frameOfReference);
  return { pointMm: middleOfBox(boxOfContours(structure)), warnings: [] };
}

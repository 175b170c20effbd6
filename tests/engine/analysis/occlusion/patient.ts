import type { OpenInput } from '../../../../main/engine/analysis/analysis';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { applyAffine, type Affine } from '../../../../shared/geometry';
import { Recipe } from '../../../../shared/recipe';
import type { Structure } from '../../../../shared/structure';
import { frame, imageOf, studyOf } from '../../recipe/study';

/** A small patient whose structures are boxes of whole voxels. Sizes and spacing in (i, j, k). */
export const size = [12, 10, 6] as const;
export const affine: Affine = [3, 0, 0, -20, 0, 3, 0, -15, 0, 0, 4, 30, 0, 0, 0, 1];
export const voxels = size[0] * size[1] * size[2];
export const hu = Int16Array.from({ length: voxels }, (_, v) => Math.round(400 * Math.sin(v * 12.9898)));

export type Index = readonly [number, number, number];

export const indexOf = (v: number): Index => [
  v % size[0],
  Math.floor(v / size[0]) % size[1],
  Math.floor(v / (size[0] * size[1])),
];

/** Voxels from … to, both ends included, as contours on every slice, drawn half a voxel outside the centres. */
export function box(name: string, type: string, from: Index, to: Index): Structure {
  const contours = Array.from({ length: to[2] - from[2] + 1 }, (_, n) => {
    const [x0, x1, y0, y1] = [from[0] - 0.5, to[0] + 0.5, from[1] - 0.5, to[1] + 0.5];
    const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]] as const; // prettier-ignore
    return {
      kind: 'CLOSED_PLANAR' as const,
      points: Float64Array.from(corners.flatMap(([i, j]) => applyAffine(affine, [i, j, from[2] + n]))),
    };
  });
  return { number: 1, name, type, colour: [255, 0, 0], frameOfReference: frame, contours };
}

/** Distance in mm from a voxel to a box of voxels. */
export function gapMm([i, j, k]: Index, from: Index, to: Index): number {
  const gap = (at: number, a: number, b: number, h: number) => Math.max(0, a - at, at - b) * h;
  return Math.hypot(gap(i, from[0], to[0], 3), gap(j, from[1], to[1], 3), gap(k, from[2], to[2], 4));
}

export const body = box('BODY', 'EXTERNAL', [1, 1, 0], [10, 8, 5]);
export const inBody = ([i, j]: Index): boolean => i >= 1 && i <= 10 && j >= 1 && j <= 8;

export const recipeOf = (more: Record<string, unknown>): Recipe =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    grid: {},
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'classification', labels: ['no', 'yes'], activation: 'sigmoid' },
    ...more,
  });

export async function opened(
  recipe: Recipe,
  shape: readonly (number | null)[],
  structures: readonly Structure[],
  values: Int16Array = hu,
): Promise<OpenInput> {
  const study = studyOf({ images: [imageOf({ size: [...size], affine }, values)], structures: [...structures] });
  const prepared = await prepareStudy(
    study,
    recipe,
    { name: 'x', shape, multiple: shape.slice(1, -1).map(() => 1) },
    { id: 'P1', patient: 'P1' },
  );
  return { prepared, spec: { study: 'P1' }, study, label: null, truth: null };
}

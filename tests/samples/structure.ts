import type { ContourKind, Structure } from '../../shared/structure';

/** A structure with these contours, points as x, y, z triplets in mm. */
export function structureOf(
  contours: readonly (readonly number[])[],
  changes: Partial<Structure> & { readonly kind?: ContourKind } = {},
): Structure {
  const { kind = 'CLOSED_PLANAR', ...rest } = changes;
  return {
    number: 1,
    name: 'S',
    type: 'ORGAN',
    colour: [255, 0, 0],
    frameOfReference: '1.2.11',
    contours: contours.map((points) => ({ kind, points: Float64Array.from(points) })),
    ...rest,
  };
}

import { z } from 'zod';

/**
 * The contours of one structure in a single array: over a process boundary every array costs about a millisecond, however
 * small it is, and a structure set holds thousands of contours.
 */
export const PackedContours = z.strictObject({
  /** x y z triplets in mm, one contour after another. */
  points: z.instanceof(Float64Array),
  /** How many points each contour has. */
  counts: z.array(z.int().nonnegative()),
});
export type PackedContours = z.infer<typeof PackedContours>;

/** Lays contours, x y z triplets in mm, one behind another. */
export function packContours(contours: readonly Float64Array[]): PackedContours {
  const points = new Float64Array(contours.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const contour of contours) {
    points.set(contour, at);
    at += contour.length;
  }
  return { points, counts: contours.map(({ length }) => length / 3) };
}

/** The contours apart again, each a view of the packed points. */
export function contoursOf({ points, counts }: PackedContours): Float64Array[] {
  let at = 0;
  return counts.map((count) => points.subarray(at, (at += 3 * count)));
}

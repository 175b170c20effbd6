import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contoursOf, packContours, PackedContours } from '../../shared/packedContours';

const contour = fc
  .array(fc.tuple(fc.double(), fc.double(), fc.double()), { maxLength: 12 })
  .map((points) => Float64Array.from(points.flat()));

describe('packed contours', () => {
  it('come apart as they were, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(contour, { maxLength: 8 }), (contours) => {
        const packed = packContours(contours);
        expect(PackedContours.safeParse(packed).success).toBe(true);
        expect(contoursOf(packed)).toEqual(contours);
      }),
    );
  });

  it('are one array, however many contours there are', () => {
    const { points, counts } = packContours([Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6, 7, 8, 9)]);
    expect([...points]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(counts).toEqual([1, 2]);
  });
});

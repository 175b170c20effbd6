import { describe, expect, it } from 'vitest';
import { nearestStructure } from '../../../renderer/viewer/nearestStructure';
import { placeStructure } from '../../../renderer/viewer/placedStructure';
import { packContours } from '../../../shared/packedContours';

/** A box of 10 × 10 mm from `x`, on planes z = 0, 2, 4: it reaches from −1 to 5 mm. */
const box = (name: string, x: number) =>
  placeStructure(
    {
      number: 1,
      name,
      type: 'ORGAN',
      colour: [255, 0, 0],
      contours: packContours([0, 2, 4].map((z) => Float64Array.from([x, 0, z, x + 10, 0, z, x + 10, 10, z, x, 10, z]))),
      volumeCc: null,
      centroidMm: null,
      notes: [],
    },
    2,
  );
const [left, right] = [box('left', 0), box('right', 30)];

describe('the nearest structure', () => {
  it('is told with its distance in the plane', () => {
    expect(nearestStructure([left, right], [14, 5, 2], 30)).toEqual({ name: 'left', mm: 4 });
    expect(nearestStructure([left, right], [27, 5, 2], 30)).toEqual({ name: 'right', mm: 3 });
    expect(nearestStructure([left], [13, 14, 2], 30)?.mm).toBeCloseTo(5, 9);
  });
  it('counts from the end of the last slice above and below', () => {
    expect(nearestStructure([left], [5, 5, 9], 30)?.mm).toBeCloseTo(4, 9);
    expect(nearestStructure([left], [5, 5, -4], 30)?.mm).toBeCloseTo(3, 9);
    expect(nearestStructure([left], [13, 5, 9], 30)?.mm).toBeCloseTo(5, 9);
  });
  it('is none where nothing is near enough', () => {
    expect(nearestStructure([left, right], [5, 5, 40], 30)).toBeNull();
    expect(nearestStructure([], [0, 0, 0], 30)).toBeNull();
  });
});

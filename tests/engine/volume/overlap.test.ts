import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilate, distanceMm } from '../../../main/engine/volume/distance';
import { dice, hausdorff95Mm, surfaceOf } from '../../../main/engine/volume/overlap';
import { affineOf, type Vec3 } from '../../../shared/geometry';
import type { Grid } from '../../../shared/volume';

const grid: Grid = { size: [28, 24, 20], affine: affineOf([1, 0, 0], [0, 1.25, 0], [0, 0, 2.5], [0, 0, 0]) };

/** The two bodies of tests/references/surface_distance.py; centres and radii in (k, j, i). */
function ellipsoid(centre: Vec3, radii: Vec3): Uint8Array {
  const mask = new Uint8Array(28 * 24 * 20);
  for (let k = 0, v = 0; k < 20; k++) {
    for (let j = 0; j < 24; j++) {
      for (let i = 0; i < 28; i++, v++) {
        const [z, y, x] = [(k - centre[0]) / radii[0], (j - centre[1]) / radii[1], (i - centre[2]) / radii[2]];
        mask[v] = z * z + y * y + x * x <= 1 ? 1 : 0;
      }
    }
  }
  return mask;
}

const a = ellipsoid([9.3, 11.2, 13.1], [5.2, 7.4, 8.9]);
const b = ellipsoid([10.1, 12.9, 12.2], [4.6, 6.1, 10.3]);
for (let k = 2; k < 4; k++) for (let j = 2; j < 5; j++) b.fill(1, 3 + 28 * (j + 24 * k), 6 + 28 * (j + 24 * k));
const count = (mask: Uint8Array): number => mask.reduce((sum, v) => sum + v, 0);

describe('overlap and distance of two masks', () => {
  it('equal the figures of numpy and scipy', () => {
    expect([count(a), count(b), count(surfaceOf(a, grid.size)), count(surfaceOf(b, grid.size))]).toEqual([
      1428, 1230, 490, 475,
    ]);
    expect(dice(a, b)).toBeCloseTo(0.7494356659142212, 12);
    // The larger of 3.75 mm there and 3.888… mm back.
    expect(hausdorff95Mm(a, b, grid)).toBeCloseTo(3.8882680232315012, 5);
    expect(hausdorff95Mm(b, a, grid)).toBeCloseTo(3.8882680232315012, 5);
    const sum = distanceMm(b, grid).reduce((total, mm) => total + mm, 0);
    expect(Math.abs(sum / 105109.62155787884 - 1)).toBeLessThan(1e-6);
  });

  it('are perfect for a mask with itself and unknown with nothing', () => {
    const none = new Uint8Array(a.length);
    expect(dice(a, a)).toBe(1);
    expect(hausdorff95Mm(a, a, grid)).toBe(0);
    expect(dice(none, none)).toBeNull();
    expect(dice(a, none)).toBe(0);
    expect(hausdorff95Mm(a, none, grid)).toBeNull();
  });

  it('shift with the mask: two planes 4 voxels apart are 4 spacings apart', () => {
    const [one, other] = [new Uint8Array(a.length), new Uint8Array(a.length)];
    for (let v = 0; v < 28 * 24; v++) {
      one[v + 28 * 24 * 3] = 1;
      other[v + 28 * 24 * 7] = 1;
    }
    expect(hausdorff95Mm(one, other, grid)).toBeCloseTo(10, 5);
  });

  it('measures the nearest voxel exactly, whatever the spacing', () => {
    const size: Vec3 = [6, 5, 4];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 119 }), { minLength: 1, maxLength: 8 }),
        fc.tuple(
          fc.double({ min: 0.3, max: 5, noNaN: true }),
          fc.double({ min: 0.3, max: 5, noNaN: true }),
          fc.double({ min: 0.3, max: 5, noNaN: true }),
        ),
        (seeds, [sx, sy, sz]) => {
          const mask = new Uint8Array(120);
          for (const seed of seeds) mask[seed] = 1;
          const small: Grid = { size, affine: affineOf([sx, 0, 0], [0, sy, 0], [0, 0, sz], [0, 0, 0]) };
          const distances = distanceMm(mask, small);
          const at = (v: number): Vec3 => [sx * (v % 6), sy * (Math.floor(v / 6) % 5), sz * Math.floor(v / 30)];
          for (let v = 0; v < 120; v++) {
            const [x, y, z] = at(v);
            const nearest = Math.min(
              ...seeds.map((seed) => Math.hypot(x - at(seed)[0], y - at(seed)[1], z - at(seed)[2])),
            );
            expect(distances[v]).toBeCloseTo(nearest, 4);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('grows a mask by millimetres, the margin included', () => {
    const mask = new Uint8Array(a.length);
    mask[14 + 28 * (12 + 24 * 10)] = 1;
    // 2.5 mm: 2 voxels along i, 2 along j, 1 along k and what lies between.
    const grown = dilate(mask, grid, 2.5);
    expect(grown[14 + 28 * (12 + 24 * 11)]).toBe(1);
    expect(grown[14 + 28 * (14 + 24 * 10)]).toBe(1);
    expect(grown[17 + 28 * (12 + 24 * 10)]).toBe(0);
    expect(grown[15 + 28 * (12 + 24 * 11)]).toBe(0);
    expect(count(dilate(mask, grid, 0))).toBe(1);
    expect(count(dilate(new Uint8Array(a.length), grid, 5))).toBe(0);
  });
});

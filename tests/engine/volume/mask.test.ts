import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyStretches, contourPlanesOf } from '../../../main/engine/volume/contourPlanes';
import { gridAround } from '../../../main/engine/volume/crop';
import { containsPoint, coverageOf, maskOf } from '../../../main/engine/volume/mask';
import { affineOf, applyAffine, type Vec3 } from '../../../shared/geometry';
import { voxelCc, type Grid } from '../../../shared/volume';
import { square } from '../../samples/dicomFile';
import { structureOf } from '../../samples/structure';

/** 10 × 10 × 5 voxels of 1 × 1 × 2 mm, centres at whole millimetres from 0. */
const grid: Grid = { size: [10, 10, 5], affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]) };
const count = (mask: Uint8Array): number => mask.reduce((sum, v) => sum + v, 0);
const slice = (mask: Uint8Array, k: number): number => count(mask.subarray(100 * k, 100 * (k + 1)));

describe('the mask of a structure', () => {
  it('holds the voxels whose centres are inside', () => {
    const mask = maskOf(structureOf([square(4.5, 4.5, 4, 2)]), grid);
    // From 2.5 to 6.5: centres 3, 4, 5, 6 each way, on slice 2 only.
    expect([0, 1, 2, 3, 4].map((k) => slice(mask, k))).toEqual([0, 0, 16, 0, 0]);
    expect(mask[200 + 33]).toBe(1);
    expect(mask[200 + 22]).toBe(0);
  });

  it('takes a centre on the lower and left edge as inside, on the upper and right edge as outside', () => {
    const mask = maskOf(structureOf([square(4, 4, 0, 2)]), grid);
    const inside = [...mask.subarray(0, 100).entries()]
      .filter(([, v]) => v === 1)
      .map(([n]) => [n % 10, Math.floor(n / 10)]);
    expect(inside).toHaveLength(16);
    expect(Math.min(...inside.map(([i]) => i as number))).toBe(2);
    expect(Math.max(...inside.map(([, j]) => j as number))).toBe(5);
  });

  it('is the same for clockwise and counter-clockwise contours', () => {
    const points = square(4.2, 4.7, 4, 2.3);
    const backwards = [0, 1, 2, 3].flatMap((n) => points.slice(9 - 3 * n, 12 - 3 * n));
    expect(maskOf(structureOf([backwards]), grid)).toEqual(maskOf(structureOf([points]), grid));
  });

  it('leaves a hole empty whether it is keyhole, XOR or a second loop', () => {
    const outer = square(4.5, 4.5, 4, 4);
    const inner = square(4.5, 4.5, 4, 1);
    const separate = maskOf(structureOf([outer, inner]), grid);
    const xor = maskOf(structureOf([outer, inner], { kind: 'CLOSEDPLANAR_XOR' }), grid);
    const [x, y, z] = outer as unknown as Vec3;
    const [hx, hy] = inner as unknown as Vec3;
    // Out along a channel of no width, round the hole, and back the same way.
    const keyhole = [...outer, x, y, z, ...inner, hx, hy, z];
    const keyed = maskOf(structureOf([keyhole]), grid);
    expect(count(separate)).toBe(64 - 4);
    expect(xor).toEqual(separate);
    expect(keyed).toEqual(separate);
  });

  it('gives a slice to the nearest contour plane within half a gap, and to none beyond', () => {
    const planes = [2, 4, 6].map((z) => square(4.5, 4.5, z + 0.3, 2));
    const mask = maskOf(structureOf(planes), grid);
    expect([0, 1, 2, 3, 4].map((k) => slice(mask, k))).toEqual([0, 16, 16, 16, 0]);
  });

  it('leaves a gap in the drawing empty and reports it', () => {
    const structure = structureOf(
      [0, 2, 8].map((z) => square(4.5, 4.5, z, 2)).concat([square(4.5, 4.5, 4, 2)].slice(1)),
    );
    const sparse = structureOf([0, 1, 2, 8].map((z) => square(4.5, 4.5, z, 2)));
    const planes = contourPlanesOf(sparse, 2);
    expect(planes && emptyStretches(planes)).toEqual([[2, 8]]);
    expect(slice(maskOf(sparse, grid), 3)).toBe(0);
    expect(slice(maskOf(structure, grid), 0)).toBe(16);
  });

  it('fills slices between contours that were drawn at a wider spacing', () => {
    const fine: Grid = { size: [10, 10, 9], affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]) };
    const mask = maskOf(structureOf([0, 4, 8].map((z) => square(4.5, 4.5, z, 2))), fine);
    expect(Array.from({ length: 9 }, (_, k) => slice(mask, k))).toEqual([16, 16, 16, 16, 16, 16, 16, 16, 16]);
  });

  it('stands for one slice where it is one contour of a known stack', () => {
    const known = structureOf([square(4.5, 4.5, 4, 2)], { planes: { normal: [0, 0, 1], spacingMm: 2 } });
    const fine: Grid = { size: [10, 10, 17], affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 0.5], [0, 0, 0]) };
    // From 3 up to, not including, 5 mm.
    expect(count(maskOf(known, fine))).toBe(16 * 4);
  });

  it('has no volume from contours across the planes of their stack, from lines, points or crooked loops', () => {
    const sagittal = [4, 2, 0, 4, 6, 0, 4, 6, 8, 4, 2, 8];
    const stack = { normal: [0, 0, 1] as Vec3, spacingMm: 2 };
    expect(count(maskOf(structureOf([sagittal], { planes: stack }), grid))).toBe(0);
    expect(count(maskOf(structureOf([square(4.5, 4.5, 4, 2)], { kind: 'OPEN_PLANAR' }), grid))).toBe(0);
    expect(count(maskOf(structureOf([[1, 1, 4]], { kind: 'POINT' }), grid))).toBe(0);
    expect(count(maskOf(structureOf([[1, 1, 4, 8, 1, 4, 8, 8, 5, 1, 8, 4]], { planes: stack }), grid))).toBe(0);
    expect(count(maskOf(structureOf([]), grid))).toBe(0);
  });

  it('follows the same rule voxel by voxel on any oblique grid', () => {
    const structure = structureOf([0, 2, 4, 6, 8].map((z) => square(4.3, 5.2, z, 3.3)));
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (a, b) => {
        const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
        const oblique: Grid = {
          size: [9, 9, 9],
          affine: affineOf([ca, sa, 0], [-sa * cb, ca * cb, sb], [sa * sb, -ca * sb, cb], [1, -1, 1]),
        };
        const mask = maskOf(structure, oblique);
        for (let v = 0; v < mask.length; v++) {
          const point = applyAffine(oblique.affine, [v % 9, Math.floor(v / 9) % 9, Math.floor(v / 81)]);
          const [x, y, z] = point;
          const margin = Math.min(
            Math.abs(Math.abs(x - 4.3) - 3.3),
            Math.abs(Math.abs(y - 5.2) - 3.3),
            Math.abs(z + 1),
            Math.abs(z - 9),
          );
          // A grid within a sine of 1e-5 of the contours' planes is taken as parallel: over 16 mm that moves a face by 1.6e-4 mm.
          if (margin < 2e-4) continue;
          const inside = Math.abs(x - 4.3) < 3.3 && Math.abs(y - 5.2) < 3.3 && z > -1 && z < 9;
          expect(mask[v]).toBe(inside ? 1 : 0);
          expect(containsPoint(structure, point, 2)).toBe(inside);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same whichever way the grid runs, feet first or prone', () => {
    const structure = structureOf([0, 2, 4, 6, 8].map((z) => [1, 1, z, 6.2, 1.5, z, 3.4, 7.1, z]));
    const straight = maskOf(structure, grid);
    const feetFirst: Grid = { size: [10, 10, 5], affine: affineOf([-1, 0, 0], [0, 1, 0], [0, 0, -2], [9, 0, 8]) };
    const turned = maskOf(structure, feetFirst);
    for (let k = 0; k < 5; k++) {
      for (let j = 0; j < 10; j++) {
        for (let i = 0; i < 10; i++) {
          expect(turned[9 - i + 10 * j + 100 * (4 - k)]).toBe(straight[i + 10 * j + 100 * k]);
        }
      }
    }
  });

  it('has the same voxels on the part of the grid around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -2, max: 12, noNaN: true }), fc.double({ min: -2, max: 12, noNaN: true })), {
          minLength: 3,
          maxLength: 9,
        }),
        (points) => {
          const structure = structureOf([2, 4, 6].map((z) => points.flatMap(([x, y]) => [x, y, z])));
          const around = gridAround(structure, grid);
          const whole = count(maskOf(structure, grid));
          expect(around === null ? 0 : count(maskOf(structure, around))).toBe(whole);
        },
      ),
    );
  });
});

describe('the coverage of voxels by a structure', () => {
  it('counts the 16 points of each voxel that are inside', () => {
    const coverage = coverageOf(structureOf([square(4.5, 4.5, 4, 2.25)]), grid);
    // From 2.25 to 6.75: voxels 3 … 6 whole, voxels 2 and 7 a quarter of their width.
    expect(coverage[200 + 33]).toBe(1);
    expect(coverage[200 + 32]).toBe(0.25);
    expect(coverage[200 + 22]).toBe(0.0625);
    const cc = coverage.reduce((sum, share) => sum + share, 0) * voxelCc(grid);
    expect(cc).toBeCloseTo((4.5 * 4.5 * 2) / 1000, 9);
  });
});

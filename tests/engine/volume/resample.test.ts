import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resample } from '../../../main/engine/volume/resample';
import { samplerOf } from '../../../main/engine/volume/sample';
import { affineOf, applyAffine, cross, invert, length, scale, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Grid, Volume } from '../../../shared/volume';

const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

/** A grid whose axes are turned by any amount and whose slices may be sheared. */
const anyGrid = fc
  .record({
    a: fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
    spacing: fc.tuple(
      fc.double({ min: 0.3, max: 6, noNaN: true }),
      fc.double({ min: 0.3, max: 6, noNaN: true }),
      fc.double({ min: 0.3, max: 6, noNaN: true }),
    ),
    shear: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    signs: fc.constantFrom<Vec3>([1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]),
    origin: fc.tuple(
      fc.double({ min: -300, max: 300, noNaN: true }),
      fc.double({ min: -300, max: 300, noNaN: true }),
      fc.double({ min: -300, max: 300, noNaN: true }),
    ),
  })
  .map(({ a, spacing, shear, signs, origin }): Grid => {
    const r = unit([signs[0], a[0], a[1]]);
    const raw: Vec3 = [-r[1] * signs[1], r[0] * signs[1], 0];
    const c = unit(raw);
    const n = cross(r, c);
    const k: Vec3 = [
      n[0] * spacing[2] + c[0] * shear,
      n[1] * spacing[2] + c[1] * shear,
      n[2] * spacing[2] + c[2] * shear,
    ];
    return { size: [7, 6, 5], affine: affineOf(scale(r, spacing[0]), scale(c, spacing[1]), k, origin) };
  });

const linear = (grid: Grid, unitName: 'HU' | 'Gy'): Volume<Float32Array> => {
  const values = new Float32Array(7 * 6 * 5);
  for (let v = 0; v < values.length; v++) {
    values[v] = 3 * (v % 7) - 2 * (Math.floor(v / 7) % 6) + 5 * Math.floor(v / 42) + 1;
  }
  return { grid, values, unit: unitName, frameOfReference: '1.2' };
};

describe('a volume on another grid', () => {
  it('returns to the same voxel by way of the patient, however the stack lies', () => {
    fc.assert(
      fc.property(anyGrid, fc.tuple(fc.nat(400), fc.nat(400), fc.nat(400)), ({ affine }, voxel) => {
        const back = applyAffine(invert(affine), applyAffine(affine, voxel));
        for (const axis of [0, 1, 2] as const) expect(Math.abs(back[axis] - voxel[axis])).toBeLessThan(1e-6);
      }),
    );
  });

  it('is unchanged on its own grid, to the last bit', () => {
    fc.assert(
      fc.property(anyGrid, (grid) => {
        const volume = linear(grid, 'Gy');
        expect(resample(volume, grid, 'trilinear', NaN).values).toEqual(volume.values);
        expect(resample(volume, grid, 'nearest', NaN).values).toEqual(volume.values);
      }),
    );
  });

  it('reproduces a linear function between voxel centres', () => {
    fc.assert(
      fc.property(
        anyGrid,
        fc.tuple(
          fc.double({ min: 0, max: 6, noNaN: true }),
          fc.double({ min: 0, max: 5, noNaN: true }),
          fc.double({ min: 0, max: 4, noNaN: true }),
        ),
        (grid, [i, j, k]) => {
          const sample = samplerOf(linear(grid, 'HU'), 'trilinear');
          expect(sample(applyAffine(grid.affine, [i, j, k]))).toBeCloseTo(3 * i - 2 * j + 5 * k + 1, 4);
        },
      ),
    );
  });

  it('continues the edge of an image for half a voxel and leaves dose unknown there', () => {
    const grid: Grid = { size: [7, 6, 5], affine: affineOf([2, 0, 0], [0, 2, 0], [0, 0, 3], [0, 0, 0]) };
    const hu = samplerOf(linear(grid, 'HU'), 'trilinear');
    const gy = samplerOf(linear(grid, 'Gy'), 'trilinear');
    expect(hu([-0.9, 0, 0])).toBe(1);
    expect(hu([-1.1, 0, 0])).toBeNaN();
    expect(gy([-0.0005, 0, 0])).toBe(1);
    expect(gy([-0.01, 0, 0])).toBeNaN();
    expect(gy([0, 0, 12.01])).toBeNaN();
  });

  it('does not let an unknown neighbour of weight zero spread', () => {
    const grid: Grid = { size: [3, 1, 1], affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]) };
    const values = Float32Array.of(1, NaN, 3);
    const volume: Volume<Float32Array> = { grid, values, unit: '1', frameOfReference: '' };
    const shifted: Affine = affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [1e-9, 0, 0]);
    expect([...resample(volume, { size: [3, 1, 1], affine: shifted }, 'trilinear', 0).values]).toEqual([1, NaN, 3]);
  });
});

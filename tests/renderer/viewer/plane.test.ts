import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineOf, applyAffine, cross, invert, length, scale, stepsOf, type Vec3 } from '../../../shared/geometry';
import {
  lettersOf,
  pixelToPatient,
  planeNames,
  planeStack,
  pointOnSlice,
  positionMm,
  sliceAt,
  thicknessMm,
} from '../../../renderer/viewer/plane';
import { gridOf, orientations, upright } from './grids';

/** Without negative zeros, which equal zero but print otherwise. */
const plain = (v: Vec3): readonly number[] => v.map((x) => x + 0);
const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

describe('planes of a patient', () => {
  it.each(Object.keys(orientations) as (keyof typeof orientations)[])(
    'lie the same on the screen when the patient was stored %s',
    (position) => {
      const grid = gridOf(orientations[position], [8, 6, 5], [1.5, 1.5, 3], [10, -20, 30]);
      const letters = Object.fromEntries(planeNames.map((name) => [name, planeStack(grid, name).letters]));
      expect(letters).toEqual({
        axial: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
        coronal: { left: 'R', right: 'L', top: 'S', bottom: 'I' },
        sagittal: { left: 'A', right: 'P', top: 'S', bottom: 'I' },
      });
    },
  );

  it('count towards the head, also where the slices were stored from the head down', () => {
    const feetFirst = gridOf(orientations.FFS, [4, 4, 3], [1, 1, 2], [0, 0, 100]);
    expect(plain(stepsOf(feetFirst.affine)[2])).toEqual([0, 0, -2]);
    const axial = planeStack(feetFirst, 'axial');
    expect([0, 1, 2].map((slice) => positionMm(axial, slice))).toEqual([96, 98, 100]);
    // First pixel: the patient's right and front, so the voxel with the smallest x and y.
    expect(pixelToPatient(axial, 0, 0, 2)).toEqual([-3, 0, 100]);
  });

  it('keep the pixels of the plane in which the image was taken', () => {
    const grid = gridOf(orientations.HFP, [5, 4, 3], [2, 2, 5], [7, 8, 9]);
    const axial = planeStack(grid, 'axial');
    expect(axial.native).toBe(true);
    expect(axial.grid.size).toEqual([5, 4, 3]);
    const toVoxel = invert(grid.affine);
    for (const corner of [
      [0, 0, 0],
      [4, 3, 2],
      [1, 2, 1],
    ] as const) {
      const voxel = applyAffine(toVoxel, applyAffine(axial.grid.affine, corner)).map(Math.round);
      expect(voxel).toEqual([4 - corner[0], 3 - corner[1], corner[2]]);
    }
  });

  it('take the image of a sagittal acquisition as the sagittal plane', () => {
    const grid = gridOf(
      [
        [0, 1, 0],
        [0, 0, -1],
      ],
      [10, 12, 6],
      [1, 1, 4],
      [0, 0, 0],
    );
    expect(planeNames.map((name) => planeStack(grid, name).native)).toEqual([false, false, true]);
    expect(planeStack(grid, 'sagittal').letters).toEqual({ left: 'A', right: 'P', top: 'S', bottom: 'I' });
    expect(planeStack(grid, 'sagittal').grid.size).toEqual([10, 12, 6]);
  });

  it('reformat with square pixels that cover the volume from face to face', () => {
    const coronal = planeStack(upright([10, 8, 4], [1, 1, 2.5], [0, 0, 0]), 'coronal');
    expect(coronal.grid.size).toEqual([10, 10, 8]);
    const [column, row, slice] = stepsOf(coronal.grid.affine);
    expect([column, row, slice].map(plain)).toEqual([
      [1, 0, 0],
      [0, 0, -1],
      [0, 1, 0],
    ]);
    // Faces at z = −1.25 and 8.75: the first row's centre lies half a row below the upper one.
    expect(pixelToPatient(coronal, 0, 0, 0)).toEqual([0, 0, 8.25]);
    expect(pixelToPatient(coronal, 0, 9, 0)[2]).toBeCloseTo(-0.75, 12);
  });

  it('name oblique edges by two letters, the larger component first', () => {
    expect(lettersOf(unit([0.8, -0.6, 0.05]))).toBe('LA');
    expect(lettersOf(unit([0.99, 0.14, 0]))).toBe('L');
    expect(lettersOf([0, 0, -1])).toBe('I');
    const tilt = Math.PI / 6;
    const grid = gridOf(
      [
        [1, 0, 0],
        [0, Math.cos(tilt), Math.sin(tilt)],
      ],
      [10, 10, 10],
      [1, 1, 1],
      [0, 0, 0],
    );
    expect(planeStack(grid, 'axial').letters).toEqual({ left: 'R', right: 'L', top: 'AI', bottom: 'PS' });
  });

  it('follow the gantry in the axial and stay square in the others when the stack is sheared', () => {
    const sheared = {
      size: [20, 20, 10] as const,
      affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0.5, 2], [0, 0, 0]),
    };
    const axial = planeStack(sheared, 'axial');
    expect(axial.native).toBe(true);
    expect(pixelToPatient(axial, 3, 4, 2)).toEqual([3, 5, 4]);
    expect(thicknessMm(axial)).toBe(2);
    const [column, row] = stepsOf(planeStack(sheared, 'sagittal').grid.affine);
    expect(plain(column)).toEqual([0, 1, 0]);
    expect(plain(row)).toEqual([0, 0, -1]);
  });

  it('send every point to the nearest slice and back, for any orientation', () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    const place = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(angle, angle, angle, place, place, place, (a, b, c, x, y, z) => {
        const first: Vec3 = [Math.cos(a) * Math.cos(b), Math.sin(a) * Math.cos(b), Math.sin(b)];
        const start: Vec3 = Math.abs(first[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
        const u = unit(cross(first, start));
        const v = cross(first, u);
        const second: Vec3 = [0, 1, 2].map(
          (n) => Math.cos(c) * (u[n] ?? 0) + Math.sin(c) * (v[n] ?? 0),
        ) as unknown as Vec3;
        const grid = gridOf([first, second], [40, 30, 20], [2, 2, 3], [x, y, z]);
        for (const name of planeNames) {
          const stack = planeStack(grid, name);
          const steps = stepsOf(stack.grid.affine);
          // Columns, rows and the normal make a right-handed or left-handed frame, but always square.
          expect(Math.abs(length(cross(steps[0], steps[1])) - length(steps[0]) * length(steps[1]))).toBeLessThan(1e-6);
          const middle = applyAffine(grid.affine, [20, 15, 10]);
          const slice = sliceAt(stack, middle);
          const [column, row] = applyAffine(stack.toIndex, middle);
          const back = applyAffine(stack.toIndex, pointOnSlice(stack, middle, slice));
          expect(back[0]).toBeCloseTo(column, 6);
          expect(back[1]).toBeCloseTo(row, 6);
          expect(back[2]).toBeCloseTo(slice, 6);
          expect(Math.abs(applyAffine(stack.toIndex, middle)[2] - slice)).toBeLessThanOrEqual(0.5 + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

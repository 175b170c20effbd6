import { describe, expect, it } from 'vitest';
import { applyAffine, invert, type Vec3 } from '../../../shared/geometry';
import type { Grid } from '../../../shared/volume';
import { planeNames, planeStack } from '../../../renderer/viewer/plane';
import { samplePlane, valueAt, type Sampling } from '../../../renderer/viewer/reformat';
import { gridOf, orientations, upright } from './grids';

const linear: Sampling = { between: 'linear', edge: 'clamp', outside: NaN };
const nearest: Sampling = { between: 'nearest', edge: 'clamp', outside: NaN };

/** A volume whose value is a linear function of the patient point: trilinear reading must give it back exactly. */
function ramp(grid: Grid, of: (mm: Vec3) => number): Float32Array {
  const [nx, ny, nz] = grid.size;
  const values = new Float32Array(nx * ny * nz);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) values[i + nx * (j + ny * k)] = of(applyAffine(grid.affine, [i, j, k]));
  return values;
}

const slope = ([x, y, z]: Vec3): number => 2 * x - 3 * y + 0.5 * z;

describe('pictures cut from a volume', () => {
  it('are the stored pixels, only turned, on the plane in which the image was taken', () => {
    const grid = gridOf(orientations.FFP, [3, 2, 2], [1, 1, 4], [0, 0, 0]);
    const values = Int16Array.from({ length: 12 }, (_, n) => n);
    const axial = planeStack(grid, 'axial');
    const out = new Int16Array(6);
    samplePlane(values, grid, axial, 1, linear, out);
    // FFP: columns already run to the left, rows run to the front and are turned; slices run to the feet.
    expect([...out]).toEqual([3, 4, 5, 0, 1, 2]);
  });

  it.each(planeNames)('give a linear field back in the %s plane, on a turned and a coarser grid alike', (name) => {
    const image = gridOf(orientations.HFP, [12, 10, 8], [1.5, 1.5, 3], [4, 5, 6]);
    const stack = planeStack(image, name);
    const tilted = gridOf(
      [
        [Math.cos(0.3), Math.sin(0.3), 0],
        [-Math.sin(0.3), Math.cos(0.3), 0],
      ],
      [40, 40, 20],
      [2, 2, 4],
      [-40, -50, -40],
    );
    for (const grid of [image, upright([15, 15, 10], [4, 4, 5], [-40, -45, -20]), tilted]) {
      const values = ramp(grid, slope);
      const [columns, rows, slices] = stack.grid.size;
      const out = new Float32Array(columns * rows);
      const slice = Math.floor(slices / 2);
      samplePlane(values, grid, stack, slice, { ...linear, edge: 'unknown' }, out);
      const toVoxel = invert(grid.affine);
      let met = 0;
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const mm = applyAffine(stack.grid.affine, [column, row, slice]);
          const at = applyAffine(toVoxel, mm);
          const inside = at.every((place, axis) => place >= -1e-6 && place <= (grid.size[axis] ?? 0) - 1 + 1e-6);
          const value = out[row * columns + column] ?? NaN;
          if (!inside) expect(value).toBeNaN();
          else {
            met++;
            expect(value).toBeCloseTo(slope(mm), 3);
          }
        }
      expect(met).toBeGreaterThan(20);
    }
  });

  it('hold an image to its edge for half a voxel and a dose to its outermost centres', () => {
    const grid = upright([2, 2, 2], [2, 2, 2]);
    const values = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
    const fine = planeStack(upright([6, 1, 1], [1, 1, 1], [-2, 0, 0]), 'axial');
    const out = new Float32Array(6);
    samplePlane(values, grid, fine, 0, linear, out);
    expect([...out]).toEqual([NaN, 1, 1, 1.5, 2, 2]);
    samplePlane(values, grid, fine, 0, { ...linear, edge: 'unknown' }, out);
    expect([...out]).toEqual([NaN, NaN, 1, 1.5, 2, NaN]);
  });

  it('leave unknown what is unknown, and do not let it spread past the nearest voxel', () => {
    const grid = upright([3, 1, 1], [2, 1, 1]);
    const values = new Float32Array([10, NaN, 30]);
    const fine = planeStack(upright([5, 1, 1], [1, 1, 1]), 'axial');
    const read = (how: Sampling): number[] => {
      const out = new Float32Array(5);
      samplePlane(values, grid, fine, 0, how, out);
      return [...out];
    };
    expect(read(linear)).toEqual([10, NaN, NaN, 30, 30]);
    expect(valueAt(values, [3, 1, 1], [0.4, 0, 0], linear)).toBe(10);
    expect(read(nearest).slice(0, 1)).toEqual([10]);
    expect(read(nearest)[2]).toBeNaN();
  });

  it('take whole numbers from labels: nearest never makes a value that is not there', () => {
    const grid = upright([4, 4, 4], [3, 3, 3]);
    const values = Uint8Array.from({ length: 64 }, (_, n) => (n % 3 === 0 ? 5 : 0));
    const stack = planeStack(upright([12, 12, 12], [1, 1, 1], [-1, -1, -1]), 'sagittal');
    const out = new Uint8Array(144);
    for (let slice = 0; slice < 12; slice++) {
      samplePlane(values, grid, stack, slice, { ...nearest, outside: 0 }, out);
      expect([...new Set(out)].every((value) => value === 0 || value === 5)).toBe(true);
    }
  });

  it('round blended HU to whole numbers, towards neither side', () => {
    const grid = upright([1, 1, 2], [1, 1, 2]);
    const values = new Int16Array([-1000, -999]);
    const stack = planeStack(upright([1, 1, 4], [1, 1, 1], [0, 0, -0.5]), 'coronal');
    const out = new Int16Array(4);
    samplePlane(values, grid, stack, 0, { ...linear, outside: -1000 }, out);
    // Rows from the head down at z = 2.5, 1.5, 0.5, −0.5.
    expect([...out]).toEqual([-999, -999, -1000, -1000]);
  });
});

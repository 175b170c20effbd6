// @vitest-environment happy-dom
import * as cornerstone from 'cornerstone-core';
import { describe, expect, it } from 'vitest';
import { outlineOn } from '../../../renderer/viewer/contours';
import { greyPicture, viewportOf } from '../../../renderer/viewer/cornerstone';
import { placeStructure } from '../../../renderer/viewer/placedStructure';
import { planeNames, planeStack } from '../../../renderer/viewer/plane';
import { samplePlane } from '../../../renderer/viewer/reformat';
import { canvasToPixel, pixelToCanvas, viewTransform } from '../../../renderer/viewer/viewTransform';
import { spacingOf } from '../../../shared/geometry';
import { packContours } from '../../../shared/packedContours';
import { blobOf, upright } from './grids';

const grid = upright([9, 7, 5], [2, 2, 4], [100, -50, 30]);
const voxel = [6, 2, 3] as const;
const size = { width: 333, height: 241 };

/** The contour around the faces of one voxel. */
function faces(): Float64Array<ArrayBuffer> {
  const [x, y, z] = [100 + 2 * voxel[0], -50 + 2 * voxel[1], 30 + 4 * voxel[2]];
  return Float64Array.from([x - 1, y - 1, z, x + 1, y - 1, z, x + 1, y + 1, z, x - 1, y + 1, z]);
}

const structure = placeStructure(
  {
    number: 1,
    name: 'voxel',
    type: '',
    colour: [255, 0, 0],
    contours: packContours([faces()]),
    volumeCc: null,
    centroidMm: null,
    notes: [],
  },
  4,
);

describe('one voxel and its outline', () => {
  it.each(planeNames)('meet exactly on the %s view, where cornerstone draws the pixel', (name) => {
    const stack = planeStack(grid, name);
    const values = new Int16Array(9 * 7 * 5).fill(-1000);
    values[voxel[0] + 9 * (voxel[1] + 7 * voxel[2])] = 1000;
    const [columns, rows, slices] = stack.grid.size;
    const out = new Int16Array(columns * rows);
    const transform = viewTransform(stack, size, 3.3, [107, -44, 41]);
    let seen = 0;
    for (let slice = 0; slice < slices; slice++) {
      samplePlane(values, grid, stack, slice, { between: 'nearest', edge: 'clamp', outside: -1000 }, out);
      const bright = [...out.keys()].filter((n) => out[n] === 1000);
      const lines = outlineOn(structure, stack, slice);
      expect(lines.length > 0).toBe(bright.length > 0);
      if (bright.length === 0) continue;
      seen++;
      const [columnMm, rowMm] = spacingOf(stack.grid.affine);
      const blob = blobOf(grid, 'int16', [-1000, 1000]);
      const picture = greyPicture({ key: name, columns, rows, values: out }, blob, columnMm, rowMm);
      const viewport = viewportOf(
        picture,
        { ...transform, level: 0, width: 100, inverted: false, smooth: false },
        size.width,
        size.height,
      );
      const drawn = cornerstone.internal.calculateTransform({ canvas: size, image: picture.image, viewport });
      const corners = bright.map((n) => [n % columns, Math.floor(n / columns)] as const);
      const low: { x: number; y: number } = drawn.transformPoint(
        Math.min(...corners.map(([x]) => x)),
        Math.min(...corners.map(([, y]) => y)),
      );
      const high: { x: number; y: number } = drawn.transformPoint(
        Math.max(...corners.map(([x]) => x)) + 1,
        Math.max(...corners.map(([, y]) => y)) + 1,
      );
      const outline = lines.flatMap(({ points }) =>
        Array.from({ length: points.length / 2 }, (_, n) =>
          pixelToCanvas(transform, points[n * 2] ?? 0, points[n * 2 + 1] ?? 0),
        ),
      );
      expect(Math.min(...outline.map(([x]) => x))).toBeCloseTo(low.x, 6);
      expect(Math.max(...outline.map(([x]) => x))).toBeCloseTo(high.x, 6);
      expect(Math.min(...outline.map(([, y]) => y))).toBeCloseTo(low.y, 6);
      expect(Math.max(...outline.map(([, y]) => y))).toBeCloseTo(high.y, 6);
    }
    expect(seen).toBe(1);
  });

  it('are found again under the pointer', () => {
    const stack = planeStack(grid, 'axial');
    const transform = viewTransform(stack, size, 2, [100, -50, 30]);
    const [x, y] = pixelToCanvas(transform, 6, 2);
    expect(canvasToPixel(transform, x, y)).toEqual([expect.closeTo(6, 9), expect.closeTo(2, 9)]);
  });

  it('puts the point in the middle of the view whatever the zoom', () => {
    const stack = planeStack(grid, 'axial');
    const [column, row] = canvasToPixel(viewTransform(stack, size, 7, [104, -46, 30]), size.width / 2, size.height / 2);
    expect([column, row]).toEqual([expect.closeTo(2, 9), expect.closeTo(2, 9)]);
  });
});

import { describe, expect, it } from 'vitest';
import { applyAffine, type Vec3 } from '../../../shared/geometry';
import { packContours } from '../../../shared/packedContours';
import type { StructureShape } from '../../../shared/study';
import { outlineOn } from '../../../renderer/viewer/contours';
import { holdsPoint, placeStructure } from '../../../renderer/viewer/placedStructure';
import { planeStack, sliceAt } from '../../../renderer/viewer/plane';
import type { Polyline } from '../../../renderer/viewer/polyline';
import { upright } from './grids';

const grid = upright([100, 100, 40], [1, 1, 2.5], [-50, -50, -50]);

function circle(
  radius: number,
  z: number,
  [x, y]: readonly [number, number] = [0, 0],
  count = 720,
): Float64Array<ArrayBuffer> {
  const points = new Float64Array(count * 3);
  for (let n = 0; n < count; n++) {
    const angle = (2 * Math.PI * n) / count;
    points.set([x + radius * Math.cos(angle), y + radius * Math.sin(angle), z], n * 3);
  }
  return points;
}

const structureOf = (contours: readonly Float64Array<ArrayBuffer>[], name = 'organ'): StructureShape => ({
  number: 1,
  name,
  type: '',
  colour: [200, 100, 50],
  contours: packContours(contours),
  volumeCc: null,
  centroidMm: null,
  notes: [],
});

/** Area in pixels² that lines enclose, even-odd, for lines that do not cross. */
function areaOf(lines: readonly Polyline[]): number {
  return lines.reduce((sum, { points }) => {
    let area = 0;
    for (let n = 0; n < points.length; n += 2) {
      const m = (n + 2) % points.length;
      area += ((points[n] ?? 0) * (points[m + 1] ?? 0) - (points[m] ?? 0) * (points[n + 1] ?? 0)) / 2;
    }
    return sum + Math.abs(area);
  }, 0);
}

const mmOf = (stack: ReturnType<typeof planeStack>, { points }: Polyline, slice: number): Vec3[] =>
  Array.from({ length: points.length / 2 }, (_, n) =>
    applyAffine(stack.grid.affine, [points[n * 2] ?? 0, points[n * 2 + 1] ?? 0, slice]),
  );

describe('outlines of a structure', () => {
  const planes = Array.from({ length: 9 }, (_, n) => -10 + 2.5 * n);
  const cylinder = placeStructure(structureOf(planes.map((z) => circle(20, z))), 2.5);

  it('are the contours as they came, on the slices they were drawn on and on no other', () => {
    const axial = planeStack(grid, 'axial');
    const slice = sliceAt(axial, [0, 0, 5]);
    const [line, ...rest] = outlineOn(cylinder, axial, slice);
    expect(rest).toEqual([]);
    expect(line?.closed).toBe(true);
    for (const [x, y, z] of line ? mmOf(axial, line, slice) : []) {
      expect(Math.hypot(x, y)).toBeCloseTo(20, 9);
      expect(z).toBe(5);
    }
    expect(outlineOn(cylinder, axial, sliceAt(axial, [0, 0, 12.5]))).toEqual([]);
    expect(outlineOn(cylinder, axial, sliceAt(axial, [0, 0, -12.5]))).toEqual([]);
  });

  it('of a cylinder cut lengthwise are a rectangle as wide as the chord and half a gap longer at both ends', () => {
    const coronal = planeStack(grid, 'coronal');
    const slice = sliceAt(coronal, [0, 12, 0]);
    const lines = outlineOn(cylinder, coronal, slice);
    expect(lines).toHaveLength(1);
    const corners = lines.flatMap((line) => mmOf(coronal, line, slice));
    expect(Math.min(...corners.map(([x]) => x))).toBeCloseTo(-16, 2);
    expect(Math.max(...corners.map(([x]) => x))).toBeCloseTo(16, 2);
    expect(Math.min(...corners.map(([, , z]) => z))).toBeCloseTo(-11.25, 9);
    expect(Math.max(...corners.map(([, , z]) => z))).toBeCloseTo(11.25, 9);
    expect(areaOf(lines)).toBeCloseTo(32 * 22.5, 0);
  });

  it('of a ring keep the hole, drawn as two loops or as a keyhole', () => {
    const coronal = planeStack(grid, 'coronal');
    const slice = sliceAt(coronal, [0, 0, 0]);
    const twoLoops = placeStructure(structureOf(planes.flatMap((z) => [circle(20, z), circle(8, z)])), 2.5);
    const keyhole = planes.map((z) => {
      const outer = circle(20, z, [0, 0], 360);
      const inner = circle(8, z, [0, 0], 360);
      return Float64Array.from([...outer, ...outer.subarray(0, 3), ...inner, ...inner.subarray(0, 3)]);
    });
    for (const ring of [twoLoops, placeStructure(structureOf(keyhole), 2.5)]) {
      const lines = outlineOn(ring, coronal, slice);
      expect(lines).toHaveLength(2);
      expect(areaOf(lines)).toBeCloseTo(2 * 12 * 22.5, 0);
      expect(holdsPoint(ring, [0, 0, 0])).toBe(false);
      expect(holdsPoint(ring, [0, 14, 0])).toBe(true);
      expect(holdsPoint(ring, [14, 0.01, 0])).toBe(true);
      expect(holdsPoint(ring, [0, 21, 0])).toBe(false);
    }
  });

  it('leave a gap of more than one and a half open', () => {
    const gapped = placeStructure(structureOf([0, 2.5, 5, 12.5, 15].map((z) => circle(10, z))), 2.5);
    const sagittal = planeStack(grid, 'sagittal');
    const lines = outlineOn(gapped, sagittal, sliceAt(sagittal, [0, 0, 0]));
    expect(lines).toHaveLength(2);
    expect(holdsPoint(gapped, [0, 0, 8.75])).toBe(false);
    expect(holdsPoint(gapped, [0, 0, 6.2])).toBe(true);
  });

  it('of a slanted cylinder step with the contours: each step is that slice’s chord', () => {
    const slanted = placeStructure(structureOf(planes.map((z, n) => circle(10, z, [3 * n, 0]))), 2.5);
    const coronal = planeStack(grid, 'coronal');
    const slice = sliceAt(coronal, [0, 0, 0]);
    const lines = outlineOn(slanted, coronal, slice);
    expect(lines).toHaveLength(1);
    expect(areaOf(lines)).toBeCloseTo(20 * 22.5, 0);
  });

  it('cut by a plane that leans follow the contours’ own slabs', () => {
    // Picture planes tilted by 30° about x: cutting a long block of contours gives its true oblique section.
    const tilt = Math.PI / 6;
    const tilted = planeStack(
      {
        size: [100, 100, 60],
        affine: [
          1, 0, 0, -50,
          0, Math.cos(tilt), -Math.sin(tilt), -20,
          0, Math.sin(tilt), Math.cos(tilt), -60,
          0, 0, 0, 1,
        ],
      },
      'axial',
    ); // prettier-ignore
    const tall = placeStructure(structureOf(Array.from({ length: 41 }, (_, n) => circle(10, -50 + 2.5 * n))), 2.5);
    const lines = outlineOn(tall, tilted, sliceAt(tilted, [0, 0, 0]));
    expect(lines.length).toBeGreaterThan(0);
    // An oblique section of a circular cylinder is an ellipse: area π r² / cos(tilt).
    expect(Math.abs(areaOf(lines) - (Math.PI * 100) / Math.cos(tilt)) / 314).toBeLessThan(0.02);
  });

  it('leave out contours of two points and those without area', () => {
    const broken = placeStructure(structureOf([new Float64Array([0, 0, 0, 1, 1, 0]), new Float64Array(9)]), 2.5);
    expect(broken.families).toEqual([]);
    expect(holdsPoint(broken, [0, 0, 0])).toBe(false);
  });
});

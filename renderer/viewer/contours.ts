import { applyAffine, cross, dot, length, scale, spacingOf, type Vec3 } from '../../shared/geometry';
import { planeAt, type ContourFamily, type PlacedStructure } from './placedStructure';
import type { PlaneStack } from './plane';
import { joinSegments, type Polyline, type Segments } from './polyline';

const parallel = 0.99999;

/** Contours that lie on the picture's own plane, as they came. */
function ownContours(family: ContourFamily, stack: PlaneStack, slice: number): readonly Polyline[] {
  const onSlice = applyAffine(stack.grid.affine, [0, 0, slice]);
  const plane = planeAt(family, dot(family.normal, onSlice));
  if (!plane) return [];
  const { normal, across, along } = family;
  return plane.loops.map((loop) => {
    const points = new Float64Array(loop.length);
    for (let n = 0; n < loop.length; n += 2) {
      const [u, v] = [loop[n] ?? 0, loop[n + 1] ?? 0];
      const at: Vec3 = [
        normal[0] * plane.positionMm + across[0] * u + along[0] * v,
        normal[1] * plane.positionMm + across[1] * u + along[1] * v,
        normal[2] * plane.positionMm + across[2] * u + along[2] * v,
      ];
      const [column, row] = applyAffine(stack.toIndex, at);
      points[n] = column;
      points[n + 1] = row;
    }
    return { points, closed: true };
  });
}

/** Where a line crosses the loops of a plane, sorted: even-odd pairs are the stretches inside. */
function crossings(loops: readonly Float64Array[], wu: number, wv: number, at: number): number[] {
  const found: number[] = [];
  for (const loop of loops) {
    const count = loop.length / 2;
    let u1 = loop[(count - 1) * 2] ?? 0;
    let v1 = loop[(count - 1) * 2 + 1] ?? 0;
    let side1 = wu * u1 + wv * v1 - at;
    for (let n = 0; n < count; n++) {
      const u2 = loop[n * 2] ?? 0;
      const v2 = loop[n * 2 + 1] ?? 0;
      const side2 = wu * u2 + wv * v2 - at;
      if (side1 <= 0 !== side2 <= 0) {
        const share = side1 / (side1 - side2);
        found.push(-wv * (u1 + share * (u2 - u1)) + wu * (v1 + share * (v2 - v1)));
      }
      [u1, v1, side1] = [u2, v2, side2];
    }
  }
  return found.sort((a, b) => a - b);
}

/** Ends that meet take each other away: both passes of a keyhole, or two stretches that touch. */
function withoutTouching(ends: readonly number[]): readonly number[] {
  const kept: number[] = [];
  for (const end of ends) {
    const last = kept.at(-1);
    if (last !== undefined && end - last < 1e-6) kept.pop();
    else kept.push(end);
  }
  return kept;
}

/** One layer of a structure as the picture cuts it: stretches along the cut, from `low` to `high` across it. */
interface Slab {
  readonly ends: readonly number[];
  readonly lowMm: number;
  readonly highMm: number;
}

/**
 * Layers of a structure along the family's normal. Each plane of contours stands for half the gap on both sides, up to
 * the middle to its neighbour; a gap of more than one and a half stays open. Where the picture is not at right angles to
 * the contours, a layer is divided until a division is finer than half a pixel.
 */
function slabsOf(family: ContourFamily, w: Vec3, at: number, pixelMm: number): readonly Slab[] {
  const { normal, across, along, planes, gapMm } = family;
  const [wn, wa, wb] = [dot(w, normal), dot(w, across), dot(w, along)];
  const h = Math.hypot(wa, wb);
  const leaning = Math.abs(wn) < 1e-6 ? 0 : (gapMm * Math.abs(wn)) / h;
  const divisions = Math.min(32, Math.max(1, Math.ceil((2 * leaning) / pixelMm)));
  const slabs: Slab[] = [];
  planes.forEach(({ positionMm, loops }, n) => {
    const reach = (other: number | undefined): number => {
      const apart = other === undefined ? Infinity : Math.abs(other - positionMm);
      return apart <= 1.5 * gapMm ? apart / 2 : gapMm / 2;
    };
    const lowMm = positionMm - reach(planes[n - 1]?.positionMm);
    const highMm = positionMm + reach(planes[n + 1]?.positionMm);
    const step = (highMm - lowMm) / divisions;
    for (let part = 0; part < divisions; part++) {
      const middle = lowMm + (part + 0.5) * step;
      const ends = withoutTouching(crossings(loops, wa / h, wb / h, (at - wn * middle) / h));
      slabs.push({ ends, lowMm: lowMm + part * step, highMm: lowMm + (part + 1) * step });
    }
  });
  return slabs;
}

/** The outline of a structure where a picture cuts across its contours: steps as high as the contours are apart. */
function cutContours(family: ContourFamily, stack: PlaneStack, slice: number): readonly Polyline[] {
  const w = stack.normal;
  const at = dot(w, applyAffine(stack.grid.affine, [0, 0, slice]));
  const { normal, across, along } = family;
  const [wn, wa, wb] = [dot(w, normal), dot(w, across), dot(w, along)];
  const h = Math.hypot(wa, wb);
  const d: Vec3 = [
    (across[0] * -wb + along[0] * wa) / h,
    (across[1] * -wb + along[1] * wa) / h,
    (across[2] * -wb + along[2] * wa) / h,
  ];
  const across2 = cross(w, d);
  const m = scale(across2, 1 / length(across2));
  const [nm, am, bm] = [dot(normal, m), dot(across, m), dot(along, m)];
  /** Place across the cut of a position along the normal. */
  const heightOf = (positionMm: number): number => {
    const e = (at - wn * positionMm) / h;
    return nm * positionMm + ((am * wa + bm * wb) / h) * e;
  };
  const [columnMm, rowMm] = spacingOf(stack.grid.affine);
  const slabs = slabsOf(family, w, at, Math.min(columnMm, rowMm));
  const segments: Segments = [];
  const add = (t1: number, y1: number, t2: number, y2: number): void => {
    segments.push(t1, y1, t2, y2);
  };
  const flat = (ends: readonly number[], y: number): void => {
    for (let n = 0; n + 1 < ends.length; n += 2) add(ends[n] ?? 0, y, ends[n + 1] ?? 0, y);
  };
  slabs.forEach(({ ends, lowMm, highMm }, n) => {
    const [low, high] = [heightOf(lowMm), heightOf(highMm)];
    for (const end of ends) add(end, low, end, high);
    const before = slabs[n - 1];
    const touches = before !== undefined && Math.abs(before.highMm - lowMm) < 1e-6;
    if (touches) flat(withoutTouching([...before.ends, ...ends].sort((a, b) => a - b)), low);
    else flat(ends, low);
    const after = slabs[n + 1];
    if (after === undefined || Math.abs(after.lowMm - highMm) >= 1e-6) flat(ends, high);
  });
  const base = scale(w, at);
  return joinSegments(segments).map(({ points, closed }) => {
    const pixels = new Float64Array(points.length);
    for (let n = 0; n < points.length; n += 2) {
      const [t, y] = [points[n] ?? 0, points[n + 1] ?? 0];
      const [column, row] = applyAffine(stack.toIndex, [
        base[0] + d[0] * t + m[0] * y,
        base[1] + d[1] * t + m[1] * y,
        base[2] + d[2] * t + m[2] * y,
      ]);
      pixels[n] = column;
      pixels[n + 1] = row;
    }
    return { points: pixels, closed };
  });
}

/** The outline of a structure on one picture, in pixels of the picture. */
export function outlineOn({ families }: PlacedStructure, stack: PlaneStack, slice: number): readonly Polyline[] {
  return families.flatMap((family) =>
    Math.abs(dot(family.normal, stack.normal)) > parallel
      ? ownContours(family, stack, slice)
      : cutContours(family, stack, slice),
  );
}

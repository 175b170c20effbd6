import { cross, dot, length, scale, type Vec3 } from '../../shared/geometry';
import { contoursOf } from '../../shared/packedContours';
import type { StructureShape } from '../../shared/study';
import { structureStyle, type StructureStyle } from './structureStyle';

/** The closed contours that lie on one plane. */
export interface ContourPlane {
  /** Along the family's normal, mm. */
  readonly positionMm: number;
  /** Points (u, v) in mm along the family's `across` and `along`. */
  readonly loops: readonly Float64Array[];
}

/** All contours of a structure whose planes are parallel: a point is normal·position + across·u + along·v. */
export interface ContourFamily {
  readonly normal: Vec3;
  readonly across: Vec3;
  readonly along: Vec3;
  /** Median distance of neighbouring planes. */
  readonly gapMm: number;
  readonly planes: readonly ContourPlane[];
}

export interface PlacedStructure {
  readonly structure: StructureShape;
  readonly style: StructureStyle;
  readonly families: readonly ContourFamily[];
}

const samePlaneMm = 0.1;
const parallel = 0.9999;

/** Normal of a closed contour by Newell's sum, turned so that its largest component is positive; null when it is a line. */
function normalOf(points: Float64Array): Vec3 | null {
  let [x, y, z] = [0, 0, 0];
  const count = Math.floor(points.length / 3);
  const read = (n: number): number => points[n] ?? 0;
  const [ox, oy, oz] = [read(0), read(1), read(2)];
  for (let n = 0; n < count; n++) {
    const a = n * 3;
    const b = ((n + 1) % count) * 3;
    const [ax, ay, az] = [read(a) - ox, read(a + 1) - oy, read(a + 2) - oz];
    const [bx, by, bz] = [read(b) - ox, read(b + 1) - oy, read(b + 2) - oz];
    x += ay * bz - az * by;
    y += az * bx - ax * bz;
    z += ax * by - ay * bx;
  }
  const size = Math.hypot(x, y, z);
  if (!(size > 1e-9)) return null;
  const unit: Vec3 = [x / size, y / size, z / size];
  const largest = unit.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? scale(unit, -1) : unit;
}

function axesAcross(normal: Vec3): readonly [Vec3, Vec3] {
  const start: Vec3 = Math.abs(normal[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const raw = cross(normal, start);
  const along = scale(raw, 1 / length(raw));
  return [cross(along, normal), along];
}

interface Gathering {
  readonly normal: Vec3;
  readonly across: Vec3;
  readonly along: Vec3;
  readonly contours: { readonly positionMm: number; readonly loop: Float64Array }[];
}

function gather(contours: readonly Float64Array[]): readonly Gathering[] {
  const families: Gathering[] = [];
  for (const points of contours) {
    const count = Math.floor(points.length / 3);
    if (count < 3) continue;
    const normal = normalOf(points);
    if (!normal) continue;
    let family = families.find((one) => Math.abs(dot(one.normal, normal)) > parallel);
    if (!family) {
      const [across, along] = axesAcross(normal);
      family = { normal, across, along, contours: [] };
      families.push(family);
    }
    const loop = new Float64Array(count * 2);
    let position = 0;
    for (let n = 0; n < count; n++) {
      const point: Vec3 = [points[n * 3] ?? 0, points[n * 3 + 1] ?? 0, points[n * 3 + 2] ?? 0];
      position += dot(point, family.normal) / count;
      loop[n * 2] = dot(point, family.across);
      loop[n * 2 + 1] = dot(point, family.along);
    }
    family.contours.push({ positionMm: position, loop });
  }
  return families;
}

function planesOf(contours: Gathering['contours']): readonly ContourPlane[] {
  const planes: { positionMm: number; loops: Float64Array[] }[] = [];
  for (const { positionMm, loop } of [...contours].sort((a, b) => a.positionMm - b.positionMm)) {
    const last = planes.at(-1);
    if (last && positionMm - last.positionMm < samePlaneMm) last.loops.push(loop);
    else planes.push({ positionMm, loops: [loop] });
  }
  return planes;
}

function medianGap(planes: readonly ContourPlane[], aloneMm: number): number {
  const gaps = planes
    .slice(1)
    .map(({ positionMm }, n) => positionMm - (planes[n]?.positionMm ?? positionMm))
    .sort((a, b) => a - b);
  return gaps[Math.floor((gaps.length - 1) / 2)] ?? aloneMm;
}

/**
 * A structure made ready to be cut by any plane. `aloneMm` is how thick a structure on a single plane is taken to be:
 * the image's slice thickness. Contours of fewer than three points, or without area, are left out.
 */
export function placeStructure(structure: StructureShape, aloneMm: number): PlacedStructure {
  const families = gather(contoursOf(structure.contours)).map(({ normal, across, along, contours }): ContourFamily => {
    const planes = planesOf(contours);
    return { normal, across, along, planes, gapMm: medianGap(planes, aloneMm) };
  });
  return { structure, style: structureStyle(structure.name, structure.colour), families };
}

/** The plane of contours that a position belongs to: the nearest within half the gap; null in between. */
export function planeAt({ planes, gapMm }: ContourFamily, positionMm: number): ContourPlane | null {
  let [low, high] = [0, planes.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((planes[middle]?.positionMm ?? 0) <= positionMm) low = middle;
    else high = middle;
  }
  const [a, b] = [planes[low], planes[high]];
  if (!a || !b) return null;
  const nearest = Math.abs(a.positionMm - positionMm) <= Math.abs(b.positionMm - positionMm) ? a : b;
  return Math.abs(nearest.positionMm - positionMm) <= gapMm / 2 + 1e-3 ? nearest : null;
}

/** Even-odd over all loops of a plane; the ends of an edge are ordered so that the two passes of a keyhole cancel. */
export function insideLoops(loops: readonly Float64Array[], u: number, v: number): boolean {
  let inside = false;
  for (const loop of loops) {
    const count = loop.length / 2;
    for (let n = 0; n < count; n++) {
      const a = n * 2;
      const b = ((n + 1) % count) * 2;
      let [x1, y1, x2, y2] = [loop[a] ?? 0, loop[a + 1] ?? 0, loop[b] ?? 0, loop[b + 1] ?? 0];
      if (y1 > y2) [x1, y1, x2, y2] = [x2, y2, x1, y1];
      if (y1 <= v && v < y2 && u < x1 + ((v - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
    }
  }
  return inside;
}

/** Whether a patient point lies in a structure. */
export function holdsPoint({ families }: PlacedStructure, pointMm: Vec3): boolean {
  return families.some((family) => {
    const plane = planeAt(family, dot(family.normal, pointMm));
    return plane !== null && insideLoops(plane.loops, dot(family.across, pointMm), dot(family.along, pointMm));
  });
}

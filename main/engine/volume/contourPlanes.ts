import { cross, dot, length, scale, type Vec3 } from '../../../shared/geometry';
import type { Contour, Structure } from '../../../shared/structure';

/** The filled contours of one plane, as (u, v) pairs in mm. */
export interface ContourPlane {
  readonly positionMm: number;
  readonly polygons: readonly Float64Array[];
}

/** A structure's closed contours, gathered by plane: P = u·U + v·V + position·n. Planes are sorted by position. */
export interface ContourPlanes {
  readonly normal: Vec3;
  readonly u: Vec3;
  readonly v: Vec3;
  /** Distance that a plane stands for: the median distance of neighbours. */
  readonly gapMm: number;
  readonly planes: readonly ContourPlane[];
}

/** Two contours nearer than this along the normal, in mm, lie on one plane; a contour that spreads more is not planar. */
export const planarWithinMm = 0.1;

/** Cosine below which a contour does not lie in the planes of its image stack (about 0.8 degrees). */
const parallel = 0.9999;

export const isFilled = ({ kind, points }: Contour): boolean =>
  (kind === 'CLOSED_PLANAR' || kind === 'CLOSEDPLANAR_XOR') && points.length >= 9;

/** Twice the area vector of a closed contour: along its normal, its length twice the area in mm². Source: Newell's method. */
export function areaVectorOf(points: Float64Array): Vec3 {
  let [x, y, z] = [0, 0, 0];
  const n = points.length;
  const [ox, oy, oz] = [points[0]!, points[1]!, points[2]!];
  for (let a = 0, b = n - 3; a < n; b = a, a += 3) {
    const [ax, ay, az] = [points[b]! - ox, points[b + 1]! - oy, points[b + 2]! - oz];
    const [bx, by, bz] = [points[a]! - ox, points[a + 1]! - oy, points[a + 2]! - oz];
    x += ay * bz - az * by;
    y += az * bx - ax * bz;
    z += ax * by - ay * bx;
  }
  return [x, y, z];
}

/** Smallest and largest distance of a contour's points along `normal`, in mm. */
export function extentAlong(points: Float64Array, normal: Vec3): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let p = 0; p < points.length; p += 3) {
    const d = points[p]! * normal[0] + points[p + 1]! * normal[1] + points[p + 2]! * normal[2];
    if (d < low) low = d;
    if (d > high) high = d;
  }
  return [low, high];
}

/** Makes a direction of one sign (its largest component positive), so that clockwise and counter-clockwise contours agree. */
function signed(direction: Vec3): Vec3 {
  const size = direction.map(Math.abs);
  const largest = size.indexOf(Math.max(...size));
  return (direction[largest] as number) < 0 ? scale(direction, -1) : direction;
}

/** The normal that most of the contours' area has; exact along a patient axis where it is within rounding of one. */
function normalOf(contours: readonly Contour[]): Vec3 | null {
  let total: Vec3 = [0, 0, 0];
  for (const { points } of contours) {
    const area = signed(areaVectorOf(points));
    total = [total[0] + area[0], total[1] + area[1], total[2] + area[2]];
  }
  const size = length(total);
  if (!(size > 0)) return null;
  const normal = scale(total, 1 / size);
  const snapped = normal.map((c) => (Math.abs(c) < 1e-6 ? 0 : Math.abs(c) > 1 - 1e-9 ? Math.sign(c) : c));
  return snapped as unknown as Vec3;
}

/** Two directions that span the plane of `normal`, U × V = normal; x and y for axial planes. */
function basisOf(normal: Vec3): readonly [Vec3, Vec3] {
  if (Math.abs(normal[2]) === 1) return [[normal[2], 0, 0], [0, 1, 0]]; // prettier-ignore
  const aside: Vec3 = Math.abs(normal[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const along = dot(aside, normal);
  const raw: Vec3 = [aside[0] - along * normal[0], aside[1] - along * normal[1], aside[2] - along * normal[2]];
  const u = scale(raw, 1 / length(raw));
  return [u, cross(normal, u)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Gathers the filled contours by plane, or null where nothing is filled. Contours that are not planar, or that do not lie in the
 * planes of the stack that they were drawn on (where the structure says which), have no volume and are left out.
 * `spacingMm` is what one plane stands for when there is only one and the structure does not know its stack.
 */
export function contourPlanesOf(structure: Structure, spacingMm: number): ContourPlanes | null {
  const filled = structure.contours.filter(isFilled);
  const normal = structure.planes?.normal ?? normalOf(filled);
  if (normal === null) return null;
  const [u, v] = basisOf(normal);
  const flat: { positionMm: number; polygon: Float64Array }[] = [];
  for (const { points } of filled) {
    const area = areaVectorOf(points);
    const size = length(area);
    if (!(size > 0) || Math.abs(dot(area, normal)) < parallel * size) continue;
    const [low, high] = extentAlong(points, normal);
    if (high - low >= planarWithinMm) continue;
    const polygon = new Float64Array((points.length / 3) * 2);
    let sum = 0;
    for (let p = 0, q = 0; p < points.length; p += 3, q += 2) {
      const [x, y, z] = [points[p]!, points[p + 1]!, points[p + 2]!];
      polygon[q] = x * u[0] + y * u[1] + z * u[2];
      polygon[q + 1] = x * v[0] + y * v[1] + z * v[2];
      sum += x * normal[0] + y * normal[1] + z * normal[2];
    }
    flat.push({ positionMm: sum / (points.length / 3), polygon });
  }
  if (flat.length === 0) return null;
  flat.sort((a, b) => a.positionMm - b.positionMm);
  const planes: { positionMm: number; polygons: Float64Array[] }[] = [];
  for (const { positionMm, polygon } of flat) {
    const last = planes.at(-1);
    if (last !== undefined && positionMm - last.positionMm < planarWithinMm) last.polygons.push(polygon);
    else planes.push({ positionMm, polygons: [polygon] });
  }
  const gaps = planes.slice(1).map((plane, n) => plane.positionMm - planes[n]!.positionMm);
  const gapMm = gaps.length > 0 ? median(gaps) : (structure.planes?.spacingMm ?? spacingMm);
  return { normal, u, v, gapMm, planes };
}

/**
 * The plane whose shape holds at `positionMm` along the normal: the nearest one within half a gap, −1 where there is none. A position
 * half-way between two planes takes the upper one, so that each plane stands for one gap and no more.
 */
export function planeAt({ planes, gapMm }: ContourPlanes, positionMm: number): number {
  let low = 0;
  let high = planes.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (planes[middle]!.positionMm < positionMm) low = middle + 1;
    else high = middle;
  }
  const rounding = 1e-6 * gapMm;
  const above = planes[low]!.positionMm - positionMm;
  if (above < 0) return -above < gapMm / 2 - rounding ? low : -1;
  const below = low > 0 ? positionMm - planes[low - 1]!.positionMm : Infinity;
  // Half-way counts from `rounding` below it on, both for the upper plane and against the lower one: no position falls between them.
  if (above <= below + 2 * rounding && above <= gapMm / 2 + rounding) return low;
  return below < gapMm / 2 - rounding ? low - 1 : -1;
}

/** Stretches along the normal, in mm, where the structure stays empty between two of its planes more than 1.5 gaps apart. */
export function emptyStretches({ planes, gapMm }: ContourPlanes): readonly (readonly [number, number])[] {
  return planes
    .slice(1)
    .map((plane, n) => [planes[n]!.positionMm, plane.positionMm] as const)
    .filter(([from, to]) => to - from > 1.5 * gapMm);
}

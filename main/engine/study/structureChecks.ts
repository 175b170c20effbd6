import { applyAffine, dot, length, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Problem } from '../../../shared/problem/problem';
import type { Contour, Structure } from '../../../shared/structure';
import { areaVectorOf, contourPlanesOf, emptyStretches, isFilled, type ContourPlanes } from '../volume/contourPlanes';

/** More pairs of edges than this on one plane are not compared: the check must never hold up the reading. */
const mostEdgePairs = 4_000_000;

/** What the contours themselves, and the stack that they lie on, say against a structure. */
export function checkStructure(structure: Structure): readonly Problem[] {
  const notes: Problem[] = [];
  const say = (code: Problem['code'], facts: Problem['facts']): number => notes.push({ code, facts, where: {} });
  if (structure.planes !== undefined) {
    const { normal } = structure.planes;
    const aside = structure.contours.filter((contour) => isFilled(contour) && !liesAcross(contour, normal)).length;
    if (aside > 0) say('dicom/structure-other-plane', { count: aside });
  }
  const planes = contourPlanesOf(structure, structure.planes?.spacingMm ?? 1);
  if (planes === null) return notes;
  for (const [from, to] of emptyStretches(planes)) {
    say('dicom/structure-gap', { mm: Math.round((to - from - planes.gapMm) * 10) / 10 });
  }
  if (structure.contours.some(({ kind }) => kind === 'CLOSED_PLANAR')) {
    const crossing = crossingPlanes(planes);
    if (crossing > 0) say('dicom/structure-crossing', { count: crossing });
  }
  return notes;
}

function liesAcross({ points }: Contour, normal: Vec3): boolean {
  const area = areaVectorOf(points);
  const size = length(area);
  return size === 0 || Math.abs(dot(area, normal)) >= 0.9999 * size;
}

/** Planes on which two loops cross each other: neither apart nor one inside the other. */
function crossingPlanes({ planes }: ContourPlanes): number {
  let count = 0;
  for (const { polygons } of planes) {
    let crosses = false;
    for (let a = 0; a < polygons.length && !crosses; a++) {
      for (let b = a + 1; b < polygons.length && !crosses; b++) {
        crosses = loopsCross(polygons[a] as Float64Array, polygons[b] as Float64Array);
      }
    }
    if (crosses) count++;
  }
  return count;
}

function boundsOf(points: Float64Array): readonly [number, number, number, number] {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let p = 0; p < points.length; p += 2) {
    left = Math.min(left, points[p] as number);
    right = Math.max(right, points[p] as number);
    low = Math.min(low, points[p + 1] as number);
    high = Math.max(high, points[p + 1] as number);
  }
  return [left, right, low, high];
}

function loopsCross(a: Float64Array, b: Float64Array): boolean {
  const [al, ar, ab, at] = boundsOf(a);
  const [bl, br, bb, bt] = boundsOf(b);
  if (ar <= bl || br <= al || at <= bb || bt <= ab) return false;
  if ((a.length / 2) * (b.length / 2) > mostEdgePairs) return false;
  for (let i = 0; i < a.length; i += 2) {
    const [x1, y1] = [a[i] as number, a[i + 1] as number];
    const [x2, y2] = [a[(i + 2) % a.length] as number, a[(i + 3) % a.length] as number];
    for (let j = 0; j < b.length; j += 2) {
      const [x3, y3] = [b[j] as number, b[j + 1] as number];
      const [x4, y4] = [b[(j + 2) % b.length] as number, b[(j + 3) % b.length] as number];
      const d1 = side(x3, y3, x4, y4, x1, y1);
      const d2 = side(x3, y3, x4, y4, x2, y2);
      const d3 = side(x1, y1, x2, y2, x3, y3);
      const d4 = side(x1, y1, x2, y2, x4, y4);
      if (d1 * d2 < 0 && d3 * d4 < 0) return true;
    }
  }
  return false;
}

const side = (ax: number, ay: number, bx: number, by: number, px: number, py: number): number =>
  (bx - ax) * (py - ay) - (by - ay) * (px - ax);

const leftWord = /(?:^|[^a-z])(?:l|lt|left|g|gauche)(?:$|[^a-z])|^left|left$/i;
const rightWord = /(?:^|[^a-z])(?:r|rt|right|d|droite?)(?:$|[^a-z])|^right|right$/i;

/** The side that a name states, and the name without it; null where it states none, or both. */
export function sideOf(name: string): { readonly side: 'left' | 'right'; readonly stem: string } | null {
  const words = name.trim().replace(/([a-z])([A-Z])/g, '$1 $2');
  const [left, right] = [leftWord.test(words), rightWord.test(words)];
  if (left === right) return null;
  const stem = words
    .replace(left ? leftWord : rightWord, ' ')
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();
  return { side: left ? 'left' : 'right', stem };
}

/** Mean of a structure's contour points in patient mm; null without points. */
function middleOf({ contours }: Structure): Vec3 | null {
  let [x, y, z, n] = [0, 0, 0, 0];
  for (const { points } of contours) {
    for (let p = 0; p < points.length; p += 3, n++) {
      x += points[p] as number;
      y += points[p + 1] as number;
      z += points[p + 2] as number;
    }
  }
  return n === 0 ? null : [x / n, y / n, z / n];
}

/**
 * Structures whose name states the wrong side, by number: those whose partner of the other side lies on theirs, and those that lie across the
 * middle of the EXTERNAL. Nothing is renamed. +x is the patient's left.
 */
export function wrongSides(structures: readonly Structure[]): ReadonlyMap<number, 'left' | 'right'> {
  const wrong = new Map<number, 'left' | 'right'>();
  const sided = structures.flatMap((structure) => {
    const named = sideOf(structure.name);
    const middle = middleOf(structure);
    return named === null || middle === null ? [] : [{ ...named, number: structure.number, x: middle[0] }];
  });
  for (const one of sided) {
    const partner = sided.find((other) => other.stem === one.stem && other.side !== one.side);
    if (partner !== undefined && (one.side === 'left' ? one.x < partner.x : one.x > partner.x))
      wrong.set(one.number, one.side);
  }
  const externals = structures.filter(({ type }) => type.toUpperCase() === 'EXTERNAL');
  const midline = externals.length === 1 ? middleOf(externals[0] as Structure)?.[0] : undefined;
  if (midline === undefined) return wrong;
  for (const { number, side: stated, x } of sided) {
    // A little across the middle is anatomy; a centimetre is a name on the wrong side.
    if (stated === 'left' ? x < midline - 10 : x > midline + 10) wrong.set(number, stated);
  }
  return wrong;
}

/** Contour points brought into another frame of reference. */
export function moved(contours: readonly Contour[], by: Affine): readonly Contour[] {
  return contours.map(({ kind, points }) => {
    const there = new Float64Array(points.length);
    for (let p = 0; p < points.length; p += 3) {
      there.set(applyAffine(by, [points[p] as number, points[p + 1] as number, points[p + 2] as number]), p);
    }
    return { kind, points: there };
  });
}

import { dot, type Vec3 } from '../../shared/geometry';
import { insideLoops, type ContourFamily, type PlacedStructure } from './placedStructure';

/** Square of the distance from a point of a plane to the nearest edge of some closed loops. */
function squareToLoops(loops: readonly Float64Array[], u: number, v: number): number {
  let least = Infinity;
  for (const loop of loops) {
    const count = loop.length / 2;
    for (let n = 0; n < count; n++) {
      const a = n * 2;
      const b = ((n + 1) % count) * 2;
      const [x, y] = [loop[a] ?? 0, loop[a + 1] ?? 0];
      const [dx, dy] = [(loop[b] ?? 0) - x, (loop[b + 1] ?? 0) - y];
      const size = dx * dx + dy * dy;
      const along = size > 0 ? Math.min(1, Math.max(0, ((u - x) * dx + (v - y) * dy) / size)) : 0;
      const [ox, oy] = [u - x - along * dx, v - y - along * dy];
      least = Math.min(least, ox * ox + oy * oy);
    }
  }
  return least;
}

/** Distance to a family of parallel contours, each as thick as the planes lie apart; `within` mm or more: not looked at. */
function distanceTo({ normal, across, along, gapMm, planes }: ContourFamily, pointMm: Vec3, within: number): number {
  const [u, v, w] = [dot(across, pointMm), dot(along, pointMm), dot(normal, pointMm)];
  let least = within;
  for (const { positionMm, loops } of planes) {
    const away = Math.max(0, Math.abs(positionMm - w) - gapMm / 2);
    if (away >= least) continue;
    const beside = insideLoops(loops, u, v) ? 0 : squareToLoops(loops, u, v);
    least = Math.min(least, Math.sqrt(beside + away * away));
  }
  return least;
}

export interface Nearest {
  readonly name: string;
  readonly mm: number;
}

/** The structure nearest to a point among those given, and how far; null where none lies within `withinMm`. */
export function nearestStructure(
  structures: readonly PlacedStructure[],
  pointMm: Vec3,
  withinMm: number,
): Nearest | null {
  let nearest: Nearest | null = null;
  for (const { structure, families } of structures)
    for (const family of families) {
      const within = nearest?.mm ?? withinMm;
      const mm = distanceTo(family, pointMm, within);
      if (mm < within) nearest = { name: structure.name, mm };
    }
  return nearest;
}

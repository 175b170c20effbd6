import type { VoxelArray } from '../../shared/volume';
import { joinSegments, type Polyline, type Segments } from './polyline';

/** Values on the pixels of a picture. *Shape* [row][column]; NaN is unknown and no line is drawn beside it. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly values: VoxelArray;
}

/** For each of the 16 patterns of corners at or above the level: pairs of cell edges (top 0, right 1, bottom 2, left 3). */
const edgesOf: readonly (readonly number[])[] = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 0, 1, 2],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [0, 1, 2, 3],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

function addCell(
  segments: Segments,
  level: number,
  column: number,
  row: number,
  [a, b, c, d]: readonly [number, number, number, number],
): void {
  const pattern = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
  if (pattern === 0 || pattern === 15) return;
  const middle = (a + b + c + d) / 4 >= level;
  // Opposite corners: the middle of the cell says whether they are joined.
  const edges =
    pattern === 5 && middle ? [3, 2, 1, 0] : pattern === 10 && middle ? [0, 3, 2, 1] : (edgesOf[pattern] ?? []);
  for (const edge of edges) {
    if (edge === 0) segments.push(column + (level - a) / (b - a), row);
    else if (edge === 1) segments.push(column + 1, row + (level - b) / (c - b));
    else if (edge === 2) segments.push(column + (level - d) / (c - d), row + 1);
    else segments.push(column, row + (level - a) / (d - a));
  }
}

/**
 * Lines of equal value by marching squares, one list of lines a level, in pixels of the picture. Values are taken to
 * change linearly between pixel centres.
 */
export function levelLines(
  { columns, rows, values }: Picture,
  levels: readonly number[],
): readonly (readonly Polyline[])[] {
  const segments: Segments[] = levels.map(() => []);
  const lowest = Math.min(...levels);
  for (let row = 0; row + 1 < rows; row++) {
    const start = row * columns;
    let a = values[start] ?? NaN;
    let d = values[start + columns] ?? NaN;
    for (let column = 0; column + 1 < columns; column++) {
      const b = values[start + column + 1] ?? NaN;
      const c = values[start + columns + column + 1] ?? NaN;
      // False for NaN as well: most cells end here.
      if (a >= lowest || b >= lowest || c >= lowest || d >= lowest) {
        const least = Math.min(a, b, c, d);
        const most = Math.max(a, b, c, d);
        for (let n = 0; n < levels.length; n++) {
          const level = levels[n] ?? NaN;
          const own = segments[n];
          if (least < level && most >= level && own) addCell(own, level, column, row, [a, b, c, d]);
        }
      }
      a = b;
      d = c;
    }
  }
  return segments.map(joinSegments);
}

/** Borders between labelled regions of a picture, along the edges of its pixels; one list of lines a label above 0. */
export function labelOutlines(
  { columns, rows, values }: Picture,
  labelCount: number,
): readonly (readonly Polyline[])[] {
  const segments: Segments[] = Array.from({ length: labelCount }, () => []);
  const read = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= columns || row >= rows
      ? 0
      : Math.round(values[row * columns + column] ?? 0) || 0;
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      const here = read(column, row);
      const left = read(column - 1, row);
      const above = read(column, row - 1);
      const [x, y] = [column - 0.5, row - 0.5];
      if (here !== left) for (const label of [here, left]) if (label > 0) segments[label]?.push(x, y, x, y + 1);
      if (here !== above) for (const label of [here, above]) if (label > 0) segments[label]?.push(x, y, x + 1, y);
    }
  return segments.map(joinSegments);
}

/** Where the value of a line is written: the line's topmost point inside the view, away from those written before. */
export function labelPlace(
  lines: readonly Polyline[],
  toCanvas: (x: number, y: number) => readonly [number, number],
  inside: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  taken: readonly (readonly [number, number])[],
  apartPx: number,
): readonly [number, number] | null {
  let best: readonly [number, number] | null = null;
  for (const { points } of lines) {
    if (points.length < 40) continue;
    for (let n = 0; n < points.length; n += 2) {
      const at = toCanvas(points[n] ?? 0, points[n + 1] ?? 0);
      if (at[0] < inside.left || at[0] > inside.right || at[1] < inside.top || at[1] > inside.bottom) continue;
      if (best && at[1] >= best[1]) continue;
      if (taken.every((other) => Math.hypot(other[0] - at[0], other[1] - at[1]) > apartPx)) best = at;
    }
  }
  return best;
}

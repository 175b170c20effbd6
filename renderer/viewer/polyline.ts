/** A line through points (x, y) of a picture, in pixels; (0, 0) is the centre of its first pixel. */
export interface Polyline {
  readonly points: Float64Array;
  readonly closed: boolean;
}

/** Segments x1 y1 x2 y2, … in one growing list. */
export type Segments = number[];

const fineness = 1e4;
const span = 2 ** 26;

/** Joins segments whose ends meet into lines, so that dashes run on along them. */
export function joinSegments(segments: readonly number[]): readonly Polyline[] {
  const count = segments.length / 4;
  const keyOf = (x: number, y: number): number => Math.round(x * fineness) * span + Math.round(y * fineness);
  const atEnd = new Map<number, number[]>();
  const endKey = (end: number): number => keyOf(segments[end * 2] ?? 0, segments[end * 2 + 1] ?? 0);
  for (let end = 0; end < count * 2; end++) {
    const key = endKey(end);
    const ends = atEnd.get(key);
    if (ends) ends.push(end);
    else atEnd.set(key, [end]);
  }
  const used = new Uint8Array(count);
  const walk = (from: number): number[] => {
    const passed: number[] = [];
    let end = from;
    for (;;) {
      passed.push(end);
      const next = (atEnd.get(endKey(end)) ?? []).find((other) => used[other >> 1] === 0);
      if (next === undefined) return passed;
      used[next >> 1] = 1;
      end = next ^ 1;
    }
  };
  const lines: Polyline[] = [];
  for (let first = 0; first < count; first++) {
    if (used[first] === 1) continue;
    used[first] = 1;
    const forward = walk(first * 2 + 1);
    const closed = forward.length > 2 && endKey(forward.at(-1) ?? 0) === endKey(first * 2);
    const backward = closed ? [] : walk(first * 2);
    const ends = closed ? forward : [...backward.reverse(), ...forward];
    const points = new Float64Array(ends.length * 2);
    ends.forEach((end, n) => {
      points[n * 2] = segments[end * 2] ?? 0;
      points[n * 2 + 1] = segments[end * 2 + 1] ?? 0;
    });
    lines.push({ points, closed });
  }
  return lines;
}

/** A canvas path through lines; pixel centres lie half a pixel inside the picture's outer corner. */
export function pathOf(lines: readonly Polyline[]): Path2D {
  const path = new Path2D();
  for (const { points, closed } of lines) {
    for (let n = 0; n < points.length; n += 2) {
      const [x, y] = [(points[n] ?? 0) + 0.5, (points[n + 1] ?? 0) + 0.5];
      if (n === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (closed) path.closePath();
  }
  return path;
}

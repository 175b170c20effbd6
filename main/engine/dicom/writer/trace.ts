/** A closed loop on one slice: (i, j) pairs in voxel indices, the first point not repeated. */
export type Loop = Float64Array;

/** How far a contour keeps from voxel centres, as a share of a voxel: more than the rounding of its decimals. */
const clearance = 0.02;

/**
 * Closed loops around the negative voxels of a plane. A loop runs between an inside and an outside centre, where the
 * straight line between the two values is zero: so whoever takes a voxel as inside when its centre is gets back exactly the
 * negative ones, and the contour is as smooth as the distances are. Voxels that touch at a corner only are parted.
 * *Shape* `values` is rows of `nx`; beyond the plane everything is outside.
 */
export function trace(values: ArrayLike<number>, nx: number, ny: number): readonly Loop[] {
  const wide = nx + 2;
  const value = (i: number, j: number): number =>
    i < 1 || j < 1 || i > nx || j > ny ? 1 : (values[i - 1 + nx * (j - 1)] ?? 1);
  // Edge 2n leads right from corner n, edge 2n + 1 down; a crossed edge is the start of just one stretch.
  const next = new Map<number, number>();
  const inside = new Uint8Array(wide * (ny + 2));
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) if ((values[i + nx * j] ?? 1) < 0) inside[i + 1 + wide * (j + 1)] = 1;
  }
  for (let j = 0; j <= ny; j++) {
    for (let i = 0; i <= nx; i++) {
      const corner = i + wide * j;
      const first = inside[corner];
      const below = corner + wide;
      if (first === inside[corner + 1] && first === inside[below + 1] && first === inside[below]) continue;
      const [a, b, c, d] = [first === 1, inside[corner + 1] === 1, inside[below + 1] === 1, inside[below] === 1];
      const walk = [
        [a, b, 2 * corner],
        [b, c, 2 * (corner + 1) + 1],
        [c, d, 2 * (corner + wide)],
        [d, a, 2 * corner + 1],
      ] as const;
      const crossed = walk.filter(([from, to]) => from !== to);
      crossed.forEach(([from, , edge], n) => {
        // Left the inside here: the stretch ends where it was entered just before.
        if (from) next.set(edge, (crossed[(n + crossed.length - 1) % crossed.length] ?? walk[0])[2]);
      });
    }
  }
  const pointOn = (edge: number): readonly [number, number] => {
    const corner = edge >> 1;
    const [i, j] = [corner % wide, Math.floor(corner / wide)];
    const down = (edge & 1) === 1;
    const [from, to] = [value(i, j), down ? value(i, j + 1) : value(i + 1, j)];
    const t = Math.min(1 - clearance, Math.max(clearance, from / (from - to)));
    return down ? [i - 1, j - 1 + t] : [i - 1 + t, j - 1];
  };
  const loops: Loop[] = [];
  for (const start of [...next.keys()]) {
    if (!next.has(start)) continue;
    const points: (readonly [number, number])[] = [];
    for (let edge: number | undefined = start; edge !== undefined && next.has(edge);) {
      points.push(pointOn(edge));
      const following: number | undefined = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    loops.push(Float64Array.from(withoutStraight(points).flat()));
  }
  return loops;
}

/** Leaves out points that lie exactly on the line between their neighbours: mask contours are full of them. */
function withoutStraight(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const n = points.length;
  const kept = points.filter(([x, y], i) => {
    const [[x0, y0], [x1, y1]] = [points[(i + n - 1) % n] ?? [0, 0], points[(i + 1) % n] ?? [0, 0]];
    return (x - x0) * (y1 - y) !== (y - y0) * (x1 - x);
  });
  return kept.length >= 3 ? kept : points;
}

/** The loops of a mask (1 inside), half-way between inside and outside centres. */
export function traceMask(mask: Uint8Array, nx: number, ny: number): readonly Loop[] {
  return trace(Float32Array.from(mask, (is) => (is === 0 ? 0.5 : -0.5)), nx, ny); // prettier-ignore
}

const areaOf = (loop: Loop): number => {
  let sum = 0;
  for (let i = 0, j = loop.length - 2; i < loop.length; j = i, i += 2) {
    sum += (loop[j] ?? 0) * (loop[i + 1] ?? 0) - (loop[i] ?? 0) * (loop[j + 1] ?? 0);
  }
  return sum / 2;
};

function holds(loop: Loop, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = loop.length - 2; i < loop.length; j = i, i += 2) {
    const [x1, y1, x2, y2] = [loop[i] ?? 0, loop[i + 1] ?? 0, loop[j] ?? 0, loop[j + 1] ?? 0];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}

/**
 * Joins holes to the loop around them by a channel of no width, so that each loop can be a CLOSED_PLANAR contour.
 * Source: DICOM PS3.3 C.8.8.6.3 (keyhole technique).
 */
export function keyholed(loops: readonly Loop[]): readonly Loop[] {
  // Outer loops and holes run in opposite directions; the widest loop cannot be a hole.
  const sorted = [...loops].sort((a, b) => Math.abs(areaOf(b)) - Math.abs(areaOf(a)));
  const outward = Math.sign(areaOf(sorted[0] ?? new Float64Array()));
  const outer = sorted.filter((loop) => Math.sign(areaOf(loop)) === outward);
  const joined = outer.map((loop) => [...loop]);
  for (const hole of sorted.filter((loop) => Math.sign(areaOf(loop)) !== outward)) {
    // The smallest loop around the hole owns it.
    const owner = outer.reduce((best, loop, n) => (holds(loop, hole[0] ?? 0, hole[1] ?? 0) ? n : best), -1);
    const ring = joined[owner];
    if (ring === undefined) throw new Error('a hole without a loop around it');
    let [least, at, from] = [Infinity, 0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      for (let j = 0; j < hole.length; j += 2) {
        const d = ((ring[i] ?? 0) - (hole[j] ?? 0)) ** 2 + ((ring[i + 1] ?? 0) - (hole[j + 1] ?? 0)) ** 2;
        if (d < least) [least, at, from] = [d, i, j];
      }
    }
    const turned = [...hole.slice(from), ...hole.slice(0, from), hole[from] ?? 0, hole[from + 1] ?? 0];
    ring.splice(at + 2, 0, ...turned, ring[at] ?? 0, ring[at + 1] ?? 0);
  }
  return joined.map((ring) => Float64Array.from(ring));
}

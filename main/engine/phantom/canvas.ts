import type { Vec3 } from '../../../shared/geometry';
import type { DistanceField } from './distanceField';
import type { Section, Shape } from './shape';
import { rowReader, seenBox, type Lattice, type Warp } from './warp';

/** The person while being drawn, straight: the axes of the grid are those of the anatomy. */
export interface Canvas extends Lattice {
  /** HU, [k][j][i]. */
  readonly values: Float32Array;
}

export type Material = number | ((u: number, v: number, w: number, d: number) => number);

/** One voxel of a shape, and its anatomical place. */
type Visit = (index: number, u: number, v: number, w: number) => void;

const indexRange = (low: number, high: number, zero: number, step: number, size: number): readonly [number, number] => [
  Math.max(0, Math.ceil((low - zero) / step)),
  Math.min(size - 1, Math.floor((high - zero) / step)),
];

/** Distances that somebody needs; others are passed over. */
interface Band {
  readonly least: number;
  readonly most: number;
}

/** No distance falls or rises by more than this, mm a mm in the plane. */
const steepest = 1.9;
/** Side of the squares of voxels that are passed over together, mm and voxels. */
const squareMm = 9;
const widest = 4;

/** A square of voxels of one plane (ends included), and the section that cuts through it. */
type Square = (section: Section, w: number, i0: number, i1: number, j0: number, j1: number, k: number) => void;

/**
 * Goes over the squares of voxels in the shape's box grown by `pad` mm. Squares wholly outside the band are passed over where the
 * distance of their middle says so, with a call of `deep` for inside ones.
 */
function overSquares(
  canvas: Lattice,
  shape: Shape,
  pad: number,
  { least, most }: Band,
  near: Square,
  deep?: Square,
): void {
  const { size, spacing, zero } = canvas;
  const [stepU, stepV] = spacing;
  const rows = indexRange(shape.low[1] - pad, shape.high[1] + pad, zero[1], stepV, size[1]);
  const [first, last] = indexRange(shape.low[0] - pad, shape.high[0] + pad, zero[0], stepU, size[0]);
  const planes = indexRange(shape.low[2] - pad, shape.high[2] + pad, zero[2], spacing[2], size[2]);
  const square = Math.max(1, Math.min(widest, Math.floor(squareMm / stepU)));
  const off = (square - 1) / 2;
  const slack = steepest * off * Math.SQRT2 * stepU;
  for (let k = planes[0]; k <= planes[1]; k++) {
    const w = zero[2] + k * spacing[2];
    const section = shape.at(w);
    for (let j0 = rows[0]; j0 <= rows[1]; j0 += square) {
      const j1 = Math.min(rows[1], j0 + square - 1);
      const middleV = zero[1] + (j0 + off) * stepV;
      for (let i0 = first; i0 <= last; i0 += square) {
        const i1 = Math.min(last, i0 + square - 1);
        const middle = square > 1 ? section(zero[0] + (i0 + off) * stepU, middleV) : 0.5 * (least + most);
        if (middle > most + slack) continue;
        if (middle < least - slack) deep?.(section, w, i0, i1, j0, j1, k);
        else near(section, w, i0, i1, j0, j1, k);
      }
    }
  }
}

/** Calls `visit` for each voxel whose centre lies in the shape's box, and whose distance is not more than `most`. */
export function overShape(canvas: Lattice, shape: Shape, most: number, visit: Visit): void {
  const { size, spacing, zero } = canvas;
  overSquares(canvas, shape, 0, { least: -Infinity, most }, (section, w, i0, i1, j0, j1, k) => {
    for (let j = j0; j <= j1; j++) {
      const v = zero[1] + j * spacing[1];
      for (let i = i0; i <= i1; i++) {
        const u = zero[0] + i * spacing[0];
        if (section(u, v) <= most) visit(i + size[0] * (j + size[1] * k), u, v, w);
      }
    }
  });
}

/** Paints a shape over what is there; at its rim a voxel is shared by the part of it that the shape covers. */
export function paint(canvas: Canvas, shape: Shape, material: Material, strength = 1): void {
  const { size, spacing, zero, values } = canvas;
  const [zeroU, zeroV] = zero;
  const [stepU, stepV] = spacing;
  const width = 0.9 * Math.max(stepU, stepV);
  const rim = { least: -Infinity, most: width / 2 };
  overSquares(canvas, shape, width, rim, (section, w, i0, i1, j0, j1, k) => {
    for (let j = j0; j <= j1; j++) {
      const v = zeroV + j * stepV;
      const row = size[0] * (j + size[1] * k);
      for (let i = i0; i <= i1; i++) {
        const u = zeroU + i * stepU;
        const d = section(u, v);
        const covered = 0.5 - d / width;
        if (covered <= 0) continue;
        const c = (covered < 1 ? covered : 1) * strength;
        const hu = typeof material === 'number' ? material : material(u, v, w, d);
        values[row + i] = (values[row + i] ?? 0) * (1 - c) + hu * c;
      }
    }
  });
}

interface Box {
  readonly low: [number, number, number];
  readonly high: [number, number, number];
}

function widen({ low, high }: Box, first: number, last: number, j: number, k: number): void {
  if (first < low[0]) low[0] = first;
  if (last > high[0]) high[0] = last;
  if (j < low[1]) low[1] = j;
  if (j > high[1]) high[1] = j;
  if (k < low[2]) low[2] = k;
  if (k > high[2]) high[2] = k;
}

/**
 * The distances of a shape on the canvas' voxels, over a box that reaches `marginMm` beyond it; past `marginMm` from the surface
 * they are cut off. Null where no voxel's centre is inside. `scratch` is as long as the canvas and comes back as it went.
 */
export function fieldOf(canvas: Lattice, shape: Shape, scratch: Float32Array, marginMm?: number): DistanceField | null {
  const { size, spacing, zero } = canvas;
  const none = { low: [1e6, 1e6, 1e6], high: [-1, -1, -1] } as const;
  const touched: Box = { low: [...none.low], high: [...none.high] };
  const inside: Box = { low: [...none.low], high: [...none.high] };
  const { low, high } = inside;
  // A contour lies between neighbours: further from it the side alone is of interest.
  const near = marginMm ?? Math.max(5, 2 * spacing[0]);
  overSquares(
    canvas,
    shape,
    near,
    { least: -near, most: near },
    (section, _w, i0, i1, j0, j1, k) => {
      let [least, most, top, bottom] = [size[0], -1, -1, 0];
      for (let j = j0; j <= j1; j++) {
        const v = zero[1] + j * spacing[1];
        const row = size[0] * (j + size[1] * k);
        for (let i = i0; i <= i1; i++) {
          const d = section(zero[0] + i * spacing[0], v);
          scratch[row + i] = d > near ? near : d < -near ? -near : d;
          if (d >= 0) continue;
          if (i < least) least = i;
          if (i > most) most = i;
          if (top < 0) top = j;
          bottom = j;
        }
      }
      widen(touched, i0, i1, j0, k);
      widen(touched, i0, i1, j1, k);
      if (top < 0) return;
      widen(inside, least, most, top, k);
      widen(inside, least, most, bottom, k);
    },
    (_section, _w, i0, i1, j0, j1, k) => {
      for (let j = j0; j <= j1; j++) {
        const row = size[0] * (j + size[1] * k);
        scratch.fill(-near, row + i0, row + i1 + 1);
        widen(touched, i0, i1, j, k);
        widen(inside, i0, i1, j, k);
      }
    },
  );
  const cut = (): DistanceField | null => {
    if (high[0] < 0) return null;
    const around = (axis: 0 | 1 | 2): readonly [number, number] => {
      const more = Math.max(1, Math.ceil(near / spacing[axis]));
      return [Math.max(0, low[axis] - more), Math.min(size[axis] - 1, high[axis] + more)];
    };
    const [i, j, k] = [around(0), around(1), around(2)];
    const box: Vec3 = [i[1] - i[0] + 1, j[1] - j[0] + 1, k[1] - k[0] + 1];
    const distance = new Float32Array(box[0] * box[1] * box[2]);
    for (let n = 0; n < box[2]; n++) {
      for (let m = 0; m < box[1]; m++) {
        const from = i[0] + size[0] * (j[0] + m + size[1] * (k[0] + n));
        const to = box[0] * (m + box[1] * n);
        for (let at = 0; at < box[0]; at++) {
          const d = scratch[from + at] ?? near;
          distance[to + at] = d > near ? near : d;
        }
      }
    }
    return { start: [i[0], j[0], k[0]], size: box, distance };
  };
  const field = cut();
  for (let k = touched.low[2]; k <= touched.high[2]; k++) {
    for (let j = touched.low[1]; j <= touched.high[1]; j++) {
      const row = size[0] * (j + size[1] * k);
      scratch.fill(farAway, row + touched.low[0], row + touched.high[0] + 1);
    }
  }
  return field;
}

/** A structure's distances as the scan sees them, over its voxels and `margin` more on each side in the plane; null if it is not in it. */
export function seenField(warp: Warp, field: DistanceField, margin = 1): DistanceField | null {
  const box = seenBox(warp, field);
  if (box === null) return null;
  const distance = new Float32Array(box.size[0] * box.size[1] * box.size[2]);
  const [nx, ny, nz] = box.size;
  const [i0, j0, k0] = box.start;
  const read = rowReader(warp, field, farAway);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) read(k0 + k, j0 + j, i0, i0 + nx, distance, nx * (j + ny * k), true);
  }
  return trimmed({ ...box, distance }, warp.scan.size, margin);
}

/** The field over the smallest box with what is inside, and a margin in the plane. */
function trimmed({ start, size, distance }: DistanceField, whole: Vec3, margin: number): DistanceField | null {
  const [nx, ny, nz] = size;
  const inside: Box = { low: [1e6, 1e6, 1e6], high: [-1, -1, -1] };
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      let [least, most] = [nx, -1];
      for (let i = 0; i < nx; i++, at++) {
        if ((distance[at] ?? 1) >= 0) continue;
        if (most < 0) least = i;
        most = i;
      }
      if (most >= 0) widen(inside, least, most, j, k);
    }
  }
  const { low, high } = inside;
  if (high[0] < 0) return null;
  const first: Vec3 = [Math.max(-start[0], low[0] - margin), Math.max(-start[1], low[1] - margin), low[2]];
  const box: Vec3 = [
    Math.min(whole[0] - 1 - start[0], high[0] + margin) - first[0] + 1,
    Math.min(whole[1] - 1 - start[1], high[1] + margin) - first[1] + 1,
    high[2] - low[2] + 1,
  ];
  const kept = new Float32Array(box[0] * box[1] * box[2]).fill(farAway);
  // The field may end nearer to the structure than the margin does: beyond it is far away.
  const from = Math.max(0, first[0]);
  const until = Math.min(nx, first[0] + box[0]);
  for (let k = 0; k < box[2]; k++) {
    for (let j = 0; j < box[1]; j++) {
      const y = first[1] + j;
      if (y < 0 || y >= ny) continue;
      const row = nx * (y + ny * (first[2] + k));
      kept.set(distance.subarray(row + from, row + until), from - first[0] + box[0] * (j + box[1] * k));
    }
  }
  return { start: [start[0] + first[0], start[1] + first[1], start[2] + first[2]], size: box, distance: kept };
}

/** What a distance is where nobody has worked it out. */
export const farAway = 100;

/** The mask of a field on its whole grid: 1 where the voxel's centre is inside. */
export function maskOf({ size }: Pick<Lattice, 'size'>, field: DistanceField): Uint8Array {
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  const { start, size: box, distance } = field;
  for (let k = 0; k < box[2]; k++) {
    for (let j = 0; j < box[1]; j++) {
      const to = start[0] + size[0] * (start[1] + j + size[1] * (start[2] + k));
      const from = box[0] * (j + box[1] * k);
      for (let i = 0; i < box[0]; i++) if ((distance[from + i] ?? 1) < 0) mask[to + i] = 1;
    }
  }
  return mask;
}

import type { Vec3 } from '../../../shared/geometry';
import type { Posture } from './posture';
import type { Shape } from './shape';

/** The scan while it is being drawn. `zero` is the point (mm from the parotids' midpoint) of voxel (0, 0, 0). */
export interface Canvas {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly zero: Vec3;
  readonly posture: Posture;
  /** HU, [k][j][i]. */
  readonly values: Float32Array;
}

/** Signed distances (mm, negative inside) over the box of voxels that hold a structure; far from its surface only the sign holds. */
export interface DistanceField {
  readonly start: Vec3;
  readonly size: Vec3;
  readonly distance: Float32Array;
}

export type Material = number | ((u: number, v: number, w: number, d: number) => number);

/** One row of voxels of a shape: where it begins, and the anatomical place of its first voxel and step. */
type Visit = (index: number, u: number, v: number, w: number, d: number, i: number, j: number, k: number) => void;

const indexRange = (low: number, high: number, zero: number, step: number, size: number): readonly [number, number] => [
  Math.max(0, Math.ceil((low - zero) / step)),
  Math.min(size - 1, Math.floor((high - zero) / step)),
];

/** Distances that somebody needs; others are passed over. */
export interface Band {
  readonly least: number;
  readonly most: number;
}

const everything: Band = { least: -Infinity, most: Infinity };
/** No distance falls or rises by more than this, mm a mm in the plane … */
const steepest = 2;
/** … as far as this from the surface. */
const trusted = 16;

/**
 * Calls `visit` for each voxel whose centre lies in the shape's box grown by `pad` mm, and whose distance is in the band. Away from
 * the band as many voxels are passed over as the distance allows, with a call of `passed` for inside ones.
 */
export function overShape(
  canvas: Canvas,
  shape: Shape,
  pad: number,
  visit: Visit,
  { least, most }: Band = everything,
  passed?: (from: number, count: number, i: number, j: number, k: number) => void,
): void {
  const { size, spacing, zero, posture } = canvas;
  const [zeroX, zeroY] = zero;
  const [stepX, stepY] = spacing;
  for (let k = 0; k < size[2]; k++) {
    const { w, shiftX, shear, shiftY, size: s } = posture(zero[2] + k * spacing[2]);
    if (w < shape.low[2] - pad || w > shape.high[2] + pad) continue;
    const section = shape.at(w);
    const perVoxel = s / (steepest * stepX);
    const rows = indexRange(
      (shape.low[1] - pad) * s + shiftY,
      (shape.high[1] + pad) * s + shiftY,
      zeroY,
      stepY,
      size[1],
    );
    for (let j = rows[0]; j <= rows[1]; j++) {
      const y = zeroY + j * stepY;
      const v = (y - shiftY) / s;
      const shift = shiftX + shear * y;
      const columns = indexRange(
        (shape.low[0] - pad) * s + shift,
        (shape.high[0] + pad) * s + shift,
        zeroX,
        stepX,
        size[0],
      );
      const row = size[0] * (j + size[1] * k);
      const last = columns[1];
      for (let i = columns[0]; i <= last; i++) {
        const u = (zeroX + i * stepX - shift) / s;
        const d = section(u, v);
        if (d > most) {
          const over = Math.floor(((d < trusted ? d : trusted) - most) * perVoxel);
          if (over > 1) i += over - 1;
        } else if (d < least) {
          const over = Math.min(
            last - i + 1,
            Math.max(1, Math.floor((least - (d > -trusted ? d : -trusted)) * perVoxel)),
          );
          passed?.(row + i, over, i, j, k);
          i += over - 1;
        } else visit(row + i, u, v, w, d, i, j, k);
      }
    }
  }
}

/** Paints a shape over what is there; at its rim a voxel is shared by the part of it that the shape covers. */
export function paint(canvas: Canvas, shape: Shape, material: Material, strength = 1): void {
  const width = 0.9 * Math.max(canvas.spacing[0], canvas.spacing[1]);
  const { values } = canvas;
  const lay: Visit = (index, u, v, w, d) => {
    const covered = 0.5 - d / width;
    if (covered <= 0) return;
    const c = (covered < 1 ? covered : 1) * strength;
    const hu = typeof material === 'number' ? material : material(u, v, w, d);
    values[index] = (values[index] ?? 0) * (1 - c) + hu * c;
  };
  overShape(canvas, shape, width, lay, { least: -Infinity, most: width / 2 });
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
 * The distances of a shape on the canvas' voxels, over the smallest box with a margin of one voxel in the plane. Null where
 * no voxel's centre is inside. `scratch` is as long as the canvas and comes back as it went.
 */
export function fieldOf(canvas: Canvas, shape: Shape, scratch: Float32Array): DistanceField | null {
  const { size, spacing } = canvas;
  const none = { low: [1e6, 1e6, 1e6], high: [-1, -1, -1] } as const;
  const touched: Box = { low: [...none.low], high: [...none.high] };
  const inside: Box = { low: [...none.low], high: [...none.high] };
  const { low, high } = inside;
  // A contour lies between neighbours: further from it the side alone is of interest.
  const near = 2.5 * Math.max(spacing[0], spacing[1]);
  overShape(
    canvas,
    shape,
    2 * spacing[0],
    (index, _u, _v, _w, d, i, j, k) => {
      scratch[index] = d;
      widen(touched, i, i, j, k);
      if (d < 0) widen(inside, i, i, j, k);
    },
    { least: -near, most: near },
    (from, count, i, j, k) => {
      scratch.fill(-farAway, from, from + count);
      widen(touched, i, i + count - 1, j, k);
      widen(inside, i, i + count - 1, j, k);
    },
  );
  const cut = (): DistanceField | null => {
    if (high[0] < 0) return null;
    const start: Vec3 = [Math.max(0, low[0] - 1), Math.max(0, low[1] - 1), low[2]];
    const box: Vec3 = [
      Math.min(size[0] - 1, high[0] + 1) - start[0] + 1,
      Math.min(size[1] - 1, high[1] + 1) - start[1] + 1,
      high[2] - start[2] + 1,
    ];
    const distance = new Float32Array(box[0] * box[1] * box[2]);
    for (let k = 0; k < box[2]; k++) {
      for (let j = 0; j < box[1]; j++) {
        const from = start[0] + size[0] * (start[1] + j + size[1] * (start[2] + k));
        distance.set(scratch.subarray(from, from + box[0]), box[0] * (j + box[1] * k));
      }
    }
    return { start, size: box, distance };
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

/** What a distance is where nobody has worked it out. */
export const farAway = 100;

/** The mask of a field on its whole grid: 1 where the voxel's centre is inside. */
export function maskOf({ size }: Pick<Canvas, 'size'>, field: DistanceField): Uint8Array {
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

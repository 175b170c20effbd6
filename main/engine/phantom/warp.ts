import type { Vec3 } from '../../../shared/geometry';
import type { DistanceField } from './distanceField';
import type { Posture } from './posture';

/** A regular grid along the axes: `zero` is the centre of voxel (0, 0, 0), mm from the parotids' midpoint. */
export interface Lattice {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly zero: Vec3;
}

/**
 * How a scan looks at a person who is drawn straight: where its voxels lie on the drawing's canvas. The places of every few
 * voxels are known, those between are read off the straight line.
 */
export interface Warp {
  readonly scan: Lattice;
  readonly canvas: Lattice;
  /** Voxels from node to node in the plane. */
  readonly stride: number;
  readonly across: number;
  readonly down: number;
  /** Canvas indices of the nodes, [k][row][column][3]. */
  readonly nodes: Float32Array;
  /** Lowest and highest plane of the canvas that each plane of the scan sees. */
  readonly planes: readonly (readonly [number, number])[];
}

/** The part of the scan that can hold a person, in the person's own axes; what lies beyond is air. */
const reach = { u: 318, front: -135, back: 222 } as const;

/** The canvas' voxels are the scan's, within these: small organs need a few, and nobody is drawn finer than this. */
const [finestMm, coarsestMm] = [1.5, 3.4];

/** Lays the canvas on which a person is drawn straight, for a scan that sees the person in this posture. */
export function warpOf(scan: Lattice, posture: Posture): Warp {
  const { size, spacing, zero } = scan;
  const stride = Math.max(1, Math.round(9 / spacing[0]));
  const across = Math.ceil((size[0] - 1) / stride) + 1;
  const down = Math.ceil((size[1] - 1) / stride) + 1;
  const nodes = new Float32Array(3 * across * down * size[2]);
  const place = new Float64Array(3);
  let [low, high] = [Infinity, -Infinity];
  let at = 0;
  for (let k = 0; k < size[2]; k++) {
    const plane = posture(zero[2] + k * spacing[2]);
    for (let r = 0; r < down; r++) {
      const row = plane(zero[1] + r * stride * spacing[1]);
      for (let c = 0; c < across; c++) {
        const x = zero[0] + c * stride * spacing[0];
        row(x, place);
        nodes.set(place, at);
        at += 3;
        if (Math.abs(x) > 290) continue;
        low = Math.min(low, place[2] ?? 0);
        high = Math.max(high, place[2] ?? 0);
      }
    }
  }
  const step = Math.min(coarsestMm, Math.max(finestMm, spacing[0]));
  const half = Math.ceil(reach.u / step);
  const canvas: Lattice = {
    size: [2 * half + 1, Math.ceil((reach.back - reach.front) / step) + 1, Math.ceil((high - low) / spacing[2]) + 1],
    spacing: [step, step, spacing[2]],
    zero: [-half * step, reach.front, low],
  };
  for (let n = 0; n < nodes.length; n += 3) {
    for (let axis = 0; axis < 3; axis++) {
      nodes[n + axis] = ((nodes[n + axis] ?? 0) - (canvas.zero[axis] ?? 0)) / (canvas.spacing[axis] ?? 1);
    }
  }
  const planes = Array.from({ length: size[2] }, (_, k): readonly [number, number] => {
    let [least, most] = [Infinity, -Infinity];
    for (let n = 3 * across * down * k + 2; n < 3 * across * down * (k + 1); n += 3) {
      const w = nodes[n] ?? 0;
      if (w < least) least = w;
      if (w > most) most = w;
    }
    return [least, most];
  });
  return { scan, canvas, stride, across, down, nodes, planes };
}

/** A box of the scan's voxels. */
export interface ScanBox {
  readonly start: Vec3;
  readonly size: Vec3;
}

/** The voxels of the scan that can see a box of the canvas; null where none can. */
export function seenBox({ scan, stride, across, down, nodes, planes }: Warp, { start, size }: ScanBox): ScanBox | null {
  const slack = 1.5 * stride + 1;
  const low = start.map((first, axis) => first - (axis === 2 ? 0.5 * slack : slack));
  const high = start.map((first, axis) => first + (size[axis] ?? 0) - 1 + (axis === 2 ? 0.5 * slack : slack));
  const [i0, j0, k0] = low as [number, number, number];
  const [i1, j1, k1] = high as [number, number, number];
  let [c0, r0, z0, c1, r1, z1] = [across, down, scan.size[2], -1, -1, -1];
  for (let k = 0; k < scan.size[2]; k++) {
    const [least, most] = planes[k] ?? [0, 0];
    if (most < k0 || least > k1) continue;
    let at = 3 * across * down * k;
    for (let r = 0; r < down; r++) {
      for (let c = 0; c < across; c++, at += 3) {
        const w = nodes[at + 2] ?? 0;
        if (w < k0 || w > k1) continue;
        const v = nodes[at + 1] ?? 0;
        if (v < j0 || v > j1) continue;
        const u = nodes[at] ?? 0;
        if (u < i0 || u > i1) continue;
        if (c < c0) c0 = c;
        if (c > c1) c1 = c;
        if (r < r0) r0 = r;
        if (r > r1) r1 = r;
        if (k < z0) z0 = k;
        z1 = k;
      }
    }
  }
  if (z1 < 0) return null;
  const first: Vec3 = [c0 * stride, r0 * stride, z0];
  const last: Vec3 = [Math.min(scan.size[0] - 1, c1 * stride), Math.min(scan.size[1] - 1, r1 * stride), z1];
  return { start: first, size: [last[0] - first[0] + 1, last[1] - first[1] + 1, last[2] - first[2] + 1] };
}

/**
 * Reads voxels `from` to `until` (not included) of row j of plane k off a part of the canvas, trilinearly, into `out` from `to` on.
 * `flat`: stretches whose both ends have the same value are taken to have it throughout.
 */
export type RowReader = (
  k: number,
  j: number,
  from: number,
  until: number,
  out: Float32Array,
  to: number,
  flat?: boolean,
) => void;

/** Reads a part of the canvas as the scan sees it; `beyond` is what it sees where the part does not reach. */
export function rowReader(warp: Warp, source: DistanceField, beyond: number): RowReader {
  const { stride, across, down, nodes } = warp;
  const { distance: values, size, start } = source;
  const [nx, ny, nz] = size;
  const slice = nx * ny;
  const [offI, offJ, offK] = start;
  const [lastU, lastV, lastW] = [nx - 1, ny - 1, nz - 1];
  const valueAt = (u: number, v: number, w: number): number => {
    if (!(u >= 0 && v >= 0 && w >= 0 && u < lastU && v < lastV && w < lastW)) return beyond;
    const a = u | 0;
    const b = v | 0;
    const d = w | 0;
    const fu = u - a;
    const fv = v - b;
    const p = a + nx * b + slice * d;
    const q = p + slice;
    const p0 = (values[p] ?? 0) + fu * ((values[p + 1] ?? 0) - (values[p] ?? 0));
    const p1 = (values[p + nx] ?? 0) + fu * ((values[p + nx + 1] ?? 0) - (values[p + nx] ?? 0));
    const q0 = (values[q] ?? 0) + fu * ((values[q + 1] ?? 0) - (values[q] ?? 0));
    const q1 = (values[q + nx] ?? 0) + fu * ((values[q + nx + 1] ?? 0) - (values[q + nx] ?? 0));
    const p2 = p0 + fv * (p1 - p0);
    return p2 + (w - d) * (q0 + fv * (q1 - q0) - p2);
  };
  return (k, j, from, until, out, to, flat = false) => {
    const r = Math.min(down - 2, Math.floor(j / stride));
    const f = j / stride - r;
    const above = 3 * across * (r + down * k);
    const below = above + 3 * across;
    const node = (n: number): number => (nodes[above + n] ?? 0) * (1 - f) + (nodes[below + n] ?? 0) * f;
    for (let i = from; i < until;) {
      const c = Math.min(across - 2, Math.floor(i / stride));
      const n = 3 * c;
      const u0 = node(n) - offI;
      const v0 = node(n + 1) - offJ;
      const w0 = node(n + 2) - offK;
      const u1 = node(n + 3) - offI;
      const v1 = node(n + 4) - offJ;
      const w1 = node(n + 5) - offK;
      const end = c === across - 2 ? until : Math.min(until, (c + 1) * stride);
      if (flat) {
        const value = valueAt(u0, v0, w0);
        if (value === valueAt(u1, v1, w1)) {
          out.fill(value, to, to + end - i);
          to += end - i;
          i = end;
          continue;
        }
      }
      for (; i < end; i++) {
        const t = (i - c * stride) / stride;
        out[to++] = valueAt(u0 + t * (u1 - u0), v0 + t * (v1 - v0), w0 + t * (w1 - w0));
      }
    }
  };
}

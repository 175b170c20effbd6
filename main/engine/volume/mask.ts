import { dot, length, spacingOf, stepsOf, type Affine, type Vec3 } from '../../../shared/geometry';
import { invert } from '../../../shared/geometry';
import type { Structure } from '../../../shared/structure';
import { voxelCount, type Grid } from '../../../shared/volume';
import { contourPlanesOf, planeAt, type ContourPlane, type ContourPlanes } from './contourPlanes';

/** Sine below which a grid's slices count as parallel to the contours' planes. */
const parallelSine = 1e-5;

/** Points per voxel along i and along j at which coverage is taken. */
const subdivision = 4;

/**
 * 1 at voxel centres inside the structure, 0 elsewhere: even-odd over all filled contours of the nearest plane, if that is
 * within half a plane's gap. On any grid, oblique to the contours or not. *Source:* DICOM PS3.3 C.8.8.6 and the even-odd rule.
 */
export function maskOf(structure: Structure, grid: Grid): Uint8Array {
  const mask = new Uint8Array(voxelCount(grid));
  const planes = contourPlanesOf(structure, spacingOf(grid.affine)[2]);
  if (planes === null) return mask;
  const fill = fillerOf(planes, grid.affine, grid.size);
  const slice = grid.size[0] * grid.size[1];
  for (let k = 0; k < grid.size[2]; k++) fill(k, mask.subarray(k * slice, (k + 1) * slice));
  return mask;
}

/** The share of each voxel that is inside the structure, from 4 × 4 points in the plane of its slice. *Units* 0 … 1. */
export function coverageOf(structure: Structure, grid: Grid): Float32Array {
  const coverage = new Float32Array(voxelCount(grid));
  const planes = contourPlanesOf(structure, spacingOf(grid.affine)[2]);
  if (planes === null) return coverage;
  const [nx, ny, nz] = grid.size;
  const fine: Vec3 = [nx * subdivision, ny * subdivision, nz];
  const fill = fillerOf(planes, subdividedAffine(grid.affine), fine);
  const points = new Uint8Array(fine[0] * fine[1]);
  const share = 1 / (subdivision * subdivision);
  for (let k = 0; k < nz; k++) {
    points.fill(0);
    if (!fill(k, points)) continue;
    const slice = nx * ny * k;
    for (let row = 0, from = 0; row < fine[1]; row++) {
      const to = slice + nx * Math.floor(row / subdivision);
      for (let column = 0; column < fine[0]; column++, from++) {
        if (points[from]! > 0) coverage[to + Math.floor(column / subdivision)]! += share;
      }
    }
  }
  return coverage;
}

/** The affine of the grid whose voxels are a quarter as wide along i and j and fill the same space. */
function subdividedAffine(m: Affine): Affine {
  const s = 1 / subdivision;
  const shift = s / 2 - 0.5;
  return [
    m[0] * s, m[1] * s, m[2], m[3] + shift * (m[0] + m[1]),
    m[4] * s, m[5] * s, m[6], m[7] + shift * (m[4] + m[5]),
    m[8] * s, m[9] * s, m[10], m[11] + shift * (m[8] + m[9]),
    0, 0, 0, 1,
  ]; // prettier-ignore
}

/** Writes one slice of a mask into an array of zeros; false where the slice stays empty. */
type Filler = (k: number, slice: Uint8Array) => boolean;

function fillerOf(planes: ContourPlanes, affine: Affine, size: Vec3): Filler {
  const [stepI, stepJ] = stepsOf(affine);
  const lies = (step: Vec3): boolean => Math.abs(dot(step, planes.normal)) <= parallelSine * length(step);
  return lies(stepI) && lies(stepJ) ? parallelFiller(planes, affine, size) : obliqueFiller(planes, affine, size);
}

/** Slices parallel to the contours: each contour is taken along the normal onto its slice and filled row by row. */
function parallelFiller(planes: ContourPlanes, affine: Affine, [nx, ny]: Vec3): Filler {
  const { normal, u, v } = planes;
  const toVoxel = invert(affine);
  const voxelOf = (d: Vec3, row: 0 | 4): number =>
    toVoxel[row] * d[0] + (toVoxel[row + 1] as number) * d[1] + (toVoxel[row + 2] as number) * d[2];
  const [iu, iv, id] = [voxelOf(u, 0), voxelOf(v, 0), voxelOf(normal, 0)];
  const [ju, jv, jd] = [voxelOf(u, 4), voxelOf(v, 4), voxelOf(normal, 4)];
  return (k, slice) => {
    const origin: Vec3 = [affine[2] * k + affine[3], affine[6] * k + affine[7], affine[10] * k + affine[11]];
    const positionMm = dot(origin, normal);
    const found = planes.planes[planeAt(planes, positionMm)];
    if (found === undefined) return false;
    const i0 = id * positionMm + toVoxel[3];
    const j0 = jd * positionMm + toVoxel[7];
    for (const polygon of found.polygons) {
      const points = new Float64Array(polygon.length);
      for (let p = 0; p < polygon.length; p += 2) {
        points[p] = iu * polygon[p]! + iv * polygon[p + 1]! + i0;
        points[p + 1] = ju * polygon[p]! + jv * polygon[p + 1]! + j0;
      }
      toggleCrossings(points, slice, nx, ny);
    }
    return paritiesAlongRows(slice, nx, ny);
  };
}

/**
 * Marks, on every row that an edge crosses, the first voxel beyond the crossing. Edges run from their lower to their upper
 * end, so that the two passes of a channel of no width cross at the same floating-point number and cancel.
 */
function toggleCrossings(points: Float64Array, slice: Uint8Array, nx: number, ny: number): void {
  const n = points.length;
  for (let a = n - 2, b = 0; b < n; a = b, b += 2) {
    let [x1, y1, x2, y2] = [points[a]!, points[a + 1]!, points[b]!, points[b + 1]!];
    if (y1 > y2) [x1, y1, x2, y2] = [x2, y2, x1, y1];
    const first = Math.max(0, Math.ceil(y1));
    const end = Math.min(ny, Math.ceil(y2));
    for (let j = first; j < end; j++) {
      const x = x1 + ((j - y1) * (x2 - x1)) / (y2 - y1);
      const i = Math.max(0, Math.ceil(x));
      if (i < nx) slice[i + nx * j]! ^= 1;
    }
  }
}

/** Turns marks into insides: a voxel is inside where the number of marks up to it is odd. */
function paritiesAlongRows(slice: Uint8Array, nx: number, ny: number): boolean {
  let any = 0;
  for (let j = 0; j < ny; j++) {
    let inside = 0;
    for (let i = nx * j; i < nx * (j + 1); i++) {
      inside ^= slice[i]!;
      slice[i] = inside;
      any |= inside;
    }
  }
  return any > 0;
}

/** A plane's edges, sorted into bands along v, so that a point is tested against few of them. */
interface Bands {
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
  readonly perMm: number;
  /** u1, v1, u2, v2 of each edge, v1 < v2. */
  readonly bands: readonly Float64Array[];
}

function bandsOf({ polygons }: ContourPlane): Bands {
  const edges: number[][] = [];
  let [low, high, left, right] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const points of polygons) {
    const n = points.length;
    for (let a = n - 2, b = 0; b < n; a = b, b += 2) {
      const [u1, v1, u2, v2] = [points[a]!, points[a + 1]!, points[b]!, points[b + 1]!];
      if (v1 !== v2) edges.push(v1 < v2 ? [u1, v1, u2, v2] : [u2, v2, u1, v1]);
      low = Math.min(low, v2);
      high = Math.max(high, v2);
      left = Math.min(left, u2);
      right = Math.max(right, u2);
    }
  }
  const count = Math.max(1, Math.min(256, edges.length));
  const perMm = high > low ? count / (high - low) : 0;
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) {
    const first = Math.min(count - 1, Math.floor((edge[1]! - low) * perMm));
    const last = Math.min(count - 1, Math.floor((edge[3]! - low) * perMm));
    for (let band = first; band <= last; band++) lists[band]!.push(...edge);
  }
  return { low, high, left, right, perMm, bands: lists.map((list) => Float64Array.from(list)) };
}

function isInside(pu: number, pv: number, { low, high, left, right, perMm, bands }: Bands): boolean {
  if (!(pv >= low && pv < high && pu >= left && pu < right)) return false;
  const edges = bands[Math.min(bands.length - 1, Math.floor((pv - low) * perMm))]!;
  let inside = false;
  for (let e = 0; e < edges.length; e += 4) {
    const v1 = edges[e + 1]!;
    const v2 = edges[e + 3]!;
    if (v1 <= pv && pv < v2) {
      const u1 = edges[e]!;
      if (pu < u1 + ((pv - v1) * (edges[e + 2]! - u1)) / (v2 - v1)) inside = !inside;
    }
  }
  return inside;
}

/** Any grid: each voxel centre goes along the normal to its nearest plane and is tested there. */
function obliqueFiller(planes: ContourPlanes, m: Affine, [nx, ny]: Vec3): Filler {
  const { normal, u, v } = planes;
  const bands: (Bands | undefined)[] = planes.planes.map(() => undefined);
  const along = (d: Vec3, row: Vec3): number => d[0] * row[0] + d[1] * row[1] + d[2] * row[2];
  const [stepI] = stepsOf(m);
  const [du, dv, dd] = [along(stepI, u), along(stepI, v), along(stepI, normal)];
  return (k, slice) => {
    let any = false;
    for (let j = 0; j < ny; j++) {
      const start: Vec3 = [m[1] * j + m[2] * k + m[3], m[5] * j + m[6] * k + m[7], m[9] * j + m[10] * k + m[11]];
      const [u0, v0, d0] = [along(start, u), along(start, v), along(start, normal)];
      for (let i = 0; i < nx; i++) {
        const plane = planeAt(planes, d0 + i * dd);
        if (plane < 0) continue;
        const shape = (bands[plane] ??= bandsOf(planes.planes[plane]!));
        if (!isInside(u0 + i * du, v0 + i * dv, shape)) continue;
        slice[i + nx * j] = 1;
        any = true;
      }
    }
    return any;
  };
}

/** Whether a patient point (mm) is inside the structure, by the same rule as the mask. */
export function containsPoint(structure: Structure, pointMm: Vec3, spacingMm: number): boolean {
  const planes = contourPlanesOf(structure, spacingMm);
  if (planes === null) return false;
  const found = planes.planes[planeAt(planes, dot(pointMm, planes.normal))];
  return found !== undefined && isInside(dot(pointMm, planes.u), dot(pointMm, planes.v), bandsOf(found));
}

import { spacingOf } from '../../../../shared/geometry';
import type { Grid } from '../../../../shared/volume';
import { distanceMm } from '../../volume/distance';

/** What the plan wants of a voxel. Levels are in Gy; 0 = none. */
export interface Goals {
  /** Prescription of the target that the voxel is in. */
  readonly level: Float32Array;
  /** Dose that a voxel just around a target should still have. */
  readonly atLeast: Float32Array;
  /** Dose that a voxel elsewhere should not exceed, and how much that matters. */
  readonly cap: Float32Array;
  readonly weight: Float32Array;
  /** How many voxels this one stands for: far from the targets one speaks for its neighbours, which have 0. */
  readonly standsFor: Uint8Array;
}

/** Highest dose wanted by distance from the nearest target, mm → Gy; fitted to the mean fall-off of 42 published plans. */
const fallOff = [
  [0, 68], [2.5, 65], [7.5, 57], [12.5, 48], [17.5, 40], [22.5, 33], [27.5, 28.5], [35, 23.5], [45, 19], [55, 16.5],
  [70, 13.5], [90, 10], [115, 6.5],
] as const; // prettier-ignore

const fallMm = Float64Array.from(fallOff, ([mm]) => mm);
const fallGy = Float64Array.from(fallOff, ([, gy]) => gy);

export function capAt(mm: number): number {
  for (let i = 1; i < fallMm.length; i++) {
    const far = fallMm[i] ?? 0;
    if (mm > far) continue;
    const near = fallMm[i - 1] ?? 0;
    const high = fallGy[i - 1] ?? 0;
    return high + (((fallGy[i] ?? 0) - high) * (mm - near)) / (far - near);
  }
  return 6.5;
}

interface OrganGoal {
  readonly name: string;
  readonly capGy: number;
  readonly weight: number;
  readonly marginMm: number;
}

/** Order matters: a later one wins where two meet. */
const organGoals: readonly OrganGoal[] = [
  { name: 'Bone_Mandible', capGy: 40, weight: 1.2, marginMm: 0 },
  { name: 'Larynx', capGy: 38, weight: 1.2, marginMm: 0 },
  { name: 'Esophagus', capGy: 32, weight: 1.2, marginMm: 0 },
  { name: 'Parotid_L', capGy: 17, weight: 2, marginMm: 0 },
  { name: 'Parotid_R', capGy: 17, weight: 2, marginMm: 0 },
  { name: 'Brainstem', capGy: 29, weight: 3, marginMm: 4 },
  { name: 'SpinalCord', capGy: 33, weight: 4, marginMm: 4 },
];

/** The mask and the voxels whose centre is within an ellipsoid of one of its own: `mm` in the plane, `alongMm` along the axis. */
function around(mask: Uint8Array, grid: Grid, mm: number, alongMm: number): Uint8Array {
  const [nx, ny, nz] = grid.size;
  const [sx, sy, sz] = spacingOf(grid.affine);
  const [ri, rj, rk] = [Math.floor(mm / sx), Math.floor(mm / sy), Math.floor(alongMm / sz)];
  const near: (readonly [number, number, number])[] = [];
  for (let k = -rk; k <= rk; k++) {
    for (let j = -rj; j <= rj; j++) {
      for (let i = -ri; i <= ri; i++) {
        if (Math.hypot((i * sx) / mm, (j * sy) / mm, (k * sz) / alongMm) <= 1) near.push([i, j, k]);
      }
    }
  }
  const out = mask.slice();
  for (let v = mask.indexOf(1); v >= 0; v = mask.indexOf(1, v + 1)) {
    const [i, j, k] = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))];
    for (const [di, dj, dk] of near) {
      const [x, y, z] = [i + di, j + dj, k + dk];
      if (x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz) out[x + nx * (y + ny * z)] = 1;
    }
  }
  return out;
}

/** Goals on the plan's coarse grid, from masks on that grid. `haloMm`: how far around a target dose is still wanted. */
export function goalsOf(
  grid: Grid,
  masks: ReadonlyMap<string, Uint8Array>,
  levels: readonly { readonly name: string; readonly gy: number }[],
): Goals {
  const n = grid.size[0] * grid.size[1] * grid.size[2];
  const goals = {
    level: new Float32Array(n),
    atLeast: new Float32Array(n),
    cap: new Float32Array(n),
    weight: new Float32Array(n).fill(1),
    standsFor: new Uint8Array(n).fill(1),
  };
  const all = new Uint8Array(n);
  for (const { name, gy } of levels) {
    const mask = masks.get(name);
    if (mask === undefined) continue;
    // 7 mm in the plane, 4 mm along the axis, so that smooth targets fall off as real ones do.
    const near = around(mask, grid, 7, 4);
    for (let v = 0; v < n; v++) {
      if (mask[v] === 1) {
        all[v] = 1;
        goals.level[v] = gy;
      } else if (near[v] === 1) goals.atLeast[v] = Math.max(goals.atLeast[v] ?? 0, 0.93 * gy);
    }
  }
  const distance = distanceMm(all, grid);
  for (let v = 0; v < n; v++) {
    const mm = distance[v] ?? 200;
    goals.cap[v] = capAt(mm);
    // Strides that are prime to the rows: the voxels that speak lie scattered.
    const share = mm < 20 ? 1 : mm < 45 ? 3 : 11;
    goals.standsFor[v] = v % share === 0 ? share : 0;
  }
  for (const { name, capGy, weight, marginMm } of organGoals) {
    const mask = masks.get(name);
    if (mask === undefined) continue;
    const near = marginMm > 0 ? around(mask, grid, marginMm, marginMm) : mask;
    for (let v = 0; v < n; v++) {
      if (near[v] !== 1) continue;
      goals.cap[v] = Math.min(goals.cap[v] ?? 0, capGy);
      goals.weight[v] = weight;
      goals.standsFor[v] = 1;
      // What must be spared is not part of the halo.
      if (marginMm > 0) goals.atLeast[v] = 0;
    }
  }
  return goals;
}

import { spacingOf } from '../../../../shared/geometry';
import { affineOf } from '../../../../shared/geometry';
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
  };
  const all = new Uint8Array(n);
  const [sx, sy, sz] = spacingOf(grid.affine);
  // In units of the halo: 7 mm in the plane, 4 mm along the axis, so that smooth targets fall off as real ones do.
  const halo: Grid = { size: grid.size, affine: affineOf([sx / 7, 0, 0], [0, sy / 7, 0], [0, 0, sz / 4], [0, 0, 0]) };
  for (const { name, gy } of levels) {
    const mask = masks.get(name);
    if (mask === undefined) continue;
    const near = distanceMm(mask, halo);
    for (let v = 0; v < n; v++) {
      if (mask[v] === 1) {
        all[v] = 1;
        goals.level[v] = gy;
      } else if ((near[v] ?? 9) <= 1) goals.atLeast[v] = Math.max(goals.atLeast[v] ?? 0, 0.93 * gy);
    }
  }
  const distance = distanceMm(all, grid);
  for (let v = 0; v < n; v++) goals.cap[v] = capAt(distance[v] ?? 200);
  for (const { name, capGy, weight, marginMm } of organGoals) {
    const mask = masks.get(name);
    if (mask === undefined) continue;
    const near = marginMm > 0 ? distanceMm(mask, grid) : null;
    for (let v = 0; v < n; v++) {
      if (!(near === null ? mask[v] === 1 : (near[v] ?? 9) <= marginMm)) continue;
      goals.cap[v] = Math.min(goals.cap[v] ?? 0, capGy);
      goals.weight[v] = weight;
      // What must be spared is not part of the halo.
      if (marginMm > 0) goals.atLeast[v] = 0;
    }
  }
  return goals;
}

import type { Grid } from '../../../../shared/volume';

export type Index = readonly [number, number, number];

/** A row of voxels of a structure along i: from … to, both included. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly j: number;
  readonly k: number;
}

export function runsOf(mask: Uint8Array, [nx, ny, nz]: Index): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < ny * nz; row++) {
    for (let i = 0; i < nx; i++) {
      if (mask[row * nx + i] !== 1) continue;
      const from = i;
      while (i + 1 < nx && mask[row * nx + i + 1] === 1) i++;
      runs.push({ from, to: i, j: row % ny, k: Math.floor(row / ny) });
    }
  }
  return runs;
}

/** Voxels of a moved structure that stay on the grid. */
export function countIn(runs: readonly Run[], [x, y, z]: Index, [nx, ny, nz]: Index): number {
  let count = 0;
  for (const { from, to, j, k } of runs) {
    if (j + y < 0 || j + y >= ny || k + z < 0 || k + z >= nz) continue;
    count += Math.max(0, Math.min(nx - 1, to + x) - Math.max(0, from + x) + 1);
  }
  return count;
}

/** Sums of values along each row, so that a run costs two reads wherever it is moved. */
export class RowSums {
  readonly #sums: Float64Array;
  readonly #size: Index;
  constructor(size: Index, valueAt: (v: number) => number) {
    const [nx, ny, nz] = size;
    this.#size = size;
    this.#sums = new Float64Array((nx + 1) * ny * nz);
    for (let row = 0; row < ny * nz; row++)
      for (let i = 0; i < nx; i++)
        this.#sums[row * (nx + 1) + i + 1] = (this.#sums[row * (nx + 1) + i] ?? 0) + valueAt(row * nx + i);
  }
  over(runs: readonly Run[], [x, y, z]: Index): number {
    const [nx, ny, nz] = this.#size;
    let sum = 0;
    for (const { from, to, j, k } of runs) {
      const [row, plane] = [j + y, k + z];
      if (row < 0 || row >= ny || plane < 0 || plane >= nz) continue;
      const [first, last] = [Math.max(0, from + x), Math.min(nx - 1, to + x)];
      if (first > last) continue;
      const base = (row + ny * plane) * (nx + 1);
      sum += (this.#sums[base + last + 1] ?? 0) - (this.#sums[base + first] ?? 0);
    }
    return sum;
  }
}

/** The indices of a voxel of a grid. */
export const placeOf = (v: number, [nx, ny]: Index): Index => [
  v % nx,
  Math.floor(v / nx) % ny,
  Math.floor(v / (nx * ny)),
];

/** An index seen from the other end of one axis. */
export function mirrored(at: Index, axis: number, size: Index): Index {
  const turn = (n: 0 | 1 | 2): number => (n === axis ? size[n] - 1 - at[n] : at[n]);
  return [turn(0), turn(1), turn(2)];
}

export function mirroredRun({ from, to, j, k }: Run, axis: number, size: Index): Run {
  const [a, y, z] = mirrored([from, j, k], axis, size);
  return axis === 0 ? { from: a - (to - from), to: a, j, k } : { from, to, j: y, k: z };
}

/** The axis that lies most along the patient's left and right. */
export function lateralAxis({ affine }: Grid): 0 | 1 | 2 {
  const along = [0, 1, 2].map((axis) => Math.abs(affine[axis] ?? 0) / Math.hypot(...[0, 4, 8].map((row) => affine[row + axis] ?? 0))); // prettier-ignore
  const most = along.indexOf(Math.max(...along));
  return most === 1 ? 1 : most === 2 ? 2 : 0;
}

import type { Vec3 } from '../../../shared/geometry';

/** The parts of a mask that hang together over voxel faces. */
export interface Components {
  /** Voxels of each part. */
  readonly counts: readonly number[];
  /** A mask of one part. */
  paint(part: number): Uint8Array;
}

/** Finds the parts of a mask, connected over faces. Works on runs along i, so its memory follows the surface, not the volume. */
export function componentsOf(mask: Uint8Array, size: Vec3): Components {
  const [nx, ny, nz] = size;
  const runs = runsOf(mask, nx, ny * nz);
  const parent = new Int32Array(runs.count);
  for (let r = 0; r < runs.count; r++) parent[r] = r;
  for (let row = 0; row < ny * nz; row++) {
    if (row % ny > 0) joinRows(runs, parent, row - 1, row);
    if (row >= ny) joinRows(runs, parent, row - ny, row);
  }
  const partOf = new Int32Array(runs.count).fill(-1);
  const counts: number[] = [];
  for (let r = 0; r < runs.count; r++) {
    const root = rootOf(parent, r);
    if (partOf[root]! < 0) partOf[root] = counts.push(0) - 1;
    partOf[r] = partOf[root]!;
    counts[partOf[r]!]! += runs.end[r]! - runs.start[r]!;
  }
  return {
    counts,
    paint(part) {
      const painted = new Uint8Array(mask.length);
      for (let row = 0; row < ny * nz; row++) {
        for (let r = runs.ofRow[row]!; r < runs.ofRow[row + 1]!; r++) {
          if (partOf[r] === part) painted.fill(1, nx * row + runs.start[r]!, nx * row + runs.end[r]!);
        }
      }
      return painted;
    },
  };
}

/** The part with the most voxels (the first of equals); all zero where the mask is empty. */
export function largestComponent(mask: Uint8Array, size: Vec3): Uint8Array {
  const parts = componentsOf(mask, size);
  const largest = parts.counts.indexOf(maximum(parts.counts));
  return parts.paint(largest);
}

function maximum(counts: readonly number[]): number {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  return most;
}

/** Runs of voxels in the mask: row r holds those from ofRow[r] to ofRow[r + 1], each [start, end) along i. */
interface Runs {
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly ofRow: Int32Array;
}

function runsOf(mask: Uint8Array, nx: number, rows: number): Runs {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let before = 0;
    for (let i = nx * row; i < nx * (row + 1); i++) {
      const now = mask[i]! > 0 ? 1 : 0;
      if (now > before) count++;
      before = now;
    }
  }
  const start = new Int32Array(count);
  const end = new Int32Array(count);
  const ofRow = new Int32Array(rows + 1);
  let r = 0;
  for (let row = 0; row < rows; row++) {
    ofRow[row] = r;
    let open = false;
    for (let i = 0; i < nx; i++) {
      const set = mask[nx * row + i]! > 0;
      if (set && !open) start[r] = i;
      if (!set && open) end[r++] = i;
      open = set;
    }
    if (open) end[r++] = nx;
  }
  ofRow[rows] = r;
  return { count, start, end, ofRow };
}

function rootOf(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root]! !== root) root = parent[root]!;
  for (let r = run; r !== root;) {
    const next = parent[r]!;
    parent[r] = root;
    r = next;
  }
  return root;
}

function joinRows({ start, end, ofRow }: Runs, parent: Int32Array, one: number, other: number): void {
  let a = ofRow[one]!;
  let b = ofRow[other]!;
  while (a < ofRow[one + 1]! && b < ofRow[other + 1]!) {
    if (start[a]! < end[b]! && start[b]! < end[a]!) {
      const [ra, rb] = [rootOf(parent, a), rootOf(parent, b)];
      parent[Math.max(ra, rb)] = Math.min(ra, rb);
    }
    if (end[a]! < end[b]!) a++;
    else b++;
  }
}

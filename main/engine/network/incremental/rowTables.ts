import { volumeOf } from './box';

/** Where each cell of a batch of boxes comes from: row numbers of the table of intact rows, and of the recomputed patches. */
export interface RowTables {
  readonly cleanTo: Int32Array;
  readonly cleanFrom: Int32Array;
  readonly patchTo: Int32Array;
  readonly patchFrom: Int32Array;
  /** Every row of the patches is used once, in order. */
  readonly patchWhole: boolean;
}

/** The maps that cells are taken from. */
export interface RowSource {
  /** The box that is held of the intact map; `extent` of 0 cells: nothing is. */
  readonly origin: readonly number[];
  readonly extent: readonly number[];
  /** For each item of the batch, the batch entry whose intact map it reads. */
  readonly slots: Int32Array;
  /** Recomputed boxes, all of one size, and where each starts; null: nothing was recomputed. */
  readonly patch: { readonly sizes: readonly number[]; readonly starts: Int32Array } | null;
  /** Rows that stand for a cell outside, by its code: what pads, and zero. */
  readonly paddedRow: number;
  readonly zeroRow: number;
}

const threeOf = (sizes: readonly number[]): readonly [number, number, number] => {
  const all = [1, 1, 1, ...sizes].slice(-3);
  return [all[0]!, all[1]!, all[2]!];
};

/**
 * Row numbers for boxes of `sizes` cells. `axes[a]` holds, item by item, the coordinate of each cell along the axis, or a negative code
 * for a cell outside the map.
 */
export function rowTables(
  count: number,
  sizes: readonly number[],
  axes: readonly Int32Array[],
  source: RowSource,
): RowTables {
  const { origin, extent, slots, patch, paddedRow, zeroRow } = source;
  const total = count * volumeOf(sizes);
  const rank = sizes.length;
  const [nz, ny, nx] = threeOf(sizes);
  const [, ey, ex] = threeOf(extent);
  const [, py, px] = threeOf(patch?.sizes ?? []);
  const entryRows = volumeOf(extent);
  const patchRows = patch ? volumeOf(patch.sizes) : 0;
  const cleanTo = new Int32Array(total);
  const cleanFrom = new Int32Array(total);
  const patchTo = new Int32Array(patch ? total : 0);
  const patchFrom = new Int32Array(patch ? total : 0);
  // By axis: the intact cell (negative: the code of a cell outside), and the patch's cell (−1: not in it).
  const clean = [new Int32Array(nz), new Int32Array(ny), new Int32Array(nx)] as const;
  const inside = [new Int32Array(nz), new Int32Array(ny), new Int32Array(nx)] as const;
  let nClean = 0;
  let nPatch = 0;
  let inOrder = true;
  let at = 0;
  for (let item = 0; item < count; item++) {
    for (let axis = 0; axis < rank; axis++) {
      const size = sizes[axis]!;
      const [own, part] = [clean[3 - rank + axis]!, inside[3 - rank + axis]!];
      const along = axes[axis]!;
      const corner = patch ? patch.starts[item * rank + axis]! : 0;
      const reach = patch ? patch.sizes[axis]! : 0;
      for (let n = 0; n < size; n++) {
        const index = along[item * size + n]!;
        const held = index - origin[axis]!;
        own[n] = index < 0 ? index : held >= 0 && held < extent[axis]! ? held : -2;
        const p = index - corner;
        part[n] = index >= 0 && p >= 0 && p < reach ? p : -1;
      }
    }
    const [cz, cy, cx] = clean;
    const [iz, iy, ix] = inside;
    const base = slots[item]! * entryRows;
    const patchBase = item * patchRows;
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        const inPatch = patch !== null && iz[z]! >= 0 && iy[y]! >= 0;
        const row = base + (cz[z]! * ey + cy[y]!) * ex;
        const patchRow = patchBase + (iz[z]! * py + iy[y]!) * px;
        // Outside along any axis is outside; a code of padding outweighs one of zero.
        const code = Math.max(cz[z]! < 0 ? cz[z]! : -9, cy[y]! < 0 ? cy[y]! : -9);
        for (let x = 0; x < nx; x++, at++) {
          if (inPatch && ix[x]! >= 0) {
            if (patchRow + ix[x]! !== nPatch) inOrder = false;
            patchTo[nPatch] = at;
            patchFrom[nPatch++] = patchRow + ix[x]!;
          } else {
            const outside = Math.max(code, cx[x]! < 0 ? cx[x]! : -9);
            cleanTo[nClean] = at;
            cleanFrom[nClean++] = outside === -9 ? row + cx[x]! : outside === -1 ? paddedRow : zeroRow;
          }
        }
      }
    }
  }
  return {
    cleanTo: cleanTo.subarray(0, nClean),
    cleanFrom: cleanFrom.subarray(0, nClean),
    patchTo: patchTo.subarray(0, nPatch),
    patchFrom: patchFrom.subarray(0, nPatch),
    patchWhole: inOrder && nPatch === count * patchRows,
  };
}

/**
 * Row numbers of boxes of `sizes` cells inside maps of `extent` cells; `bases` is the first row of each item's map. Cells outside get
 * the row `outside`.
 */
export function boxRows(
  starts: Int32Array,
  sizes: readonly number[],
  extent: readonly number[],
  bases: Int32Array,
  outside = -1,
): Int32Array {
  const rank = sizes.length;
  const count = bases.length;
  const [nz, ny, nx] = threeOf(sizes);
  const [ez, ey, ex] = threeOf(extent);
  const rows = new Int32Array(count * nz * ny * nx);
  let at = 0;
  for (let item = 0; item < count; item++) {
    const z0 = rank > 2 ? starts[item * rank + rank - 3]! : 0;
    const y0 = rank > 1 ? starts[item * rank + rank - 2]! : 0;
    const x0 = rank > 0 ? starts[item * rank + rank - 1]! : 0;
    for (let z = z0; z < z0 + nz; z++) {
      for (let y = y0; y < y0 + ny; y++) {
        const row = bases[item]! + (z * ey + y) * ex;
        if (outside < 0) {
          for (let x = x0; x < x0 + nx; x++) rows[at++] = row + x;
          continue;
        }
        const within = z >= 0 && z < ez && y >= 0 && y < ey;
        for (let x = x0; x < x0 + nx; x++) rows[at++] = within && x >= 0 && x < ex ? row + x : outside;
      }
    }
  }
  return rows;
}

/** Row numbers that put tiles in their places: tile by tile in `[count · cells, taps]`, cell by cell in the map that they make up. */
export function tileRows(count: number, read: readonly number[], strides: readonly number[]): Int32Array {
  const [nz, ny, nx] = threeOf(read);
  const [sz, sy, sx] = threeOf(strides);
  const rows = new Int32Array(count * nz * ny * nx * sz * sy * sx);
  let at = 0;
  for (let item = 0; item < count; item++) {
    for (let z = 0; z < nz * sz; z++) {
      for (let y = 0; y < ny * sy; y++) {
        const line = ((item * nz + Math.floor(z / sz)) * ny + Math.floor(y / sy)) * nx;
        const tap = ((z % sz) * sy + (y % sy)) * sx;
        for (let x = 0; x < nx; x++) {
          for (let t = 0; t < sx; t++) rows[at++] = (line + x) * sz * sy * sx + tap + t;
        }
      }
    }
  }
  return rows;
}

import type { Cuttable } from '../cuttable';
import { forEachRow, voxelsIn } from './box';
import { boxAt, type Lattice } from './lattice';

const voxelsInTurn = 1 << 18;

/**
 * The map of a lattice of drops: each voxel takes the mean drop of the windows that cover it, NaN where none came. A position that has
 * not been computed (NaN) counts for nothing. *Shape* the lattice's sizes. *Sign* positive = the score needs the place.
 * *Source* Captum's rule for overlapping windows, methods §2.
 */
export function* meanMap(lattice: Lattice, drops: ArrayLike<number>): Cuttable<Float32Array> {
  const sizes = lattice.axes.map(({ size }) => size);
  const sums = new Float64Array(voxelsIn(sizes));
  const windows = new Uint32Array(sums.length);
  const inTurn = Math.ceil(voxelsInTurn / Math.max(1, voxelsIn(lattice.axes.map(({ window }) => window))));
  for (let position = 0; position < lattice.count; position++) {
    if (position % inTurn === 0) yield;
    const drop = drops[position] ?? NaN;
    if (Number.isNaN(drop)) continue;
    forEachRow(sizes, boxAt(lattice, position), (offset, _, length) => {
      for (let v = offset; v < offset + length; v++) {
        sums[v] = (sums[v] ?? 0) + drop;
        windows[v] = (windows[v] ?? 0) + 1;
      }
    });
  }
  const map = new Float32Array(sums.length);
  for (let v = 0; v < map.length; v++) map[v] = windows[v] === 0 ? NaN : (sums[v] ?? 0) / (windows[v] ?? 1);
  return map;
}

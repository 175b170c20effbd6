import type { VoxelArray } from '../../shared/volume';
import type { PlaneStack } from './plane';
import { samplePlane, type Sampling } from './reformat';
import type { Voxels } from './voxels';

/** One picture cut from a volume. *Shape* of `values` [row][column]. */
export interface PlanePixels {
  readonly key: string;
  readonly columns: number;
  readonly rows: number;
  readonly values: VoxelArray;
}

const limitBytes = 96 * 2 ** 20;
const kept = new Map<string, PlanePixels>();
let keptBytes = 0;

function emptyLike(voxels: Voxels, count: number): VoxelArray {
  const { values } = voxels;
  return values instanceof Int16Array
    ? new Int16Array(count)
    : values instanceof Uint8Array
      ? new Uint8Array(count)
      : new Float32Array(count);
}

/** The picture of a volume on one plane, cut now or kept from before. The last used are kept, up to 96 MiB. */
export function planePixels(voxels: Voxels, stack: PlaneStack, slice: number, how: Sampling): PlanePixels {
  const key = `${voxels.source.id}@${String(voxels.version)}/${stack.key}/${String(slice)}/${how.between}/${how.edge}`;
  const before = kept.get(key);
  if (before) {
    kept.delete(key);
    kept.set(key, before);
    return before;
  }
  const [columns, rows] = stack.grid.size;
  const values = emptyLike(voxels, columns * rows);
  samplePlane(voxels.values, voxels.source.grid, stack, slice, how, values);
  const pixels: PlanePixels = { key, columns, rows, values };
  kept.set(key, pixels);
  keptBytes += values.byteLength;
  for (const [oldest, { values: old }] of kept) {
    if (keptBytes <= limitBytes || oldest === key) break;
    kept.delete(oldest);
    keptBytes -= old.byteLength;
  }
  return pixels;
}

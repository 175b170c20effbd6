import { applyAffine } from '../../shared/geometry';
import type { VoxelArray } from '../../shared/volume';
import type { PlaneStack } from './plane';
import { pictureToVoxel, samplePlane, type Sampling } from './reformat';
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

/** Tells apart what has come of a volume as far as one picture needs it. */
function stateOf(voxels: Voxels, stack: PlaneStack, slice: number): string {
  if (voxels.whole) return 'whole';
  if (!stack.native || stack.image !== voxels.source.grid) return String(voxels.version);
  const [, , k] = applyAffine(pictureToVoxel(stack, stack.image), [0, 0, slice]);
  return voxels.come[Math.round(k)] === 1 ? 'whole' : String(voxels.version);
}

/** The picture of a volume on one plane, cut now or kept from before. The last used are kept, up to 96 MiB. */
export function planePixels(voxels: Voxels, stack: PlaneStack, slice: number, how: Sampling): PlanePixels {
  const key = `${voxels.source.id}@${stateOf(voxels, stack, slice)}/${stack.key}/${String(slice)}/${how.between}/${how.edge}`;
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

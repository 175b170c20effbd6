import { randomUUID } from 'node:crypto';
import type { BlobVolume } from '../../../shared/study';
import type { Volume, VoxelArray } from '../../../shared/volume';
import type { Blobs } from './session';

interface Kept {
  readonly owner: string;
  readonly values: VoxelArray;
  readonly sliceLength: number;
  readonly slices: number;
}

/** The volumes that the window may fetch, and the bytes of their slices. */
export interface BlobStore extends Blobs {
  /** Bytes of slices `from` … `from + count − 1`, a view; null where the id is unknown or the slices are not there. */
  bytes(id: string, from: number, count: number): Uint8Array | null;
}

function typeOf(values: VoxelArray): BlobVolume['type'] {
  if (values instanceof Int16Array) return 'int16';
  return values instanceof Float32Array ? 'float32' : 'uint8';
}

function finiteRange(values: VoxelArray): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high && v !== Infinity) high = v;
  }
  return low <= high ? [low, high] : [0, 0];
}

export function blobStore(): BlobStore {
  const kept = new Map<string, Kept>();
  return {
    keep(volume: Volume<VoxelArray>, owner: string): BlobVolume {
      const id = randomUUID();
      const { size, affine } = volume.grid;
      kept.set(id, { owner, values: volume.values, sliceLength: size[0] * size[1], slices: size[2] });
      return {
        id,
        grid: { size: [...size], affine },
        type: typeOf(volume.values),
        unit: volume.unit,
        frameOfReference: volume.frameOfReference,
        range: finiteRange(volume.values),
      };
    },
    drop(owner: string): void {
      for (const [id, blob] of kept) if (blob.owner === owner) kept.delete(id);
    },
    bytes(id, from, count) {
      const blob = kept.get(id);
      if (!blob || from < 0 || count < 1 || from + count > blob.slices) return null;
      const { values, sliceLength } = blob;
      const size = values.BYTES_PER_ELEMENT;
      return new Uint8Array(values.buffer, values.byteOffset + from * sliceLength * size, count * sliceLength * size);
    },
  };
}

import { fetchSlices } from '../bridge/bridge';
import type { BlobVolume } from '../../shared/study';
import type { VoxelArray } from '../../shared/volume';

/** The voxels of one volume as far as they have come. Never made reactive: it is read in number loops. */
export interface Voxels {
  readonly source: BlobVolume;
  /** *Shape* [k][j][i]. What has not come is NaN in a Float32Array, else the value given by `unknownOf`. */
  readonly values: VoxelArray;
  /** 1 for each slice k that has come. */
  readonly come: Uint8Array;
  /** Grows with every brick: pictures cut before are out of date. */
  readonly version: number;
  readonly slicesCome: number;
  readonly whole: boolean;
  /** Why loading ended early; null while it goes well. */
  readonly failure: unknown;
}

/** A claim on the voxels of a volume. They may be dropped when nobody holds them. */
export interface VoxelHold {
  readonly voxels: Voxels;
  /** The slice that is looked at: it comes first, then its neighbours outwards. */
  want(slice: number): void;
  release(): void;
}

interface Loading extends Voxels {
  values: VoxelArray;
  version: number;
  slicesCome: number;
  whole: boolean;
  failure: unknown;
  wanted: number;
  holds: Set<() => void>;
  running: AbortController | null;
}

const brickBytes = 2 * 2 ** 20;
const cacheBytes = 1.5 * 2 ** 30;
const cached = new Map<string, Loading>();

const bytesPerVoxel = { int16: 2, float32: 4, uint8: 1 } as const;

/** What stands for a voxel that has not come or lies outside: unknown, the lowest value, or background. */
export function unknownOf(source: BlobVolume): number {
  return source.type === 'float32' ? NaN : source.type === 'uint8' ? 0 : source.range[0];
}

function emptyValues({ type, grid: { size } }: BlobVolume, unknown: number): VoxelArray {
  const count = size[0] * size[1] * size[2];
  const values =
    type === 'int16' ? new Int16Array(count) : type === 'float32' ? new Float32Array(count) : new Uint8Array(count);
  return unknown === 0 ? values : values.fill(unknown);
}

/** First slice and count of the next brick: the wanted slice alone, then whole bricks outwards from it. */
export function nextBrick(come: Uint8Array, wanted: number, slicesPerBrick: number): readonly [number, number] | null {
  if (come[wanted] === 0) return [wanted, 1];
  for (let distance = 1; distance < come.length; distance++) {
    for (const [at, step] of [
      [wanted + distance, 1],
      [wanted - distance, -1],
    ] as const) {
      if (come[at] !== 0) continue;
      let count = 1;
      while (count < slicesPerBrick && come[at + step * count] === 0) count++;
      return [step > 0 ? at : at - count + 1, count];
    }
  }
  return null;
}

async function load(loading: Loading, signal: AbortSignal): Promise<void> {
  const { grid, type } = loading.source;
  const perSlice = grid.size[0] * grid.size[1];
  const slicesPerBrick = Math.max(1, Math.floor(brickBytes / (perSlice * bytesPerVoxel[type])));
  for (;;) {
    const brick = nextBrick(loading.come, loading.wanted, slicesPerBrick);
    if (!brick) break;
    const [from, count] = brick;
    const values = await fetchSlices(loading.source, from, count, signal);
    loading.values.set(values.subarray(0, count * perSlice), from * perSlice);
    loading.come.fill(1, from, from + count);
    loading.slicesCome += count;
    loading.version++;
    loading.whole = loading.slicesCome === loading.come.length;
    for (const changed of [...loading.holds]) changed();
  }
}

function start(loading: Loading): void {
  if (loading.running || loading.whole) return;
  const running = new AbortController();
  loading.running = running;
  loading.failure = null;
  load(loading, running.signal)
    .catch((failure: unknown) => {
      if (running.signal.aborted) return;
      loading.failure = failure;
      for (const changed of [...loading.holds]) changed();
    })
    .finally(() => {
      if (loading.running === running) loading.running = null;
    });
}

function dropUnheld(): void {
  let bytes = 0;
  for (const { values } of cached.values()) bytes += values.byteLength;
  for (const [id, { values, holds }] of cached) {
    if (bytes <= cacheBytes) return;
    if (holds.size > 0) continue;
    cached.delete(id);
    bytes -= values.byteLength;
  }
}

/**
 * Begins to load a volume, or joins those who hold it already. `changed` is called after every brick and on failure.
 * The first picture needs one slice only; the rest follows in bricks of about 2 MiB.
 */
export function holdVoxels(source: BlobVolume, wanted: number, changed: () => void): VoxelHold {
  const before = cached.get(source.id);
  const loading: Loading = before ?? {
    source,
    values: emptyValues(source, unknownOf(source)),
    come: new Uint8Array(source.grid.size[2]),
    version: 0,
    slicesCome: 0,
    whole: false,
    failure: null,
    wanted,
    holds: new Set(),
    running: null,
  };
  cached.delete(source.id);
  cached.set(source.id, loading);
  const mine = (): void => {
    changed();
  };
  loading.holds.add(mine);
  loading.wanted = Math.min(Math.max(wanted, 0), source.grid.size[2] - 1);
  start(loading);
  dropUnheld();
  return {
    voxels: loading,
    want(slice) {
      loading.wanted = Math.min(Math.max(slice, 0), source.grid.size[2] - 1);
      start(loading);
    },
    release() {
      loading.holds.delete(mine);
      if (loading.holds.size > 0) return;
      loading.running?.abort();
      loading.running = null;
      if (!loading.whole) cached.delete(source.id);
      dropUnheld();
    },
  };
}

/** Forgets a volume whose voxels the engine has given up. */
export function forgetVoxels(id: string): void {
  cached.get(id)?.running?.abort();
  cached.delete(id);
}

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BlobVolume } from '../../../shared/study';
import { forgetVoxels, holdVoxels, nextBrick } from '../../../renderer/viewer/voxels';
import { blobOf, upright } from './grids';

const grid = upright([4, 3, 10], [1, 1, 1]);
const perSlice = 12;
const source: BlobVolume = { ...blobOf(grid, 'int16', [-5, 200]), id: 'ct' };
const stored = Int16Array.from({ length: 120 }, (_, n) => n);

/** Serves the stored voxels as the window's protocol does, and keeps what was asked for. */
function serve(fails = 0): { readonly asked: string[] } {
  const asked: string[] = [];
  let failing = fails;
  vi.stubGlobal('fetch', (address: string, options?: { signal?: AbortSignal }) => {
    asked.push(address);
    options?.signal?.throwIfAborted();
    if (failing-- > 0) return Promise.resolve(new Response(null, { status: 404 }));
    const query = new URL(address.replace('isolens:', 'http:')).searchParams;
    const [from, count] = [Number(query.get('from')), Number(query.get('count'))];
    return Promise.resolve(new Response(stored.slice(from * perSlice, (from + count) * perSlice).buffer));
  });
  return { asked };
}

afterEach(() => {
  vi.unstubAllGlobals();
  forgetVoxels('ct');
});

describe('the voxels of a volume', () => {
  it('come with the wanted slice first, then outwards from it', async () => {
    const { asked } = serve();
    const seen: number[] = [];
    const hold = holdVoxels(source, 6, () => seen.push(hold.voxels.slicesCome));
    expect(hold.voxels.values[0]).toBe(-5);
    await vi.waitUntil(() => hold.voxels.whole);
    expect(asked[0]).toBe('isolens://blob/ct?from=6&count=1');
    expect(asked.slice(1)).toEqual(['isolens://blob/ct?from=7&count=3', 'isolens://blob/ct?from=0&count=6']);
    expect(seen).toEqual([1, 4, 10]);
    expect([...hold.voxels.values]).toEqual([...stored]);
    hold.release();
  });

  it('are shared by all who hold them, and kept when whole', async () => {
    const { asked } = serve();
    const first = holdVoxels(source, 0, () => undefined);
    const second = holdVoxels(source, 0, () => undefined);
    expect(second.voxels).toBe(first.voxels);
    await vi.waitUntil(() => first.voxels.whole);
    const before = asked.length;
    first.release();
    second.release();
    expect(holdVoxels(source, 3, () => undefined).voxels.whole).toBe(true);
    expect(asked).toHaveLength(before);
  });

  it('say that loading failed, and load again when asked', async () => {
    serve(1);
    let told = 0;
    const hold = holdVoxels(source, 2, () => told++);
    await vi.waitUntil(() => hold.voxels.failure !== null);
    expect(told).toBe(1);
    expect(hold.voxels.slicesCome).toBe(0);
    hold.want(2);
    await vi.waitUntil(() => hold.voxels.whole);
    expect(hold.voxels.failure).toBeNull();
    hold.release();
  });

  it('are no longer fetched once nobody holds them', () => {
    const signals: AbortSignal[] = [];
    vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const hold = holdVoxels(source, 5, () => undefined);
    expect(signals[0]?.aborted).toBe(false);
    hold.release();
    expect(signals[0]?.aborted).toBe(true);
    expect(holdVoxels(source, 5, () => undefined).voxels).not.toBe(hold.voxels);
  });

  it('are asked for in bricks that skip what has come', () => {
    const come = Uint8Array.from([0, 0, 1, 1, 0, 0, 0, 1]);
    expect(nextBrick(come, 5, 2)).toEqual([5, 1]);
    expect(nextBrick(come, 3, 2)).toEqual([4, 2]);
    expect(nextBrick(come, 2, 2)).toEqual([0, 2]);
    expect(nextBrick(new Uint8Array(4).fill(1), 2, 2)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { FromEngine } from '../../../shared/contract/wire';
import { IsolensError } from '../../../shared/problem/problem';
import { blobStore } from '../../../main/engine/job/blobs';
import { dispatcher } from '../../../main/engine/job/dispatch';
import type { Handlers } from '../../../main/engine/job/session';

/** An engine of which only some requests are answered; `next` gives what comes back, in order. */
function engine(handlers: Partial<Handlers>) {
  const sent: FromEngine[] = [];
  let wake: (() => void) | null = null;
  const { hear } = dispatcher(handlers as Handlers, blobStore(), (message) => {
    sent.push(message);
    wake?.();
  });
  return {
    hear,
    next: async (): Promise<FromEngine> => {
      while (sent.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return sent.shift() as FromEngine;
    },
  };
}

describe('the engine’s dispatcher', () => {
  it('answers a good request with what its handler gives', async () => {
    const { hear, next } = engine({ 'engine/cancelJob': () => Promise.resolve({}) });
    hear({ kind: 'ask', id: '1', name: 'engine/cancelJob', asked: { jobId: 'x' } });
    expect(await next()).toEqual({ kind: 'answer', id: '1', answer: { ok: true, value: {} } });
  });

  it('refuses what the contract does not allow, without asking the handler', async () => {
    const { hear, next } = engine({ 'engine/cancelJob': () => Promise.reject(new Error('must not be asked')) });
    hear({ kind: 'ask', id: '1', name: 'engine/cancelJob', asked: { jobId: 3 } });
    expect(await next()).toMatchObject({ answer: { ok: false, problem: { code: 'engine/bad-request' } } });
    hear({ kind: 'ask', id: '2', name: 'desktop/start', asked: {} });
    expect(await next()).toMatchObject({ id: '2', answer: { ok: false, problem: { code: 'engine/bad-request' } } });
  });

  it('turns what a handler throws into a problem as data', async () => {
    const { hear, next } = engine({
      'engine/openFolder': () => Promise.reject(new IsolensError('job/no-such-file', {}, { file: 'x' })),
    });
    hear({ kind: 'ask', id: '1', name: 'engine/openFolder', asked: { path: 'x' } });
    expect(await next()).toEqual({
      kind: 'answer',
      id: '1',
      answer: { ok: false, problem: { code: 'job/no-such-file', facts: {}, where: { file: 'x' } } },
    });
  });

  it('aborts a request by its id, and no other', async () => {
    const { hear, next } = engine({
      'engine/openFolder': (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    hear({ kind: 'ask', id: 'a', name: 'engine/openFolder', asked: { path: 'a' } });
    hear({ kind: 'ask', id: 'b', name: 'engine/openFolder', asked: { path: 'b' } });
    hear({ kind: 'cancel', id: 'b' });
    expect(await next()).toMatchObject({ id: 'b', answer: { ok: false, problem: { code: 'engine/cancelled' } } });
    hear({ kind: 'cancel', id: 'a' });
    expect(await next()).toMatchObject({ id: 'a' });
  });
});

describe('blobs', () => {
  const volume = {
    grid: { size: [2, 2, 3] as const, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const },
    values: Int16Array.from({ length: 12 }, (_, n) => n - 5),
    unit: 'HU' as const,
    frameOfReference: 'f',
  };

  it('serve the bytes of the slices that are asked for', () => {
    const store = blobStore();
    const { id, type, range } = store.keep(volume, 'study');
    expect({ type, range }).toEqual({ type: 'int16', range: [-5, 6] });
    const bytes = store.bytes(id, 1, 2);
    expect(bytes && [...new Int16Array(bytes.slice().buffer)]).toEqual([-1, 0, 1, 2, 3, 4, 5, 6]);
  });

  it('serve nothing outside the volume, and nothing that was dropped', () => {
    const store = blobStore();
    const { id } = store.keep(volume, 'study');
    expect(store.bytes(id, 2, 2)).toBeNull();
    expect(store.bytes(id, -1, 1)).toBeNull();
    store.drop('study');
    expect(store.bytes(id, 0, 1)).toBeNull();
  });
});

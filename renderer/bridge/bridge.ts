import {
  requests,
  streams,
  type Asks,
  type Gives,
  type RequestName,
  type StreamName,
  type Tells,
} from '../../shared/contract/contract';
import type { Answer } from '../../shared/contract/request';
import type { Progress } from '../../shared/job';
import { IsolensError } from '../../shared/problem/problem';
import type { BlobVolume } from '../../shared/study';
import type { VoxelArray } from '../../shared/volume';

/** What the preload lays on the window, and all that the page has of the outside. */
export interface Outside {
  ask(name: string, asked: unknown, requestId: string): Promise<Answer<unknown>>;
  cancel(requestId: string): void;
  hear(listener: (stream: string, event: unknown) => void): void;
  /** The path of a file that was dropped on the window. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly isolens: Outside;
  }
}

type Listener = (event: never) => void;
const listeners = new Map<StreamName, Set<Listener>>();
const progressOf = new Map<string, (progress: Progress) => void>();
let hearing = false;

function hearAll(): void {
  if (hearing) return;
  hearing = true;
  window.isolens.hear((name, event) => {
    const stream = name as StreamName;
    const told = streams[stream].parse(event);
    if (stream === 'engine/requestProgress') {
      const { requestId, progress } = told as Tells<'engine/requestProgress'>;
      progressOf.get(requestId)?.(progress);
    }
    for (const listener of listeners.get(stream) ?? []) listener(told as never);
  });
}

/** Listens to a stream until the returned function is called. */
export function hear<Name extends StreamName>(stream: Name, listener: (event: Tells<Name>) => void): () => void {
  hearAll();
  const of = listeners.get(stream) ?? new Set<Listener>();
  listeners.set(stream, of.add(listener));
  return () => of.delete(listener);
}

/** Asks the main process or the engine. *Problems* come as IsolensError; what was sent and what came are checked. */
export async function ask<Name extends RequestName>(
  name: Name,
  asked: Asks<Name>,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<Gives<Name>> {
  hearAll();
  const { asks, gives } = requests[name];
  const requestId = crypto.randomUUID();
  const cancel = (): void => {
    window.isolens.cancel(requestId);
  };
  signal?.addEventListener('abort', cancel);
  if (onProgress) progressOf.set(requestId, onProgress);
  try {
    const answer = await window.isolens.ask(name, asks.parse(asked), requestId);
    if (!answer.ok) throw new IsolensError(answer.problem.code, answer.problem.facts, answer.problem.where);
    return gives.parse(answer.value) as Gives<Name>;
  } finally {
    signal?.removeEventListener('abort', cancel);
    progressOf.delete(requestId);
  }
}

const arrays = { int16: Int16Array, float32: Float32Array, uint8: Uint8Array } as const;

/** Slices `from` … `from + count − 1` of a volume. *Shape* [count][j][i]. */
export async function fetchSlices(
  volume: BlobVolume,
  from: number,
  count: number,
  signal?: AbortSignal,
): Promise<VoxelArray> {
  const reply = await fetch(
    `isolens://blob/${volume.id}?from=${String(from)}&count=${String(count)}`,
    signal ? { signal } : {},
  );
  if (!reply.ok) throw new IsolensError('engine/blob-gone', { id: volume.id });
  return new arrays[volume.type](await reply.arrayBuffer());
}

import { engineRequests, type EngineRequests } from '../../../shared/contract/engine';
import type { FromEngine, ToEngine } from '../../../shared/contract/wire';
import { IsolensError, problemOf } from '../../../shared/problem/problem';
import type { Answering, Blobs, Handler, Handlers } from './session';

/** At most ten progress messages a second for one request. */
const progressEveryMs = 100;

export interface Dispatcher {
  /** Takes one message of the wire; answers come through `send`. */
  readonly hear: (message: ToEngine) => void;
  /** Aborts everything that is going on. */
  stop(): void;
}

const isEngineRequest = (name: string): name is keyof EngineRequests => Object.hasOwn(engineRequests, name);

/** Joins the wire to the handlers: checks what was asked and what is answered, passes progress on, and cancels by id. */
export function dispatcher(handlers: Handlers, blobs: Blobs, send: (message: FromEngine) => void): Dispatcher {
  const running = new Map<string, AbortController>();

  function answering(id: string, signal: AbortSignal): Answering {
    let last = 0;
    const tell: Answering['tell'] = (stream, event) => {
      send({ kind: 'tell', stream, event });
    };
    return {
      signal,
      blobs,
      tell,
      progress(progress) {
        const now = Date.now();
        if (now - last < progressEveryMs && progress.done < progress.total) return;
        last = now;
        tell('engine/requestProgress', { requestId: id, progress });
      },
    };
  }

  async function answer(id: string, name: keyof EngineRequests, asked: unknown): Promise<unknown> {
    const parsed = engineRequests[name].asks.safeParse(asked);
    if (!parsed.success) throw new IsolensError('engine/bad-request', { request: name });
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = handlers[name] as unknown as Handler<keyof EngineRequests>;
      const value = await handler(parsed.data, answering(id, controller.signal));
      return engineRequests[name].gives.parse(value);
    } finally {
      running.delete(id);
    }
  }

  return {
    hear(message) {
      if (message.kind === 'cancel') {
        running.get(message.id)?.abort(new IsolensError('engine/cancelled'));
        return;
      }
      const { id, name, asked } = message;
      const work = isEngineRequest(name)
        ? answer(id, name, asked)
        : Promise.reject(new IsolensError('engine/bad-request', { request: name }));
      work.then(
        (value) => {
          send({ kind: 'answer', id, answer: { ok: true, value } });
        },
        (thrown: unknown) => {
          send({ kind: 'answer', id, answer: { ok: false, problem: problemOf(thrown) } });
        },
      );
    },
    stop() {
      for (const controller of running.values()) controller.abort(new IsolensError('engine/cancelled'));
    },
  };
}

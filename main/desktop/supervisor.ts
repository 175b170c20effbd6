import { randomUUID } from 'node:crypto';
import type { RequestName, StreamName } from '../../shared/contract/contract';
import type { JobEvent } from '../../shared/contract/engine';
import type { Answer } from '../../shared/contract/request';
import type { FromEngine } from '../../shared/contract/wire';
import type { Problem, ProblemCode } from '../../shared/problem/problem';
import { startEngineProcess, type EngineProcess } from './engineProcess';
import { rememberOpen } from './rememberOpen';

/** Cancel must be answered within 300 ms; a native call that holds the engine longer costs it its life. */
const cancelWithinMs = 250;
const deathsWithinMs = 60_000;
const deathsAllowed = 3;

export interface Supervisor {
  ask(name: RequestName, asked: unknown, id: string): Promise<Answer<unknown>>;
  cancel(id: string): void;
  /** The socket that voxels are fetched from; null while there is no engine. */
  socket(): string | null;
  stop(): void;
}

type State = 'starting' | 'ready' | 'lost' | 'refused';
interface Job {
  readonly content: string;
  readonly folder: string;
}

const failed = (code: ProblemCode): Answer<never> => ({ ok: false, problem: { code, facts: {}, where: {} } });
const lost: Problem = { code: 'engine/lost', facts: {}, where: {} };

/**
 * Keeps one engine alive. When it dies, what waited is answered with a problem, its jobs are told lost with what they had
 * saved, and a new one is started with everything open reopened.
 */
export function supervise(node: string, entry: string, tell: (stream: StreamName, event: unknown) => void): Supervisor {
  const waiting = new Map<string, (answer: Answer<unknown>) => void>();
  const jobs = new Map<string, Job>();
  const deaths = new Map<string, number[]>();
  const memory = rememberOpen();
  let held: { name: RequestName; asked: unknown; id: string }[] = [];
  let engine: EngineProcess | null = null;
  let socket: string | null = null;
  /** False until everything that was open is open again. */
  let accepting = false;
  let stopping = false;
  let startFailures = 0;
  let cancelled = new Set<string>();

  const state = (now: State, reason: string | null = null): void => {
    tell('desktop/engine', { state: now, reason });
  };
  const jobEvent = (event: JobEvent): void => {
    tell('engine/jobEvents', event);
  };

  function send(name: RequestName, asked: unknown, id: string): Promise<Answer<unknown>> {
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      if (!accepting) held.push({ name, asked, id });
      else engine?.send({ kind: 'ask', id, name, asked });
    });
  }

  async function ready(at: string): Promise<void> {
    socket = at;
    for (const { name, asked } of memory.open()) {
      await new Promise<Answer<unknown>>((resolve) => {
        const id = randomUUID();
        waiting.set(id, resolve);
        engine?.send({ kind: 'ask', id, name, asked });
      });
    }
    startFailures = 0;
    accepting = true;
    state('ready');
    const late = held;
    held = [];
    for (const { name, asked, id } of late) engine?.send({ kind: 'ask', id, name, asked });
  }

  function hear(message: FromEngine): void {
    if (message.kind === 'ready') void ready(message.socket);
    else if (message.kind === 'answer') {
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    } else {
      if (message.stream === 'engine/jobEvents') {
        const event = message.event as JobEvent;
        if (['done', 'failed', 'cancelled', 'lost'].includes(event.kind)) jobs.delete(event.jobId);
      }
      tell(message.stream, message.event);
    }
  }

  function ended(reason: string): void {
    const wasReady = accepting;
    engine = null;
    socket = null;
    accepting = false;
    if (stopping) return;
    const now = Date.now();
    for (const [jobId, { content, folder }] of jobs) {
      if (cancelled.has(jobId)) jobEvent({ kind: 'cancelled', jobId, folder });
      else {
        deaths.set(content, [...(deaths.get(content) ?? []).filter((t) => now - t < deathsWithinMs), now]);
        jobEvent({ kind: 'lost', jobId, problem: lost, folder });
      }
    }
    jobs.clear();
    cancelled = new Set();
    const unanswered = [...waiting].filter(([id]) => !held.some((h) => h.id === id));
    for (const [id, resolve] of unanswered) {
      waiting.delete(id);
      resolve(failed('engine/lost'));
    }
    startFailures = wasReady ? 0 : startFailures + 1;
    if (startFailures >= deathsAllowed) {
      state('refused', reason);
      for (const { id } of held) waiting.get(id)?.(failed('engine/lost'));
      held = [];
      return;
    }
    state('lost', reason);
    start();
  }

  function start(): void {
    state('starting');
    engine = startEngineProcess(node, entry, { message: hear, end: ended });
  }

  async function startJob(asked: unknown, id: string): Promise<Answer<unknown>> {
    const content = JSON.stringify(asked);
    const recent = (deaths.get(content) ?? []).filter((t) => Date.now() - t < deathsWithinMs);
    if (recent.length >= deathsAllowed) return failed('engine/refused');
    const answer = await send('engine/startJob', asked, id);
    if (answer.ok) {
      const { jobId } = answer.value as { jobId: string };
      jobs.set(jobId, { content, folder: (asked as { out: string }).out });
    }
    return answer;
  }

  async function cancelJob(asked: unknown, id: string): Promise<Answer<unknown>> {
    const { jobId } = asked as { jobId: string };
    cancelled.add(jobId);
    const late = setTimeout(() => {
      waiting.get(id)?.({ ok: true, value: {} });
      waiting.delete(id);
      engine?.kill();
    }, cancelWithinMs);
    const answer = await send('engine/cancelJob', asked, id);
    clearTimeout(late);
    return answer;
  }

  start();
  return {
    async ask(name, asked, id) {
      if (name === 'engine/startJob') return startJob(asked, id);
      if (name === 'engine/cancelJob') return cancelJob(asked, id);
      const answer = await send(name, asked, id);
      if (answer.ok) memory.note(name, asked, answer.value);
      return answer;
    },
    cancel(id) {
      engine?.send({ kind: 'cancel', id });
      waiting.get(id)?.(failed('engine/cancelled'));
      waiting.delete(id);
    },
    socket: () => socket,
    stop() {
      stopping = true;
      engine?.kill();
    },
  };
}

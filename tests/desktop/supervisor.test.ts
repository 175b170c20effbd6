import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { supervise, type Supervisor } from '../../main/desktop/supervisor';

const entry = fileURLToPath(new URL('../samples/engineThatMisbehaves.mjs', import.meta.url));

interface Told {
  readonly stream: string;
  readonly event: {
    readonly kind?: string;
    readonly state?: string;
    readonly jobId?: string;
    readonly folder?: string;
  };
}

function listening() {
  const told: Told[] = [];
  const waiters: { readonly wanted: (t: Told) => boolean; readonly resolve: (t: Told) => void }[] = [];
  return {
    told,
    tell: (stream: string, event: unknown): void => {
      const one = { stream, event } as Told;
      told.push(one);
      for (const { wanted, resolve } of waiters) if (wanted(one)) resolve(one);
    },
    /** The nth event of this kind or state, already told or still to come. */
    heard: (wanted: (event: Told['event']) => boolean, nth = 1): Promise<Told> => {
      const count = (): Told | undefined => told.filter(({ event }) => wanted(event))[nth - 1];
      const before = count();
      if (before) return Promise.resolve(before);
      return new Promise((resolve) => {
        waiters.push({ wanted: () => count() !== undefined, resolve });
      });
    },
  };
}

let supervisor: Supervisor | null = null;
afterEach(() => supervisor?.stop());

const statusOf = async (of: Supervisor): Promise<{ pid: number; open: string[] }> => {
  const answer = await of.ask('engine/status', {}, crypto.randomUUID());
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value as { pid: number; open: string[] };
};
const startJob = (of: Supervisor, out: string) =>
  of.ask('engine/startJob', { job: {}, base: '', out }, crypto.randomUUID());

describe('the supervisor', () => {
  it('holds what is asked before the engine is ready, and answers it then', async () => {
    const { tell } = listening();
    supervisor = supervise(process.execPath, entry, tell);
    expect((await statusOf(supervisor)).open).toEqual([]);
  });

  it('reports the job of a dead engine as lost, starts another and reopens what was open', async () => {
    const { tell, heard } = listening();
    supervisor = supervise(process.execPath, entry, tell);
    const before = await statusOf(supervisor);
    await supervisor.ask('engine/openFolder', { path: '/patients/one' }, 'a');
    await supervisor.ask('engine/openNetwork', { path: '/networks/unet' }, 'b');
    const started = await startJob(supervisor, 'die');
    expect(started).toEqual({ ok: true, value: { jobId: 'job-die' } });
    const lost = await heard(({ kind }) => kind === 'lost');
    expect(lost.event).toMatchObject({ jobId: 'job-die', folder: 'die', problem: { code: 'engine/lost' } });
    const after = await statusOf(supervisor);
    expect(after.pid).not.toBe(before.pid);
    expect(after.open).toEqual(['/patients/one', '/networks/unet']);
  });

  it('replaces an engine that a native call holds when its job is cancelled, and calls the job cancelled', async () => {
    const { tell, told, heard } = listening();
    supervisor = supervise(process.execPath, entry, tell);
    const before = await statusOf(supervisor);
    await startJob(supervisor, 'hang');
    await heard(({ kind }) => kind === 'queued');
    const answer = await supervisor.ask('engine/cancelJob', { jobId: 'job-hang' }, 'c');
    expect(answer.ok).toBe(true);
    const cancelled = await heard(({ kind }) => kind === 'cancelled');
    expect(cancelled.event).toMatchObject({ jobId: 'job-hang', folder: 'hang' });
    expect((await statusOf(supervisor)).pid).not.toBe(before.pid);
    expect(told.some(({ event }) => event.kind === 'lost')).toBe(false);
  });

  it('refuses a job on which the engine has died three times within a minute, and no other', async () => {
    const { tell, told, heard } = listening();
    supervisor = supervise(process.execPath, entry, tell);
    for (let death = 1; death <= 3; death++) {
      await startJob(supervisor, 'die');
      await heard(({ kind }) => kind === 'lost', death);
    }
    expect(told.filter(({ event }) => event.kind === 'lost')).toHaveLength(3);
    expect(await startJob(supervisor, 'die')).toMatchObject({ ok: false, problem: { code: 'engine/refused' } });
    expect(await startJob(supervisor, 'other')).toMatchObject({ ok: true });
  });

  it('answers a cancelled request at once', async () => {
    const { tell } = listening();
    supervisor = supervise(process.execPath, entry, tell);
    await statusOf(supervisor);
    const waiting = supervisor.ask('engine/openResults', { folder: 'never answered' }, 'd');
    supervisor.cancel('d');
    expect(await waiting).toMatchObject({ ok: false, problem: { code: 'engine/cancelled' } });
  });
});

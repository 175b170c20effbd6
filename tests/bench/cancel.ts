import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { supervise } from '../../main/desktop/supervisor';
import type { JobEvent } from '../../shared/contract/engine';
import { median, printTable, quantile } from './figures';
import type { Made } from './make';

/** Moments are drawn from the first so many seconds of a run: it reads and prepares first, then hides and infers. */
const withinMs = 25_000;
const ends: readonly string[] = ['done', 'failed', 'cancelled', 'lost'];

interface Trial {
  readonly atMs: number;
  readonly stage: string;
  readonly answeredMs: number;
  readonly endedMs: number;
  readonly end: string;
  readonly replaced: boolean;
}

/** Starts occlusion over and over in the package's own engine, under the supervisor that the window has, and cancels it. */
export async function bench(made: Made, trials = 10): Promise<void> {
  const folder = join(process.env['ISOLENS_APP'] ?? '', 'resources', 'engine');
  let told: (event: JobEvent) => void = () => undefined;
  let replacements = 0;
  const engine = supervise(join(folder, 'node'), join(folder, 'start.mjs'), (stream, event) => {
    if (stream === 'engine/jobEvents') told(event as JobEvent);
    if (stream === 'desktop/engine' && (event as { readonly state: string }).state === 'lost') replacements++;
  });

  async function trial(n: number, atMs: number): Promise<Trial> {
    const began = performance.now();
    let stage = 'waiting';
    let end = '';
    const before = replacements;
    const ended = new Promise<number>((resolve) => {
      told = (event) => {
        if (event.kind === 'progress') ({ stage } = event.progress);
        if (!ends.includes(event.kind)) return;
        end = event.kind === 'failed' ? `failed: ${event.problem.code}` : event.kind;
        resolve(performance.now());
      };
    });
    const job = {
      schema: 'isolens/job@1',
      network: made.network,
      inputs: [{ study: made.study }],
      analyses: [{ id: 'occlusion', parameters: { target: { label: 'Parotid_L' }, windowMm: 20, strideMm: 10 } }],
    };
    const out = join(made.scratch, `cancelled-${String(n)}`);
    const started = await engine.ask('engine/startJob', { job, base: made.scratch, out }, randomUUID());
    if (!started.ok) throw new Error(started.problem.code);
    await pause(Math.max(0, atMs - (performance.now() - began)));
    if (end !== '') throw new Error(`the run had ended before it could be cancelled: ${end}`);
    const stageThen = stage;
    const asked = performance.now();
    const answer = await engine.ask('engine/cancelJob', started.value, randomUUID());
    const answeredMs = performance.now() - asked;
    if (!answer.ok) throw new Error(answer.problem.code);
    const endedMs = (await ended) - asked;
    const replaced = replacements > before;
    return { atMs, stage: stageThen, answeredMs, endedMs, end, replaced };
  }

  try {
    // What is asked while the engine starts waits for it: its start is not part of a run.
    const status = await engine.ask('engine/status', {}, randomUUID());
    if (!status.ok) throw new Error(status.problem.code);
    const random = xoroshiro128plus(7);
    const done: Trial[] = [];
    for (let n = 0; n < trials; n++) {
      const atMs = uniformFloat64(random) * withinMs;
      done.push(await trial(n, atMs));
      // A new engine is waited for, as the last one's end may still be on its way.
      await engine.ask('engine/status', {}, randomUUID());
    }
    console.log('cancelling an occlusion');
    printTable(
      ['in the middle of', 'cancelled after, s', 'answered, ms', 'run ended, ms', 'how', 'engine replaced'],
      done.map(({ stage, atMs, answeredMs, endedMs, end, replaced }) => [
        stage,
        (atMs / 1000).toFixed(1),
        answeredMs.toFixed(0),
        endedMs.toFixed(0),
        end,
        replaced ? 'yes' : 'no',
      ]),
    );
    const answered = done.map(({ answeredMs }) => answeredMs);
    console.log(
      `answered: median ${median(answered).toFixed(0)} ms, longest ${quantile(answered, 1).toFixed(0)} ms; ` +
        `the engine was replaced ${String(replacements)} times in ${String(trials)}\n`,
    );
  } finally {
    engine.stop();
  }
}

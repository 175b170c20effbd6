import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Context, OpenInput, Step } from '../../main/engine/analysis/analysis';
import { forward } from '../../main/engine/analysis/forward';
import { startBackend } from '../../main/engine/job/backend';
import { makePhantoms } from '../../main/engine/job/makePhantoms';
import { memoryBudget } from '../../main/engine/job/memoryBudget';
import { openInput } from '../../main/engine/job/openInput';
import { closePlan, planJob } from '../../main/engine/job/plan';
import { checkJob } from '../../main/engine/job/readJob';
import { resultFolder } from '../../main/engine/job/resultFolder';
import { runPlan } from '../../main/engine/job/run';
import type { InputWriter } from '../../main/engine/result/inputWriter';
import { printTable } from './figures';

const rounds = 3;
const network = join('resources', 'demo', 'networks', 'organs-unet-final', 'model.json');

interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

/** Wall and CPU time of some work, in ms. */
async function taken(work: () => Promise<unknown>): Promise<Taken> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - from, cpu: (user + system) / 1000 };
}

async function toEnd(steps: AsyncGenerator<Step, unknown>): Promise<void> {
  while (!(await steps.next()).done);
}

const best = (all: readonly Taken[]): Taken => ({
  wall: Math.min(...all.map(({ wall }) => wall)),
  cpu: Math.min(...all.map(({ cpu }) => cpu)),
});

/**
 * A synthetic patient through the demo's segmenter: how the scan for dead filters and the search compare with the plain forward pass of
 * the same planes, and a run that finds its parts with the first one. Turn by turn, the best of three.
 */
export async function bench(): Promise<void> {
  await startBackend();
  const folder = mkdtempSync(join(tmpdir(), 'isolens-database-'));
  try {
    const signal = new AbortController().signal;
    const [study] = await makePhantoms({ out: folder, patients: 1, seed: 1 });
    const analyses = [{ id: 'maps' }, { id: 'search' }];
    const job = checkJob({ schema: 'isolens/job@1', network, inputs: [{ study }], analyses });
    const plan = await planJob({ job, base: process.cwd() });
    const [planned] = plan.inputs;
    if (!planned) throw new Error('the job has no input');
    const input = await openInput(planned, plan, signal);
    const context: Context = {
      network: plan.network,
      recipe: plan.recipe,
      memoryBytes: memoryBudget(undefined),
      inputCount: 1,
    };
    const none: InputWriter = { volume: () => Promise.resolve(''), array: () => Promise.resolve('') };
    const run = (own: OpenInput, at: number) => (): Promise<void> => {
      const step = plan.analyses[at];
      if (!step) throw new Error('the job has no such analysis');
      return toEnd(step.analysis.onInput(own, context, step.parameters, none, signal));
    };
    const ways = [() => toEnd(forward(context, input.prepared, signal)), run(input, 0), run(input, 1)] as const;
    const all: [Taken[], Taken[], Taken[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) for (const [n, way] of ways.entries()) all[n]?.push(await taken(way));
    const [plain, scan, search] = [best(all[0]), best(all[1]), best(all[2])];
    const ratio = (a: Taken, b: Taken): string => `${(a.wall / b.wall).toFixed(2)} / ${(a.cpu / b.cpu).toFixed(2)}`;
    const row = (name: string, one: Taken, ratios: string): string[] => [
      name,
      one.wall.toFixed(0),
      one.cpu.toFixed(0),
      ratios,
    ];
    console.log(
      `database: ${String(input.prepared.array.shape[0])} planes of a synthetic patient, organs-unet-final\n`,
    );
    const out = join(folder, 'results');
    const whole = async (): Promise<void> => {
      const to = await resultFolder(out, job);
      await runPlan(plan, {
        folder: to,
        signal,
        resume: true,
        memoryBytes: context.memoryBytes,
        progress: () => undefined,
      });
    };
    const [first, again] = [await taken(whole), await taken(whole)];
    closePlan(plan);
    printTable(
      ['what', 'ms (wall)', 'ms (CPU)', 'ratio (wall / CPU)'],
      [
        row('plain forward pass', plain, ''),
        row('scan for dead filters', scan, `${ratio(plain, scan)} of the forward rate (aim 0.85)`),
        row('search, every channel', search, `${ratio(search, scan)} times the scan (aim 1.2)`),
        row('a run of both, from the files', first, ''),
        row('the same again, from its parts', again, `${ratio(again, first)} of the first (aim 0.02)`),
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

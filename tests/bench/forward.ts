import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { acceptInputs, execute, HeldWeights } from '../../main/engine/network/execute';
import { startBackend } from '../../main/engine/network/tensorflow';
import { printTable } from './figures';
import { benchCases, drawn, type BenchCase } from './incrementalNetworks';

/** Units: ms. */
interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

type Way = (key: string) => Promise<Taken>;

/** Python's TensorFlow in a process of its own, one run at a time; null where ISOLENS_PYTHON names none. */
async function python(): Promise<{ readonly version: string; readonly run: Way; stop(): void } | null> {
  const program = process.env['ISOLENS_PYTHON'];
  if (program === undefined) return null;
  const child = spawn(program, [join('tests', 'bench', 'forward.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done) throw new Error(`${program} has no TensorFlow`);
    return next.value;
  };
  return {
    version: await line(),
    run: async (key) => {
      child.stdin.write(`${key}\n`);
      const [wall = NaN, cpu = NaN] = (await line()).split(' ').map(Number);
      return { wall, cpu };
    },
    stop: () => {
      child.stdin.end();
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** One batch entry, as a graph or node by node. */
function ours(one: BenchCase, byNode: boolean, weights: HeldWeights): () => Promise<Taken> {
  const values = drawn(one.sizes.reduce((p, n) => p * n, 1));
  const inputs = acceptInputs(one.graph, { input: { shape: [1, ...one.sizes, 1], values } });
  const fetches = [{ node: one.node, stage: 'output' }] as const;
  return () => timed(() => execute(one.graph, weights, inputs, fetches, undefined, byNode ? 'nodes' : 'whole'));
}

const best = (taken: readonly Taken[], by: keyof Taken): number => Math.min(...taken.map((own) => own[by]));

/** The plain forward pass beside Python's graph mode, in turns: ISOLENS_ROUNDS (7), ISOLENS_CASES (all), ISOLENS_PYTHON. */
export async function bench(): Promise<void> {
  const backend = await startBackend();
  const other = await python();
  const rounds = Number(process.env['ISOLENS_ROUNDS'] ?? 7);
  console.log(
    `forward pass: ${backend.rung}, TensorFlow ${backend.versions['libtensorflow'] ?? ''}, best of ${rounds} rounds`,
  );
  console.log(`Python: ${other ? `TensorFlow ${other.version}, graph mode` : 'ISOLENS_PYTHON names none'}`);
  console.log(Object.entries(backend.flags ?? {}).map(([name, value]) => `${name}=${value}`).join(' ')); // prettier-ignore
  const rows: string[][] = [];
  for (const key of process.env['ISOLENS_CASES']?.split(',') ?? Object.keys(benchCases)) {
    const one = benchCases[key]?.();
    if (!one) throw new Error(`there is no case ${key}: ${Object.keys(benchCases).join(', ')}`);
    const weights = new HeldWeights();
    const [byNode, whole] = [ours(one, true, weights), ours(one, false, weights)];
    const taken = { byNode: [] as Taken[], whole: [] as Taken[], python: [] as Taken[] };
    // The first two rounds build kernels.
    for (let round = -2; round < rounds; round++) {
      const all = [await byNode(), await whole(), ...(other ? [await other.run(key)] : [])] as const;
      if (round < 0) continue;
      taken.byNode.push(all[0]);
      taken.whole.push(all[1]);
      if (all[2]) taken.python.push(all[2]);
    }
    weights.free();
    const both = (own: readonly Taken[]): string => `${best(own, 'wall').toFixed(0)} / ${best(own, 'cpu').toFixed(0)}`;
    const ratio = (by: keyof Taken): string => (best(taken.python, by) / best(taken.whole, by)).toFixed(2);
    rows.push([
      one.name,
      both(taken.byNode),
      both(taken.whole),
      other ? both(taken.python) : '–',
      other ? `${ratio('wall')} / ${ratio('cpu')}` : '–',
    ]);
    console.log(rows.at(-1)?.join('  '));
  }
  other?.stop();
  printTable(['ms, wall / CPU', 'node by node', 'whole graph', 'Python graph', 'speed against Python'], rows);
}

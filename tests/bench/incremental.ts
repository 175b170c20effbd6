import { join } from 'node:path';
import process from 'node:process';
import { acceptInputs, execute, HeldWeights } from '../../main/engine/network/execute';
import { sizesOfBox } from '../../main/engine/network/incremental/box';
import { deltaPartsOf } from '../../main/engine/network/incremental/delta';
import { occluderOf } from '../../main/engine/network/incremental/occluder';
import { programOf } from '../../main/engine/network/incremental/program';
import { demandOf } from '../../main/engine/network/incremental/reach';
import { runBatch, Turns } from '../../main/engine/network/incremental/runBatch';
import { StepWeights } from '../../main/engine/network/incremental/stepWeights';
import type { HiddenPlace, NetworkArray, Occluder } from '../../main/engine/network/network';
import { openNetwork } from '../../main/engine/network/open';
import { startBackend, tf } from '../../main/engine/network/tensorflow';
import { median, printTable } from './figures';
import { benchCases, drawn, windowsOf, type BenchCase } from './incrementalNetworks';

const budgetBytes = 4 * 2 ** 30;
const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** Wall and CPU time. The latter is disturbed less by what else runs on the machine. Units: ms. */
interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<void>): Promise<Taken> {
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** Runs of one kind, one a round. */
class Rounds {
  readonly #taken: Taken[] = [];
  add(taken: Taken, places = 1): void {
    this.#taken.push({ wall: taken.wall / places, cpu: taken.cpu / places });
  }
  get wall(): number {
    return median(this.#taken.map(({ wall }) => wall));
  }
  get cpu(): number {
    return median(this.#taken.map(({ cpu }) => cpu));
  }
}

const fetchOf = ({ node }: BenchCase) => ({ node, stage: 'output' }) as const;

/** The input with a place hidden, for each of some places. */
function hiddenBatch({ sizes }: BenchCase, values: Float32Array, places: readonly HiddenPlace[]): NetworkArray {
  const size = values.length;
  const batch = new Float32Array(places.length * size);
  places.forEach(({ box }, n) => {
    batch.set(values, n * size);
    const extent = box.end.map((to, axis) => to - (box.start[axis] ?? 0));
    const width = extent.at(-1) ?? 1;
    for (let row = 0; row < product(extent) / width; row++) {
      let [rest, at, step] = [row, box.start.at(-1) ?? 0, sizes.at(-1) ?? 1];
      for (let axis = sizes.length - 2; axis >= 0; axis--) {
        at += ((box.start[axis] ?? 0) + (rest % (extent[axis] ?? 1))) * step;
        rest = Math.floor(rest / (extent[axis] ?? 1));
        step *= sizes[axis] ?? 1;
      }
      batch.fill(0, n * size + at, n * size + at + width);
    }
  });
  return { shape: [places.length, ...sizes, 1], values: batch };
}

/** Runs a batch through no more of the network than the region demands, with the operations of the incremental way. */
function croppedRun(one: BenchCase, values: Float32Array): { run(batch: number): Promise<void>; free(): void } {
  const program = programOf(one.graph, new Map([['input', [1, ...one.sizes, 1]]]), 'input', fetchOf(one));
  if (!program) throw new Error(`${one.name} has no program`);
  const demanded = demandOf(program, one.region);
  const sizes = demanded.map((box) => box && sizesOfBox(box));
  const weights = new StepWeights();
  const own = sizes[program.hidden] ?? [];
  const cropped = values.subarray(0, product(own));
  return {
    async run(batch) {
      for (const step of program.steps) if (step.work.kind !== 'input') weights.of(step);
      const patches: (ReturnType<typeof tf.tensor> | null)[] = program.steps.map(() => null);
      const all = new Float32Array(batch * cropped.length);
      for (let n = 0; n < batch; n++) all.set(cropped, n * cropped.length);
      patches[program.hidden] = tf.tensor(all, [batch, ...own, 1]);
      const starts = demanded.map(
        (box) =>
          box && Int32Array.from({ length: batch * box.start.length }, (_, n) => box.start[n % box.start.length] ?? 0),
      );
      const result = await runBatch(
        {
          program,
          demanded,
          parts: deltaPartsOf(program),
          weights,
          intact: null,
          count: batch,
          sizes,
          delta: program.steps.map(() => false),
          starts,
          slots: Int32Array.from({ length: batch }, (_, n) => n),
          patches,
          boxRows: new Map(),
        },
        new Turns(undefined),
      );
      await result.data();
      result.dispose();
    },
    free: () => {
      weights.free();
    },
  };
}

/** What the issue wants: against full inference, and against the same cropped to the demand. */
const targets: Readonly<Record<string, readonly [number, number | null]>> = {
  'classifier-2d-256': [20, null],
  'classifier-2d-512': [75, null],
  'classifier-3d-64': [24, null],
  'classifier-3d-96': [75, null],
  'unet-2d-512': [160, 18],
  'unet-3d-96': [80, 25],
};

async function openedOn(one: BenchCase, values: Float32Array): Promise<Occluder> {
  const occluder = await occluderOf(one.graph, {
    inputs: { input: { shape: [1, ...one.sizes, 1], values } },
    hiddenIn: 'input',
    fetch: fetchOf(one),
    region: one.region,
    budgetBytes,
  });
  if (!occluder) throw new Error(`${one.name} has no occluder`);
  return occluder;
}

/** One place at a time, with everything intact at hand. Units: ms, median of some. */
async function probe(occluder: Occluder, places: readonly HiddenPlace[]): Promise<Taken> {
  const rounds = new Rounds();
  const some = Array.from({ length: 24 }, (_, n) => places[Math.floor(((n + 0.5) * places.length) / 24)]);
  for (const [n, place] of some.entries()) {
    if (!place) continue;
    const taken = await timed(async () => {
      for await (const _ of occluder.hide([place]));
    });
    if (n >= 4) rounds.add(taken);
  }
  return { wall: rounds.wall, cpu: rounds.cpu };
}

async function measured(key: string, one: BenchCase, rounds: number): Promise<readonly string[]> {
  const values = drawn(product(one.sizes));
  const places = windowsOf(one);
  const weights = new HeldWeights();
  const cropped = croppedRun(one, values);
  const full = new Map(one.batches.map((batch) => [batch, new Rounds()]));
  const crop = new Map(one.batches.map((batch) => [batch, new Rounds()]));
  const incremental = new Rounds();
  let [reached, worst, effect, gain] = [0, 0, 0, 0];
  let alone: Taken = { wall: NaN, cpu: NaN };
  for (let round = 0; round <= rounds; round++) {
    for (const batch of one.batches) {
      const some = Array.from({ length: batch }, (_, n) => places[(round * 101 + n * 37) % places.length]!);
      const input = hiddenBatch(one, values, some);
      const taken = await timed(async () => {
        await execute(one.graph, weights, acceptInputs(one.graph, { input }), [fetchOf(one)]);
      });
      // The first round builds kernels.
      if (round > 0) full.get(batch)?.add(taken, batch);
      if (one.region === null) continue;
      const own = await timed(() => cropped.run(batch));
      if (round > 0) crop.get(batch)?.add(own, batch);
    }
    const outcomes = new Map<number, Float32Array>();
    const made: Occluder[] = [];
    const taken = await timed(async () => {
      const occluder = await openedOn(one, values);
      made.push(occluder);
      for await (const { outcomes: some } of occluder.hide(places))
        for (const { place, box, values: own } of some) if (box) outcomes.set(place, own);
    });
    if (round > 0) incremental.add(taken, places.length);
    for (const occluder of made) {
      if (round === rounds) {
        const reaching = places.filter((_, n) => outcomes.has(n));
        reached = reaching.length;
        gain = occluder.forecast(places).gain;
        alone = await probe(occluder, reaching);
        [worst, effect] = await checked(one, values, reaching, occluder, weights);
      }
      occluder.close();
    }
  }
  weights.free();
  cropped.free();
  const best = (of: ReadonlyMap<number, Rounds>, by: 'wall' | 'cpu'): number =>
    Math.min(...[...of.values()].map((own) => own[by]));
  const [wanted, wantedCropped] = targets[key] ?? [NaN, null];
  const ratio = (of: ReadonlyMap<number, Rounds>, by: 'wall' | 'cpu'): string =>
    (best(of, by) / incremental[by]).toFixed(0);
  return [
    one.name,
    `${places.length} (${reached})`,
    best(full, 'wall').toFixed(1),
    best(full, 'cpu').toFixed(1),
    incremental.wall.toFixed(2),
    incremental.cpu.toFixed(2),
    `${ratio(full, 'wall')}×`,
    `${ratio(full, 'cpu')}×`,
    `≥ ${wanted}×`,
    one.region ? `${ratio(crop, 'wall')}×` : '–',
    one.region ? `${ratio(crop, 'cpu')}×` : '–',
    wantedCropped === null ? '–' : `≥ ${wantedCropped}×`,
    `${gain.toFixed(0)}×`,
    `${alone.wall.toFixed(1)} (${alone.cpu.toFixed(1)})`,
    `${worst.toExponential(0)} of ${effect.toExponential(0)}`,
  ];
}

/** Largest difference to full inference over six places, over the largest value; and the largest effect. */
async function checked(
  one: BenchCase,
  values: Float32Array,
  places: readonly HiddenPlace[],
  occluder: Occluder,
  weights: HeldWeights,
): Promise<readonly [number, number]> {
  let [worst, effect] = [0, 0];
  const region = one.region ?? { start: occluder.shape.slice(0, -1).map(() => 0), end: occluder.shape.slice(0, -1) };
  const intact = await occluder.intact(0);
  const channels = occluder.shape.at(-1) ?? 1;
  for (let n = 0; n < 6; n++) {
    const place = places[Math.floor(((n + 0.5) * places.length) / 6)]!;
    const input = hiddenBatch(one, values, [place]);
    const whole = (await execute(one.graph, weights, acceptInputs(one.graph, { input }), [fetchOf(one)])).get(one.node);
    for await (const { outcomes } of occluder.hide([place])) {
      for (const { box, values: own } of outcomes) {
        if (!box) continue;
        const extent = sizesOfBox(box);
        own.forEach((value, k) => {
          let [rest, at, step, inRegion, stepRegion] = [Math.floor(k / channels), 0, 1, 0, 1];
          for (let axis = extent.length - 1; axis >= 0; axis--) {
            const index = (box.start[axis] ?? 0) + (rest % (extent[axis] ?? 1));
            rest = Math.floor(rest / (extent[axis] ?? 1));
            at += index * step;
            step *= occluder.shape[axis] ?? 1;
            inRegion += (index - (region.start[axis] ?? 0)) * stepRegion;
            stepRegion *= (region.end[axis] ?? 0) - (region.start[axis] ?? 0);
          }
          const wanted = whole?.values[at * channels + (k % channels)] ?? NaN;
          worst = Math.max(worst, Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)));
          effect = Math.max(effect, Math.abs(wanted - (intact[inRegion * channels + (k % channels)] ?? NaN)));
        });
      }
    }
  }
  return [worst, effect];
}

/** One place alone on the demo's networks: what a live probe waits for. */
async function probes(): Promise<void> {
  const rows: string[][] = [];
  for (const name of ['organs-unet-final', 'organs-unet-epoch-01']) {
    const network = await openNetwork(join('resources', 'demo', 'networks', name));
    const input = network.graph.inputs[0];
    const sizes = (input?.shape.slice(1, -1) ?? []).map((n) => n ?? 128);
    const channels = input?.shape.at(-1) ?? 1;
    const values = drawn(product(sizes) * channels, 0.3);
    const window = Math.max(5, Math.round(Math.min(...sizes) / 16));
    const places = Array.from({ length: 64 }, (_, n): HiddenPlace => {
      const start = sizes.map((size, axis) => Math.floor(((axis === 0 ? n / 8 : n % 8) / 8) * (size - window)));
      return {
        entry: 0,
        box: { start, end: start.map((s) => s + window) },
        values: new Float32Array(window ** sizes.length * channels),
      };
    });
    const occluder = await network.occluder?.({
      inputs: { [input?.name ?? 'input']: { shape: [1, ...sizes, channels], values } },
      hiddenIn: input?.name ?? 'input',
      fetch: { node: network.graph.outputs[0]?.node ?? '', stage: 'output' },
      region: null,
      budgetBytes,
    });
    if (!occluder) throw new Error(`${name} has no occluder`);
    const { wall, cpu } = await probe(occluder, places);
    rows.push([name, [...sizes, channels].join(' × '), String(window), wall.toFixed(1), cpu.toFixed(1)]);
    occluder.close();
    network.close();
  }
  console.log('one position alone (target: under 30 ms)');
  printTable(['demo network', 'input', 'window', 'ms', 'CPU ms'], rows);
}

/** Incremental occlusion against whole runs, in one process, round by round: ISOLENS_ROUNDS (3), ISOLENS_CASES (all). */
export async function bench(): Promise<void> {
  const backend = await startBackend();
  const rounds = Number(process.env['ISOLENS_ROUNDS'] ?? 3);
  const asked = process.env['ISOLENS_CASES']?.split(',') ?? Object.keys(benchCases);
  console.log(`incremental occlusion: ${backend.rung}, ${backend.threads} threads, medians of ${rounds} rounds`);
  const rows: (readonly string[])[] = [];
  for (const key of asked) {
    const made = benchCases[key];
    if (!made) throw new Error(`there is no case ${key}: ${Object.keys(benchCases).join(', ')}`);
    rows.push(await measured(key, made(), rounds));
    console.log(rows.at(-1)?.join('  '));
  }
  printTable(
    [
      'case',
      'places (reach)',
      'full ms',
      'CPU',
      'incremental ms',
      'CPU',
      'ratio',
      'CPU',
      'target',
      'cropped',
      'CPU',
      'target',
      'foreseen',
      'alone ms (CPU)',
      'difference',
    ],
    rows,
  );
  await probes();
}

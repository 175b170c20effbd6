import type { NetworkGraph, Shape } from '../graph';
import type {
  HiddenOutcome,
  HiddenPlace,
  NetworkArray,
  Occluder,
  OcclusionForecast,
  OcclusionQuestion,
} from '../network';
import { acceptInputs, worthCompiling } from '../execute';
import { startBackend, tf, type Tensor } from '../tensorflow';
import { meet, sizesOfBox, volumeOf } from './box';
import { costModel, type CostModel } from './cost';
import { deltaPartsOf } from './delta';
import { changedBox } from './hiddenPatch';
import { copyBox, freeMaps, intactBytes, intactMaps } from './intactMaps';
import { planOf, wholeFrom, type Plan, type SizeClass } from './plan';
import { rememberedPlan } from './planCache';
import { programOf, type Program } from './program';
import { demandOf } from './reach';
import { runBatch, Turns } from './runBatch';
import type { IntactMaps, Running, Setting } from './running';
import { StepWeights } from './stepWeights';

/** How many times quicker a whole run is than the cost model, fitted to boxes, has it: one optimised graph. *Source* performance.md, foreseen against measured. */
const wholeRuns = { planes: 2.4, volumes: 3.5 } as const;

/** Share of the budget for intact maps. */
const mapsShare = 0.5;

/**
 * Answers what places hide from one node of a network. Null where only whole runs can: without the native library, where the node hangs on
 * an unknown one or not on the input, or where the intact maps of one entry exceed the budget. *Problems* network/input-mismatch.
 */
export async function occluderOf(
  graph: NetworkGraph,
  { inputs: given, hiddenIn, fetch, region, budgetBytes }: OcclusionQuestion,
): Promise<Occluder | null> {
  const inputs = acceptInputs(graph, given);
  const { rung } = await startBackend();
  if (rung === 'wasm') return null;
  const shapes = new Map<string, Shape>([...inputs].map(([name, { shape }]) => [name, [1, ...shape.slice(1)]]));
  const hidden = graph.inputs.find(({ name }) => name === hiddenIn)?.node;
  const program = hidden === undefined ? null : programOf(graph, shapes, hidden, fetch);
  if (!program || hidden === undefined) return null;
  const demanded = demandOf(program, region);
  const parts = deltaPartsOf(program);
  const setting: Setting = { program, demanded, parts, weights: new StepWeights() };
  const perEntry = intactBytes(setting);
  if (perEntry > mapsShare * budgetBytes) return null;
  const array = inputs.get(hidden)!;
  const most = Math.max(1, Math.min(array.shape[0]!, Math.floor((mapsShare * budgetBytes) / perEntry)));
  const question = JSON.stringify([[...shapes], hiddenIn, fetch, region, budgetBytes]);
  return new BoxOccluder({ graph, question, setting, inputs, array, most, budgetBytes });
}

interface Opened {
  readonly graph: NetworkGraph;
  /** What the plans hang on beside the places. */
  readonly question: string;
  readonly setting: Setting;
  readonly inputs: ReadonlyMap<string, NetworkArray>;
  /** The input that is hidden in. */
  readonly array: NetworkArray;
  /** Entries whose maps are held at once. */
  readonly most: number;
  readonly budgetBytes: number;
}

class BoxOccluder implements Occluder {
  readonly shape: readonly number[];
  readonly #graph: NetworkGraph;
  readonly #question: string;
  readonly #setting: Setting;
  readonly #inputs: ReadonlyMap<string, NetworkArray>;
  readonly #array: NetworkArray;
  readonly #most: number;
  readonly #budgetBytes: number;
  #maps: IntactMaps | null = null;
  #closed = false;

  constructor({ graph, question, setting, inputs, array, most, budgetBytes }: Opened) {
    const target = setting.program.steps[setting.program.target]!;
    this.shape = [...target.sizes, target.channels];
    this.#graph = graph;
    this.#question = question;
    this.#setting = setting;
    this.#inputs = inputs;
    this.#array = array;
    this.#most = most;
    this.#budgetBytes = budgetBytes;
  }

  forecast(places: readonly Pick<HiddenPlace, 'entry' | 'box'>[]): OcclusionForecast {
    const { program } = this.#setting;
    const costs = this.#costs(true);
    const plan = this.#plan(places, true);
    const full = costs.seconds(costs.full, places.length) / wholeRunGain(program, costs.full.macs);
    const entries = new Set(places.map(({ entry }) => entry)).size;
    const intact = costs.seconds(costs.full, 1) * entries;
    return {
      gain: places.length === 0 ? 1 : full / Math.max(plan.seconds + intact, 1e-9),
      wholeFrom: wholeFrom(program, plan),
      macs: costs.full.macs,
      macsHidden: plan.macs / Math.max(1, places.length),
    };
  }

  async intact(entry: number, signal?: AbortSignal): Promise<Float32Array> {
    const maps = await this.#mapsOf([entry], new Turns(signal));
    const { program, demanded } = this.#setting;
    const size = volumeOf(sizesOfBox(demanded[program.target]!)) * program.steps[program.target]!.channels;
    const values = maps.rows[program.target]!.dataSync() as Float32Array;
    const slot = maps.entries.indexOf(entry);
    return values.slice(slot * size, (slot + 1) * size);
  }

  async *hide(
    places: readonly HiddenPlace[],
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly done: number; readonly outcomes: readonly HiddenOutcome[] }, void> {
    const turns = new Turns(signal);
    let before = 0;
    for (const part of this.#parts(places)) {
      const maps = await this.#mapsOf(part.entries, turns);
      const costs = this.#costs(maps.finite);
      const boxes = part.places.map((n) => ({ box: changedBox(places[n]!, this.#array) }));
      const still = boxes.flatMap(({ box }, n) => (box === null ? [n] : []));
      const moving = boxes.flatMap(({ box }, n) => (box === null ? [] : [{ box, n }]));
      const plan = this.#plan(moving, maps.finite);
      const idle = [...still, ...plan.idle.map((n) => moving[n]!.n)];
      const none = idle.map((n): HiddenOutcome => ({ place: part.places[n]!, box: null, values: new Float32Array(0) }));
      if (none.length > 0) yield { done: before / places.length, outcomes: none };
      let spent = 0;
      for (const { own, from, to } of batchesOf(plan, costs)) {
        const numbers = Array.from(own.places.subarray(from, to), (n) => part.places[moving[n]!.n]!);
        const outcomes = await this.#batch(own, from, to, numbers, places, maps, turns);
        spent += costs.seconds(own.cost, to - from);
        const share = plan.seconds > 0 ? Math.min(1, spent / plan.seconds) : 1;
        yield { done: (before + share * part.places.length) / places.length, outcomes };
      }
      before += part.places.length;
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#maps) freeMaps(this.#maps);
    this.#maps = null;
    this.#setting.weights.free();
  }

  #plan(places: readonly Pick<HiddenPlace, 'box'>[], delta: boolean): Plan {
    const { program, demanded } = this.#setting;
    const question = `${this.#question} ${delta}`;
    return rememberedPlan(this.#graph, question, places, () => planOf(program, demanded, places, this.#costs(delta)));
  }

  #costs(delta: boolean): CostModel {
    const { program, parts } = this.#setting;
    return costModel(program, parts, { delta, budgetBytes: this.#budgetBytes });
  }

  /** Places in their order, cut where the entries' maps would not be held together. */
  *#parts(places: readonly HiddenPlace[]): Generator<{ readonly entries: number[]; readonly places: number[] }> {
    let entries = new Set<number>();
    let numbers: number[] = [];
    for (const [n, { entry }] of places.entries()) {
      if (!entries.has(entry) && entries.size === this.#most) {
        yield { entries: [...entries], places: numbers };
        entries = new Set();
        numbers = [];
      }
      entries.add(entry);
      numbers.push(n);
    }
    if (numbers.length > 0) yield { entries: [...entries], places: numbers };
  }

  async #mapsOf(entries: readonly number[], turns: Turns): Promise<IntactMaps> {
    if (this.#closed) throw new Error('the occluder is closed');
    const held = this.#maps;
    if (held !== null && entries.every((entry) => held.entries.includes(entry))) return held;
    if (held) freeMaps(held);
    this.#maps = null;
    this.#setting.weights.make(this.#setting.program.steps);
    this.#maps = await intactMaps(this.#setting, this.#inputs, entries, turns);
    return this.#maps;
  }

  async #batch(
    own: SizeClass,
    from: number,
    to: number,
    numbers: readonly number[],
    places: readonly HiddenPlace[],
    maps: IntactMaps,
    turns: Turns,
  ): Promise<readonly HiddenOutcome[]> {
    const { program } = this.#setting;
    const count = to - from;
    const starts = own.starts.map(
      (all, step) => all?.subarray(from * own.sizes[step]!.length, to * own.sizes[step]!.length) ?? null,
    );
    const running: Running = {
      ...this.#setting,
      delta: own.delta,
      intact: maps,
      count,
      sizes: own.sizes,
      starts,
      slots: Int32Array.from(numbers, (n) => maps.entries.indexOf(places[n]!.entry)),
      patches: program.steps.map(() => null),
      boxRows: new Map(),
    };
    running.patches[program.hidden] = this.#patch(numbers, places, own.sizes[program.hidden]!, starts[program.hidden]!);
    const target = await runBatch(running, turns);
    const sizes = own.sizes[program.target]!;
    try {
      const values = target.dataSync() as Float32Array;
      const size = volumeOf(sizes) * program.steps[program.target]!.channels;
      return numbers.map((place, item) => {
        const start = Array.from(starts[program.target]!.subarray(item * sizes.length, (item + 1) * sizes.length));
        const box = { start, end: start.map((at, axis) => at + sizes[axis]!) };
        return { place, box, values: values.slice(item * size, (item + 1) * size) };
      });
    } finally {
      target.dispose();
    }
  }

  /** The input's boxes with the places hidden. */
  #patch(
    numbers: readonly number[],
    places: readonly HiddenPlace[],
    sizes: readonly number[],
    starts: Int32Array,
  ): Tensor {
    const { shape, values } = this.#array;
    const channels = shape.at(-1)!;
    const size = volumeOf(sizes) * channels;
    const all = new Float32Array(numbers.length * size);
    const rank = sizes.length;
    numbers.forEach((n, item) => {
      const { entry, box, values: hidden } = places[n]!;
      const start = Array.from(starts.subarray(item * rank, (item + 1) * rank));
      copyBox(values, entry * volumeOf(shape.slice(1)), shape.slice(1), start, sizes, all, item * size);
      const patch = { start, end: start.map((at, axis) => at + sizes[axis]!) };
      const shared = meet(box, patch);
      if (shared) writeBox(hidden, box, shared, all.subarray(item * size, (item + 1) * size), patch, channels);
    });
    return tf.tensor(all, [numbers.length, ...sizes, channels]);
  }
}

/** Copies what two boxes share from the values of one to those of the other. */
function writeBox(
  from: Float32Array,
  fromBox: HiddenPlace['box'],
  shared: HiddenPlace['box'],
  to: Float32Array,
  toBox: HiddenPlace['box'],
  channels: number,
): void {
  const rank = shared.start.length;
  const [fromSizes, toSizes, sizes] = [sizesOfBox(fromBox), sizesOfBox(toBox), sizesOfBox(shared)];
  const length = sizes[rank - 1]! * channels;
  const rows = volumeOf(sizes.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let [a, b] = [shared.start[rank - 1]! - fromBox.start[rank - 1]!, shared.start[rank - 1]! - toBox.start[rank - 1]!];
    let [stepA, stepB] = [fromSizes[rank - 1]!, toSizes[rank - 1]!];
    for (let axis = rank - 2; axis >= 0; axis--) {
      const at = shared.start[axis]! + (rest % sizes[axis]!);
      rest = Math.floor(rest / sizes[axis]!);
      a += (at - fromBox.start[axis]!) * stepA;
      b += (at - toBox.start[axis]!) * stepB;
      stepA *= fromSizes[axis]!;
      stepB *= toSizes[axis]!;
    }
    to.set(from.subarray(a * channels, a * channels + length), b * channels);
  }
}

/** A small network runs node by node, as its boxes do. */
function wholeRunGain({ steps, hidden }: Program, macs: number): number {
  if (macs < worthCompiling) return 1;
  return steps[hidden]!.sizes.length === 3 ? wholeRuns.volumes : wholeRuns.planes;
}

/** Equal batches of each class, those of earlier places first. */
function batchesOf(
  { classes }: Plan,
  costs: CostModel,
): readonly { readonly own: SizeClass; readonly from: number; readonly to: number }[] {
  const batches = classes.flatMap((own) => {
    const count = Math.ceil(own.places.length / costs.batchOf(own.cost));
    const size = Math.ceil(own.places.length / count);
    return Array.from({ length: Math.ceil(own.places.length / size) }, (_, n) => ({
      own,
      from: n * size,
      to: Math.min(own.places.length, (n + 1) * size),
    }));
  });
  return batches.sort((a, b) => a.own.places[a.from]! - b.own.places[b.from]!);
}

import type { LoadedNetwork, NetworkArray } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import { inTurns, type Cuttable } from '../cuttable';
import { entries, entrySize, inputsOf } from '../feed';
import type { Box } from './box';
import type { Hider } from './hide';
import { sumOfParts, type ScoreReader } from './reader';

/** One position to be hidden: its number in the lattice, the batch entry that it lies in, and its box there. */
export interface Place {
  readonly position: number;
  readonly entry: number;
  readonly box: Box;
}

/** A place's drop, with what the filling changed there. */
export interface Drop {
  readonly drop: number;
  readonly changeRms: number;
}

/** Batches stay small enough that a picture and an answer to "cancel" come often. */
const largestBatch = 32;
const largestBatchBytes = 2 ** 26;

/** The intact input's score, and how it is put together from its entries. */
export interface Intact {
  readonly baseline: number;
  /** Of each entry, where each has a score of its own. */
  readonly baselines: readonly number[] | null;
  readonly values: readonly Float32Array[];
  readonly parts: readonly Float64Array[];
  readonly total: Float64Array;
}

/** Runs the intact input, entry by entry in batches, and reads the score. */
export async function readIntact(
  network: LoadedNetwork,
  prepared: PreparedInput,
  reader: ScoreReader,
  memoryBytes: number,
  signal: AbortSignal,
): Promise<Intact> {
  const count = prepared.array.shape[0] ?? 1;
  const values: Float32Array[] = [];
  const batch = batchOf(network, prepared.array, memoryBytes);
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    const output = await runEntries(network, prepared, reader, from, to, prepared.array.values, signal);
    for (let n = 0; n < to - from; n++) values.push(reader.extract(output, n, from + n));
  }
  return intactOf(reader, values);
}

/** The score of an input, run only where an entry can change it. */
export async function readWorth(
  network: LoadedNetwork,
  prepared: PreparedInput,
  reader: ScoreReader,
  memoryBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const counted = Array.from({ length: prepared.array.shape[0] ?? 1 }, (_, entry) => entry).filter((entry) =>
    reader.counts(entry),
  );
  const last = (counted.at(-1) ?? -1) + 1;
  const batch = batchOf(network, prepared.array, memoryBytes);
  const parts: Float64Array[] = [];
  for (let from = counted[0] ?? 0; from < last; from += batch) {
    const to = Math.min(last, from + batch);
    const output = await runEntries(network, prepared, reader, from, to, prepared.array.values, signal);
    for (let n = 0; n < to - from; n++) {
      if (reader.counts(from + n)) parts.push(reader.parts(reader.extract(output, n, from + n), from + n, null));
    }
  }
  if (reader.scope === 'input') return reader.finish(sumOfParts(parts));
  return parts.reduce((sum, own) => sum + reader.finish(own), 0) / parts.length;
}

export function intactOf(reader: ScoreReader, values: readonly Float32Array[]): Intact {
  const parts = values.map((own, entry) => reader.parts(own, entry, null));
  const total = sumOfParts(parts);
  if (reader.scope === 'input') return { baseline: reader.finish(total), baselines: null, values, parts, total };
  const baselines = parts.map((own) => reader.finish(own));
  const baseline = baselines.reduce((sum, own) => sum + own, 0) / baselines.length;
  return { baseline, baselines: baselines.length > 1 ? baselines : null, values, parts, total };
}

export const batchOf = (network: LoadedNetwork, array: NetworkArray, memoryBytes: number): number =>
  Math.max(
    1,
    Math.min(
      largestBatch,
      Math.floor(largestBatchBytes / (4 * entrySize(array))),
      network.batchFor(array.shape.slice(1), memoryBytes),
    ),
  );

async function runEntries(
  network: LoadedNetwork,
  prepared: PreparedInput,
  reader: ScoreReader,
  from: number,
  to: number,
  values: Float32Array,
  signal: AbortSignal,
): Promise<NetworkArray> {
  const fed = Object.fromEntries(
    Object.entries(inputsOf(network, prepared)).map(([name, array]) => [
      name,
      entries(array.values === prepared.array.values ? { ...array, values } : array, from, to),
    ]),
  );
  return outputOfRun(await network.run(fed, [reader.fetch], signal), reader);
}

function outputOfRun(maps: ReadonlyMap<string, NetworkArray>, { fetch }: Pick<ScoreReader, 'fetch'>): NetworkArray {
  const output = maps.get(fetch.stage === 'output' ? fetch.node : `${fetch.node}:preActivation`);
  if (!output) throw new Error(`the network gave no value of ${fetch.node}`);
  return output;
}

/** Everything that hiding a place and reading the score needs. */
export interface Scoring {
  readonly network: LoadedNetwork;
  readonly prepared: PreparedInput;
  readonly reader: ScoreReader;
  readonly intact: Intact;
  readonly hider: Hider;
  readonly signal: AbortSignal;
}

/** The score of an input of which one entry gave these values; `hidden` is left out of it where the score demands. */
export function scoreWith({ reader, intact }: Scoring, values: Float32Array, entry: number, hidden: Box): number {
  const own = reader.parts(values, entry, hidden);
  if (reader.scope === 'entry') return reader.finish(own);
  const before = intact.parts[entry];
  return reader.finish(own.map((part, n) => part + ((intact.total[n] ?? 0) - (before?.[n] ?? 0))));
}

/** Runs a batch of changed copies of entries, one after the other in `copies`, beside what is not hidden in. */
export async function runCopies(
  {
    network,
    prepared,
    reader,
    signal,
  }: Pick<Scoring, 'network' | 'prepared' | 'signal'> & { readonly reader: Pick<ScoreReader, 'fetch'> },
  ofEntries: readonly number[],
  copies: Float32Array,
): Promise<NetworkArray> {
  const { array } = prepared;
  const batch: NetworkArray = {
    shape: [ofEntries.length, ...array.shape.slice(1)],
    values: copies.subarray(0, ofEntries.length * entrySize(array)),
  };
  const fed = Object.fromEntries(
    Object.entries(inputsOf(network, prepared)).map(([name, own]) => [
      name,
      own.values === array.values ? batch : repeated(own, ofEntries),
    ]),
  );
  return outputOfRun(await network.run(fed, [reader.fetch], signal), reader);
}

/** Scores with each place hidden, by full inference of a batch of copies: what incremental inference is checked against. */
async function scoresHidden(scoring: Scoring, places: readonly Place[], copies: Float32Array): Promise<Float64Array> {
  const output = await runCopies(
    scoring,
    places.map(({ entry }) => entry),
    copies,
  );
  return inTurns(scoresOf(scoring, places, output), scoring.signal);
}

function* scoresOf(scoring: Scoring, places: readonly Place[], output: NetworkArray): Cuttable<Float64Array> {
  const scores = new Float64Array(places.length);
  for (const [n, { entry, box }] of places.entries()) {
    scores[n] = scoreWith(scoring, scoring.reader.extract(output, n, entry), entry, box);
    yield;
  }
  return scores;
}

/** An input that is not hidden in, once for every copy. */
function repeated(array: NetworkArray, ofEntries: readonly number[]): NetworkArray {
  const size = entrySize(array);
  const values = new Float32Array(size * ofEntries.length);
  ofEntries.forEach((entry, n) => values.set(array.values.subarray(entry * size, (entry + 1) * size), n * size));
  return { shape: [ofEntries.length, ...array.shape.slice(1)], values };
}

/** Copies of the input with one place hidden in each; places that need no pass have none. `changes` is of every place. */
function* hidden(
  { prepared, reader, hider }: Scoring,
  places: readonly Place[],
  copies: Float32Array,
  draw: number,
): Cuttable<{
  readonly running: readonly { readonly place: Place; readonly n: number }[];
  readonly changes: readonly number[];
}> {
  const size = entrySize(prepared.array);
  const running: { readonly place: Place; readonly n: number }[] = [];
  const changes: number[] = [];
  for (const [n, place] of places.entries()) {
    const { entry, box, position } = place;
    const copy = copies.subarray(running.length * size, (running.length + 1) * size);
    copy.set(prepared.array.values.subarray(entry * size, (entry + 1) * size));
    const { none, rms } = yield* hider.hide(copy, entry, box, position, draw);
    changes.push(rms);
    if (!none && reader.counts(entry)) running.push({ place, n });
    yield;
  }
  return { running, changes };
}

/**
 * Drops of places: score intact − score hidden, averaged over the filling's draws. A place that the filling leaves as it is, or
 * that cannot reach the score, drops by exactly 0 and costs no pass.
 */
export async function dropsOf(scoring: Scoring, places: readonly Place[], copies: Float32Array): Promise<Drop[]> {
  const { intact, hider } = scoring;
  const drops = places.map((): { drop: number; changeRms: number } => ({ drop: 0, changeRms: 0 }));
  for (let draw = 0; draw < hider.draws; draw++) {
    const { running, changes } = await inTurns(hidden(scoring, places, copies, draw), scoring.signal);
    changes.forEach((rms, n) => {
      const drop = drops[n];
      if (drop) drop.changeRms += rms / hider.draws;
    });
    if (running.length === 0) continue;
    const scores = await scoresHidden(
      scoring,
      running.map(({ place }) => place),
      copies,
    );
    running.forEach(({ place, n }, k) => {
      const before = scoreWith(scoring, intact.values[place.entry] ?? new Float32Array(0), place.entry, place.box);
      const drop = drops[n];
      if (drop) drop.drop += (before - (scores[k] ?? NaN)) / hider.draws;
    });
  }
  return drops;
}

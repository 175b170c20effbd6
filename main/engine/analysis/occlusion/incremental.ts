import type { HiddenPlace, Occluder, OcclusionForecast } from '../../network/network';
import type { Step } from '../analysis';
import { inTurns, type Cuttable } from '../cuttable';
import { entrySize, inputsOf } from '../feed';
import { boxSizes, boxVolume, forEachRow, type Box } from './box';
import { visitingOrder } from './lattice';
import { pictureEveryMs, placeAt, type LatticeOnInput, type LatticeRun } from './places';
import { scoreWith, type Place, type Scoring } from './score';

/** Below this gain, full inference of whole batches is as quick and simpler. */
const leastGain = 1.2;
/** A forecast from so many places is as good as one from all. */
const mostForecast = 2000;
/** Fillings are made for so many places before they run together; the first are fewer, for an early picture. */
const groupSizes = [256, 1024, 2048] as const;
const groupBytes = 2 ** 26;
const heldBytes = 2 ** 26;
/** An effect below this share of the score is rounding. *Source* prototypes, pitfalls: cells computed anew move by 1e-7. */
const rounding = 1e-6;

/** What answers for a lattice by computing only what changes, with what that will cost; null where it gains too little, or cannot be done. */
export async function occluderFor(
  { network, prepared, reader }: Pick<Scoring, 'network' | 'prepared' | 'reader'>,
  on: LatticeOnInput,
  memoryBytes: number,
): Promise<{ readonly occluder: Occluder; readonly forecast: OcclusionForecast } | null> {
  if (!network.occluder) return null;
  const inputs = inputsOf(network, prepared);
  const hiddenIn = Object.entries(inputs).find(([, { values }]) => values === prepared.array.values)?.[0];
  if (hiddenIn === undefined) return null;
  const { fetch, boxes } = reader;
  const region = boxes?.region ?? null;
  const occluder = await network.occluder({ inputs, hiddenIn, fetch, region, budgetBytes: memoryBytes });
  if (!occluder) return null;
  const every = Math.max(1, Math.floor(on.lattice.count / mostForecast));
  const sample: Place[] = [];
  for (let position = 0; position < on.lattice.count; position += every) {
    const place = placeAt(on, position);
    if (reader.counts(place.entry)) sample.push(place);
  }
  const forecast = sample.length > 0 ? occluder.forecast(sample) : null;
  if (forecast && forecast.gain >= leastGain) return { occluder, forecast };
  occluder.close();
  return null;
}

/** One place with one draw of its filling. */
interface Filled {
  readonly place: Place;
  readonly hidden: HiddenPlace;
}

interface Group {
  readonly filled: readonly Filled[];
  /** Places looked at, those that need no pass included, and how much the filling changes each. */
  readonly places: readonly Place[];
  readonly changes: readonly number[];
}

/**
 * The drops of a whole lattice, as `runLattice` gives them, by exact incremental inference. The occluder is borrowed. On cancel it ends
 * with what was computed.
 */
export async function* runIncrementally(
  occluder: Occluder,
  scoring: Scoring,
  on: LatticeOnInput,
  picture: (drops: Float64Array) => Cuttable<Step | null>,
): AsyncGenerator<Step, LatticeRun> {
  const { signal, hider } = scoring;
  const drops = new Float64Array(on.lattice.count).fill(NaN);
  const changeRms = new Float64Array(on.lattice.count).fill(NaN);
  const order = on.visited ?? visitingOrder(on.lattice);
  const intact = new IntactScores(occluder, scoring);
  const scratch = new Scratch(scoring);
  let shown = Date.now();
  let computed = 0;
  let next = 0;
  try {
    for (let n = 0; next < order.length; n++) {
      const most = groupSizes[Math.min(n, groupSizes.length - 1)] ?? 1;
      const group = await inTurns(filledGroup(scoring, on, order, next, most, scratch), signal);
      next += group.places.length;
      const left = new Map<number, number>();
      for (const { place } of group.filled) left.set(place.position, (left.get(place.position) ?? 0) + 1);
      const sums = new Map<number, number>();
      const settle = (position: number, drop: number): void => {
        drops[position] = drop;
        computed += 1;
      };
      group.places.forEach(({ position }, k) => {
        changeRms[position] = group.changes[k] ?? NaN;
        if (!left.has(position)) settle(position, 0);
      });
      const places = group.filled.map(({ hidden }) => hidden);
      const share = group.places.length / order.length;
      const before = (next - group.places.length) / order.length;
      for await (const { done, outcomes } of occluder.hide(places, signal)) {
        for (const { place: number, box, values } of outcomes) {
          const place = group.filled[number]?.place;
          if (!place) continue;
          const own = box ? await intact.drop(place, box, values, signal) : 0;
          const { position } = place;
          sums.set(position, (sums.get(position) ?? 0) + own / hider.draws);
          left.set(position, (left.get(position) ?? 1) - 1);
          if (left.get(position) === 0) settle(position, sums.get(position) ?? NaN);
        }
        yield { kind: 'progress', done: before + share * done, stage: 'positions' };
        if (Date.now() - shown >= pictureEveryMs && computed < order.length) {
          const step = await inTurns(picture(drops), new AbortController().signal);
          if (step) yield step;
          shown = Date.now();
        }
      }
      yield { kind: 'progress', done: next / order.length, stage: 'positions' };
    }
    return { drops, changeRms, computed, stopped: false };
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return { drops, changeRms, computed, stopped: true };
  }
}

/** Drops of single places by an open occluder, as a lattice would give them. */
export function placeDrops(occluder: Occluder, scoring: Scoring): (place: Place) => Promise<number> {
  const { hider, reader, signal } = scoring;
  const intact = new IntactScores(occluder, scoring);
  const scratch = new Scratch(scoring);
  return async (place) => {
    if (!reader.counts(place.entry)) return 0;
    const hidden: HiddenPlace[] = [];
    for (let draw = 0; draw < hider.draws; draw++) {
      const { none } = await inTurns(
        hider.hide(scratch.of(place.entry), place.entry, place.box, place.position, draw),
        signal,
      );
      const values = scratch.taken(place.entry, place.box);
      if (!none) hidden.push({ entry: place.entry, box: place.box, values });
    }
    let drop = 0;
    for await (const { outcomes } of occluder.hide(hidden, signal))
      for (const { box, values } of outcomes)
        if (box) drop += (await intact.drop(place, box, values, signal)) / hider.draws;
    return drop;
  };
}

/** Fillings of the next places of the order. */
function* filledGroup(
  { prepared, reader, hider }: Scoring,
  on: LatticeOnInput,
  order: Uint32Array,
  from: number,
  most: number,
  scratch: Scratch,
): Cuttable<Group> {
  const filled: Filled[] = [];
  const places: Place[] = [];
  const changes: number[] = [];
  const channels = prepared.array.shape.at(-1) ?? 1;
  let bytes = 0;
  for (let n = from; n < order.length && filled.length < most && bytes < groupBytes; n++) {
    const place = placeAt(on, order[n] ?? 0);
    let change = 0;
    for (let draw = 0; draw < hider.draws; draw++) {
      const copy = scratch.of(place.entry);
      const { none, rms } = yield* hider.hide(copy, place.entry, place.box, place.position, draw);
      const values = scratch.taken(place.entry, place.box);
      change += rms / hider.draws;
      if (none || !reader.counts(place.entry)) continue;
      bytes += 4 * boxVolume(place.box) * channels;
      filled.push({ place, hidden: { entry: place.entry, box: place.box, values } });
    }
    places.push(place);
    changes.push(change);
    yield;
  }
  return { filled, places, changes };
}

/** One copy of an entry in which places are hidden, and put back as they were. */
class Scratch {
  readonly #scoring: Scoring;
  readonly #copy: Float32Array;
  #entry = -1;
  constructor(scoring: Scoring) {
    this.#scoring = scoring;
    this.#copy = new Float32Array(entrySize(scoring.prepared.array));
  }
  of(entry: number): Float32Array {
    const { array } = this.#scoring.prepared;
    const size = this.#copy.length;
    if (entry !== this.#entry) this.#copy.set(array.values.subarray(entry * size, (entry + 1) * size));
    this.#entry = entry;
    return this.#copy;
  }
  /** The values in a box; the copy is the intact entry again. */
  taken(entry: number, box: Box): Float32Array {
    const { array } = this.#scoring.prepared;
    const channels = array.shape.at(-1) ?? 1;
    const base = entry * this.#copy.length;
    const values = new Float32Array(boxVolume(box) * channels);
    forEachRow(array.shape.slice(1, -1), box, (offset, inBox, length) => {
      const [first, last] = [offset * channels, (offset + length) * channels];
      values.set(this.#copy.subarray(first, last), inBox * channels);
      this.#copy.set(array.values.subarray(base + first, base + last), first);
    });
    return values;
  }
}

/** The intact score's parts, as the occluder computes them, so that what did not change cancels exactly. */
class IntactScores {
  readonly #occluder: Occluder;
  readonly #scoring: Scoring;
  readonly #held = new Map<number, Float32Array>();
  constructor(occluder: Occluder, scoring: Scoring) {
    this.#occluder = occluder;
    this.#scoring = scoring;
  }

  /** Score intact − score hidden, from the values of the changed box. */
  async drop(place: Place, box: Box, values: Float32Array, signal: AbortSignal): Promise<number> {
    const { reader } = this.#scoring;
    const { entry } = place;
    const own = await this.#valuesOf(entry, signal);
    const { shape } = this.#occluder;
    const channels = shape.at(-1) ?? 1;
    if (!reader.boxes) {
      const read = (given: Float32Array): number =>
        scoreWith(this.#scoring, reader.extract({ shape: [1, ...shape], values: given }, 0, entry), entry, place.box);
      return clean(read(own), read(values));
    }
    const { region, extract, parts } = reader.boxes;
    const counted = region ?? { start: shape.slice(0, -1).map(() => 0), end: shape.slice(0, -1) };
    const partsOf = (patch: Float32Array, at: Box): Float64Array =>
      parts(extract({ shape: [1, ...boxSizes(at), channels], values: patch }), at, entry, place.box);
    const before = this.#partsBefore(place, reader.boxes.own(place.box));
    const was = partsOf(cropped(own, counted, box, channels), box);
    const is = partsOf(values, box);
    const score = reader.finish(before);
    const hidden = reader.finish(before.map((part, n) => part - (was[n] ?? 0) + (is[n] ?? 0)));
    return clean(score, hidden);
  }

  async #valuesOf(entry: number, signal: AbortSignal): Promise<Float32Array> {
    const known = this.#held.get(entry);
    if (known) return known;
    const values = await this.#occluder.intact(entry, signal);
    const most = Math.max(1, Math.floor(heldBytes / Math.max(1, values.byteLength)));
    for (const first of this.#held.keys()) {
      if (this.#held.size < most) break;
      this.#held.delete(first);
    }
    this.#held.set(entry, values);
    return values;
  }

  /** Of the whole input, but for the window's own voxels. */
  #partsBefore({ entry }: Place, own: Box | null): Float64Array {
    const { reader, intact } = this.#scoring;
    if (!own || boxVolume(own) <= 0 || !reader.boxes) return intact.total;
    const values = cropped(
      intact.values[entry] ?? new Float32Array(0),
      { start: own.start.map(() => 0), end: this.#occluder.shape.slice(0, -1) },
      own,
      1,
    );
    const without = reader.boxes.parts(values, own, entry, null);
    return intact.total.map((part, n) => part - (without[n] ?? 0));
  }
}

const clean = (score: number, hidden: number): number =>
  Math.abs(score - hidden) < rounding * Math.abs(score) ? 0 : score - hidden;

/** A box of the values of another. */
function cropped(values: Float32Array, from: Box, box: Box, channels: number): Float32Array {
  const result = new Float32Array(boxVolume(box) * channels);
  const shifted = {
    start: box.start.map((at, axis) => at - (from.start[axis] ?? 0)),
    end: box.end.map((at, axis) => at - (from.start[axis] ?? 0)),
  };
  forEachRow(boxSizes(from), shifted, (offset, inBox, length) => {
    result.set(values.subarray(offset * channels, (offset + length) * channels), inBox * channels);
  });
  return result;
}

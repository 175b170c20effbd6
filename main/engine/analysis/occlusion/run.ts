import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Occluder } from '../../network/network';
import type { Step } from '../analysis';
import { inTurns, type Cuttable } from '../cuttable';
import { entrySize } from '../feed';
import { runIncrementally } from './incremental';
import { visitingOrder } from './lattice';
import { pictureEveryMs, placeAt, type LatticeOnInput, type LatticeRun } from './places';
import { batchOf, dropsOf, type Place, type Scoring } from './score';

/**
 * Visits every position of the lattice in an order that covers it evenly. Yields the share done after each batch and, about once a
 * second, what `picture` makes of the drops so far. `occluder` computes only what changes; null: every place is a whole run. On cancel it
 * ends with what was computed.
 */
export async function* runLattice(
  scoring: Scoring,
  on: LatticeOnInput,
  { occluder, memoryBytes }: { readonly occluder: Occluder | null; readonly memoryBytes: number },
  picture: (drops: Float64Array) => Cuttable<Step | null>,
): AsyncGenerator<Step, LatticeRun> {
  const { network, prepared, signal } = scoring;
  if (occluder) return yield* runIncrementally(occluder, scoring, on, picture);
  const drops = new Float64Array(on.lattice.count).fill(NaN);
  const changeRms = new Float64Array(on.lattice.count).fill(NaN);
  const order = on.visited ?? visitingOrder(on.lattice);
  const batch = batchOf(network, prepared.array, memoryBytes);
  const copies = new Float32Array(batch * entrySize(prepared.array));
  let shown = Date.now();
  let computed = 0;
  // A place in a plane that cannot change the score costs next to nothing.
  const costOf = ({ entry }: Place): number => (scoring.reader.counts(entry) ? 1 : 0.001);
  let total = 0;
  for (const position of order) total += costOf(placeAt(on, position));
  let spent = 0;
  while (computed < order.length) {
    const places: Place[] = [];
    for (let n = computed; n < Math.min(order.length, computed + batch); n++) places.push(placeAt(on, order[n] ?? 0));
    let results;
    try {
      signal.throwIfAborted();
      results = await dropsOf(scoring, places, copies);
    } catch (thrown) {
      if (signal.aborted) return { drops, changeRms, computed, stopped: true };
      throw thrown;
    }
    places.forEach(({ position }, n) => {
      drops[position] = results[n]?.drop ?? NaN;
      changeRms[position] = results[n]?.changeRms ?? NaN;
    });
    computed += places.length;
    for (const place of places) spent += costOf(place);
    // Places that cost no pass never wait for the network: without this a cancel could not come in between.
    await nextTurn();
    yield { kind: 'progress', done: spent / total, stage: 'positions' };
    if (Date.now() - shown >= pictureEveryMs && computed < order.length) {
      const step = await inTurns(picture(drops), new AbortController().signal);
      if (step) yield step;
      shown = Date.now();
    }
  }
  return { drops, changeRms, computed, stopped: false };
}

/**
 * Runs one position in a hundred (at least three) again, alone in its batch: how far the same number moves with the shape of the batch.
 * *Source* methods, conventions: numerical floor.
 */
export async function selfCheck(
  scoring: Scoring,
  on: LatticeOnInput,
  { drops, changeRms }: LatticeRun,
): Promise<{ readonly positions: number; readonly largestDifference: number }> {
  const tried = Array.from(drops.keys()).filter((position) => {
    const { entry } = placeAt(on, position);
    return (changeRms[position] ?? 0) > 0 && scoring.reader.counts(entry);
  });
  const wanted = Math.min(tried.length, Math.max(3, Math.ceil(tried.length / 100)));
  const copies = new Float32Array(entrySize(scoring.prepared.array));
  let largestDifference = 0;
  for (let n = 0; n < wanted; n++) {
    const position = tried[Math.floor(((n + 0.5) * tried.length) / wanted)] ?? 0;
    const [again] = await dropsOf(scoring, [placeAt(on, position)], copies);
    const difference = Math.abs((again?.drop ?? NaN) - (drops[position] ?? NaN));
    if (!(difference <= largestDifference)) largestDifference = difference;
  }
  return { positions: wanted, largestDifference };
}

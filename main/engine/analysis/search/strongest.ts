import type { SearchParameters } from '../../../../shared/analysis/search';
import type { NetworkArray } from '../../network/network';
import type { Ranking } from './ranking';

/** One place of one channel's map of one input. */
export interface Spot {
  /** What the order is by: never falls as the place gets better. */
  readonly rank: number;
  readonly value: number;
  /** Before the activation, where that was asked for. */
  readonly pre: number | null;
  /** Batch entry (plane), then the offset in its map. */
  readonly entry: number;
  readonly at: number;
}

/** How near to a better place of the same map a place may not lie, in map voxels along each axis: half the receptive field, at least 1. */
export type Apart = readonly number[];

export interface Scan {
  readonly ranking: Ranking;
  readonly score: SearchParameters['score'];
  readonly perPatient: number;
  readonly channels: readonly number[];
  readonly apart: Apart;
}

/** Better first; of equals the one met first: the lower plane, then the lower offset. */
const better = (a: Spot, b: Spot): number => b.rank - a.rank || a.entry - b.entry || a.at - b.at;

/** The best `perPatient` places of each channel over batches of entries, as they come. */
export interface Strongest {
  readonly spots: Spot[][];
  /** Channels in which values that are not numbers were met. */
  readonly notFinite: Set<number>;
}

export const strongestOf = ({ channels }: Scan): Strongest => ({
  spots: channels.map(() => []),
  notFinite: new Set(),
});

/** Folds the maps of one batch in; `from` is its first entry. *Shape* [entry, …spatial, channel]. */
export function addMaps(
  into: Strongest,
  scan: Scan,
  output: NetworkArray,
  pre: NetworkArray | null,
  from: number,
): void {
  const entries = output.shape[0] ?? 0;
  const size = entries === 0 ? 0 : output.values.length / entries;
  for (let entry = 0; entry < entries; entry++) {
    const maps = output.values.subarray(entry * size, (entry + 1) * size);
    const before = pre?.values.subarray(entry * size, (entry + 1) * size) ?? null;
    addEntry(into, scan, { shape: output.shape, values: maps }, before, from + entry);
  }
}

function addEntry(into: Strongest, scan: Scan, maps: NetworkArray, before: Float32Array | null, entry: number): void {
  const depth = maps.shape.at(-1) ?? 1;
  const spatial = maps.shape.slice(1, -1);
  const { ranking, score, channels, perPatient } = scan;
  const ranked = ranking.by === 'pre-activation' && before ? before : maps.values;
  const shown = ranking.shows === 'pre-activation' && before ? before : maps.values;
  const spotAt = (c: number, at: number, rank: number, value: number): Spot => ({
    rank,
    value,
    pre: before ? (before[at * depth + c] as number) : null,
    entry,
    at,
  });
  if (typeof score === 'object') {
    const at = spatial.reduce((offset, n, axis) => offset * n + (score.voxel[axis] ?? 0), 0);
    const inside = score.voxel.length === spatial.length && spatial.every((n, axis) => (score.voxel[axis] ?? 0) < n);
    if (!inside) return;
    channels.forEach((c, n) => {
      const rank = ranking.sign * (ranked[at * depth + c] as number);
      if (!Number.isFinite(rank)) into.notFinite.add(n);
      else insert(into.spots[n] ?? [], spotAt(c, at, rank, shown[at * depth + c] as number), perPatient);
    });
    return;
  }
  const best = bestPlaces(ranked, depth, channels, ranking.sign);
  for (const n of best.notFinite) into.notFinite.add(n);
  const means = score === 'mean' ? channelMeans(shown, depth, channels) : null;
  channels.forEach((c, n) => {
    const spots = into.spots[n] ?? [];
    const at = best.at[n] as number;
    if (at < 0) return;
    if (means) {
      const mean = means[n] as number;
      if (Number.isFinite(mean)) insert(spots, spotAt(c, at, ranking.sign * mean, mean), perPatient);
      return;
    }
    const place = (where: number): Spot =>
      spotAt(c, where, ranking.sign * (ranked[where * depth + c] as number), shown[where * depth + c] as number);
    if (!insert(spots, place(at), perPatient)) return;
    // Further places of the same map: the best of what is not near a better one.
    const taken = [at];
    while (taken.length < perPatient) {
      const next = nextBest(ranked, depth, c, ranking.sign, spatial, taken, scan.apart);
      if (next < 0 || !insert(spots, place(next), perPatient)) return;
      taken.push(next);
    }
  });
}

/** Keeps the best few in order; false where it is not among them. */
function insert(spots: Spot[], spot: Spot, most: number): boolean {
  const last = spots.at(-1);
  if (spots.length >= most && last && better(spot, last) >= 0) return false;
  const at = spots.findIndex((other) => better(spot, other) < 0);
  spots.splice(at < 0 ? spots.length : at, 0, spot);
  if (spots.length > most) spots.pop();
  return true;
}

function bestPlaces(
  values: Float32Array,
  depth: number,
  channels: readonly number[],
  sign: 1 | -1,
): { readonly at: Int32Array; readonly notFinite: readonly number[] } {
  const count = channels.length;
  const column = Int32Array.from(channels);
  const best = new Float32Array(count).fill(-Infinity);
  const at = new Int32Array(count).fill(-1);
  const odd = new Float64Array(count);
  const places = depth === 0 ? 0 : values.length / depth;
  for (let v = 0; v < places; v++) {
    const row = v * depth;
    for (let n = 0; n < count; n++) {
      const x = sign * (values[row + (column[n] as number)] as number);
      if (x > (best[n] as number) && x < Infinity) {
        best[n] = x;
        at[n] = v;
      } else if (x - x !== 0) odd[n] = 1;
    }
  }
  return { at, notFinite: [...odd.keys()].filter((n) => odd[n] === 1) };
}

function nextBest(
  values: Float32Array,
  depth: number,
  channel: number,
  sign: 1 | -1,
  spatial: readonly number[],
  taken: readonly number[],
  apart: Apart,
): number {
  const near = taken.map((at) => indexOf(at, spatial));
  const index = spatial.map(() => 0);
  let best = -Infinity;
  let where = -1;
  const places = values.length / depth;
  for (let v = 0; v < places; v++) {
    const x = sign * (values[v * depth + channel] as number);
    if (
      x > best &&
      x < Infinity &&
      !near.some((other) => index.every((i, axis) => Math.abs(i - (other[axis] as number)) < (apart[axis] ?? 1)))
    ) {
      best = x;
      where = v;
    }
    for (let axis = spatial.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (spatial[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return where;
}

/** The indices of an offset in a map. */
export function indexOf(at: number, spatial: readonly number[]): number[] {
  const index = spatial.map(() => 0);
  let rest = at;
  for (let axis = spatial.length - 1; axis >= 0; axis--) {
    const n = spatial[axis] as number;
    index[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return index;
}

function channelMeans(values: Float32Array, depth: number, channels: readonly number[]): Float64Array {
  const sums = new Float64Array(channels.length);
  const places = depth === 0 ? 0 : values.length / depth;
  for (let v = 0; v < places; v++)
    for (let n = 0; n < channels.length; n++)
      sums[n] = (sums[n] as number) + (values[v * depth + (channels[n] as number)] as number);
  return sums.map((sum) => sum / places);
}

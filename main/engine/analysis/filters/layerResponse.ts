import type { AlongInput } from '../placing';
import { mergeMoments, noMoments, populationSd, type Moments } from '../statistics/moments';
import { addLine, transferOf, type Transfer } from './transfer';
import type { Presented } from './waterField';

/** What is measured of one node while fields pass, plain sums over entries; one map at rest and one of a line are held. */
export interface LayerResponse {
  /** The map's own sizes, without batch and channels; empty for a vector. */
  readonly spatial: readonly number[];
  readonly channels: number;
  /** Where the map's places lie, by axis; null where it has no transfer function along that axis. */
  readonly along: readonly (AlongInput | null)[];
  readonly transfers: readonly Transfer[];
  rest: Float32Array | null;
  raised: Float32Array | null;
  /** Σ(y₊ + y₋ − 2y₀)² and Σ(y₊ − y₋)² of the lines; the largest |y₊ − y₋| and |y₀|. */
  readonly bend: Float64Array;
  readonly swing: Float64Array;
  readonly moved: Float64Array;
  readonly size: Float64Array;
  readonly noise: Moments[];
  /** [channel][value of the insert]. */
  readonly insert: number[][];
}

export const layerResponse = (shape: readonly number[], along: readonly (AlongInput | null)[]): LayerResponse => {
  const channels = shape.at(-1) ?? 1;
  const column = (): Float64Array => new Float64Array(channels);
  return {
    spatial: shape.slice(1, -1),
    channels,
    along,
    transfers: along.map(() => transferOf(channels)),
    rest: null,
    raised: null,
    bend: column(),
    swing: column(),
    moved: column(),
    size: column(),
    noise: Array.from({ length: channels }, () => noMoments),
    insert: Array.from({ length: channels }, () => []),
  };
};

/** The part of an axis of n places that begins `edge` from each end; at least its middle place. */
const middle = (n: number, edge: number): readonly [number, number] => {
  const from = Math.min(Math.floor(edge * n), Math.floor((n - 1) / 2));
  return [from, n - from];
};

/** Calls with every place of a box: its number in the map and its index along `axis`. */
function eachIn(
  spatial: readonly number[],
  box: readonly (readonly [number, number])[],
  axis: number,
  take: (place: number, index: number) => void,
): void {
  const walk = (depth: number, place: number, index: number): void => {
    const n = spatial[depth];
    if (n === undefined) {
      take(place, index);
      return;
    }
    const [from, to] = box[depth] ?? [0, n];
    for (let i = from; i < to; i++) walk(depth + 1, place * n + i, depth === axis ? i : index);
  };
  walk(0, 0, 0);
}

/** How far from each end of an axis the noise is measured, lines are averaged across, and the insert's middle lies. */
const edges = { noise: 1 / 8, line: 1 / 4, insert: 3 / 8 } as const;

const boxOf = (spatial: readonly number[], edge: number): (readonly [number, number])[] =>
  spatial.map((n) => middle(n, edge));

/** Takes one entry's map in. Lines come in pairs, the raised one first. `lines`: how many there are of this axis. *Units* of `signal` network units. */
export function takeEntry(
  into: LayerResponse,
  what: Presented,
  values: Float32Array,
  { signal, lines }: { readonly signal: number; readonly lines: number },
): void {
  switch (what.kind) {
    case 'rest':
      into.rest = values.slice();
      values.forEach((value, at) => {
        const c = at % into.channels;
        into.size[c] = Math.max(into.size[c] as number, Math.abs(value));
      });
      return;
    case 'line':
      if (what.sign === 1) into.raised = values.slice();
      else takeLine(into, what.axis, what.at, values, signal, lines);
      return;
    case 'noise':
      takeNoise(into, values);
      return;
    case 'insert':
      takeInsert(into, values);
  }
}

function takeLine(
  into: LayerResponse,
  axis: number,
  at: number,
  lowered: Float32Array,
  signal: number,
  lines: number,
): void {
  const { spatial, channels, raised, rest, bend, swing, moved } = into;
  if (!raised || !rest) throw new Error('a line is raised before it is lowered');
  into.raised = null;
  const box = boxOf(spatial, edges.line).map((own, n): readonly [number, number] =>
    n === axis ? [0, spatial[n] ?? 1] : own,
  );
  const places = spatial[axis] ?? 1;
  const profile = new Float64Array(places * channels);
  const across = box.reduce((product, [from, to], n) => (n === axis ? product : product * (to - from)), 1);
  eachIn(spatial, box, axis, (place, index) => {
    for (let c = 0; c < channels; c++) {
      const n = place * channels + c;
      const [up, down, own] = [raised[n] as number, lowered[n] as number, rest[n] as number];
      const difference = up - down;
      const odd = up - own + (down - own);
      swing[c] = (swing[c] as number) + difference * difference;
      bend[c] = (bend[c] as number) + odd * odd;
      moved[c] = Math.max(moved[c] as number, Math.abs(difference), Math.abs(odd));
      const to = index * channels + c;
      profile[to] = (profile[to] as number) + difference / (2 * signal * across);
    }
  });
  const along = into.along[axis];
  const transfer = into.transfers[axis];
  if (!along || !transfer) return;
  const centres = Array.from({ length: places }, (_, o) => along.start + along.step * o - at);
  addLine(transfer, profile, centres, along.step / lines);
}

function takeNoise({ spatial, channels, rest, noise }: LayerResponse, values: Float32Array): void {
  if (!rest) throw new Error('the field at rest comes first');
  const mean = new Float64Array(channels);
  let n = 0;
  const box = boxOf(spatial, edges.noise);
  eachIn(spatial, box, -1, (place) => {
    n++;
    for (let c = 0; c < channels; c++)
      mean[c] =
        (mean[c] as number) + ((values[place * channels + c] as number) - (rest[place * channels + c] as number));
  });
  mean.forEach((sum, c) => (mean[c] = sum / n));
  const m2 = new Float64Array(channels);
  eachIn(spatial, box, -1, (place) => {
    for (let c = 0; c < channels; c++) {
      const at = place * channels + c;
      const away = (values[at] as number) - (rest[at] as number) - (mean[c] as number);
      m2[c] = (m2[c] as number) + away * away;
    }
  });
  for (let c = 0; c < channels; c++)
    noise[c] = mergeMoments(noise[c] ?? noMoments, { n, mean: mean[c] as number, m2: m2[c] as number });
}

function takeInsert({ spatial, channels, insert }: LayerResponse, values: Float32Array): void {
  const sum = new Float64Array(channels);
  let n = 0;
  eachIn(spatial, boxOf(spatial, edges.insert), -1, (place) => {
    n++;
    for (let c = 0; c < channels; c++) sum[c] = (sum[c] as number) + (values[place * channels + c] as number);
  });
  for (let c = 0; c < channels; c++) insert[c]?.push((sum[c] as number) / n);
}

/** Fewer values than this tell no standard deviation. */
const fewestValues = 100;

/** Standard deviation of a channel's noise; null of a layer with too few places. */
export function noiseSd({ noise }: LayerResponse, channel: number): number | null {
  const own = noise[channel] ?? noMoments;
  const sd = populationSd(own);
  return own.n >= fewestValues && Number.isFinite(sd) ? sd : null;
}

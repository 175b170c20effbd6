import { mergeMoments, noMoments, type Moments } from '../statistics/moments';
import type { ActivationRule } from '../activationRule';
import { sketchPlanOf, type SketchPlan } from './mapSketch';

/** What is kept of one channel of one input, as plain data: enough for its figures, and to pool them over inputs without the maps. */
export interface ChannelTally {
  readonly output: Moments;
  readonly min: number | null;
  readonly max: number | null;
  readonly notFinite: number;
  /** Σ|A|. */
  readonly sum: number;
  /** Voxels at zero by the activation's rule; null where it has none. */
  readonly zeros: number | null;
  /** Smallest |A| above zero, and largest |A|. */
  readonly faintest: number | null;
  readonly flat: number;
  /** Σ|A| over voxels whose receptive field leaves the image; null where that cannot be told apart. */
  readonly borderSum: number | null;
  readonly pre: Moments | null;
  readonly preMin: number | null;
  readonly preMax: number | null;
  /** Means over the planes of the map's signed sums, with what they differ by between planes. */
  readonly sketch: readonly number[] | null;
  readonly sketchM2: number;
}

/** The running figures of all channels of one node over the batches of one input. */
export interface Accumulator {
  readonly channels: number;
  readonly spatial: readonly number[];
  readonly rule: ActivationRule;
  readonly border: Uint8Array | null;
  /** |A| at or below this counts as zero in `add`. */
  readonly zeroBelow: number;
  entries: number;
  readonly output: Moments[];
  readonly pre: Moments[] | null;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly preMin: Float64Array;
  readonly preMax: Float64Array;
  readonly notFinite: Float64Array;
  readonly sum: Float64Array;
  readonly zeros: Float64Array;
  readonly faintest: Float64Array;
  readonly flat: Float64Array;
  readonly borderSum: Float64Array;
  readonly plan: SketchPlan;
  /** Running figures of the channel and entry at hand, and its signed sums. */
  readonly figures: Float64Array;
  readonly sketch: Float64Array;
  readonly sketchMean: Float64Array;
  readonly sketchM2: Float64Array;
}

export function accumulatorOf(
  shape: readonly number[],
  rule: ActivationRule,
  hasPre: boolean,
  border: Uint8Array | null,
  zeroBelow = 0,
): Accumulator {
  const channels = shape.at(-1) ?? 1;
  const spatial = shape.slice(1, -1);
  const places = spatial.reduce((product, n) => product * n, 1);
  const plan = sketchPlanOf(places);
  const column = (value = 0): Float64Array => new Float64Array(channels).fill(value);
  return {
    channels,
    spatial,
    rule,
    border,
    zeroBelow,
    entries: 0,
    output: Array.from({ length: channels }, () => noMoments),
    pre: hasPre ? Array.from({ length: channels }, () => noMoments) : null,
    min: column(Infinity),
    max: column(-Infinity),
    preMin: column(Infinity),
    preMax: column(-Infinity),
    notFinite: column(),
    sum: column(),
    zeros: column(),
    faintest: column(Infinity),
    flat: column(),
    borderSum: column(),
    plan,
    figures: new Float64Array(10),
    sketch: new Float64Array(plan.sums),
    sketchMean: column().length ? new Float64Array(channels * plan.sums) : new Float64Array(0),
    sketchM2: column(),
  };
}

/** Folds the maps of one batch in. *Shape* [entry, …spatial, channel]; sums in float64, squares around a value near the mean, so that no figure hangs on a large one. */
export function add(into: Accumulator, values: Float32Array, pre: Float32Array | null): void {
  const { channels, plan } = into;
  const places = plan.bucket.length;
  const count = channels === 0 || places === 0 ? 0 : values.length / (channels * places);
  for (let entry = 0; entry < count; entry++) {
    const from = entry * places * channels;
    addEntry(into, values.subarray(from, from + places * channels));
    if (pre) addPre(into, pre.subarray(from, from + places * channels));
  }
}

function addEntry(into: Accumulator, values: Float32Array): void {
  const { channels, notFinite } = into;
  into.entries += 1;
  for (let c = 0; c < channels; c++) {
    const bad = addChannel(into, values, c);
    notFinite[c] = (notFinite[c] as number) + bad;
  }
}

/** One channel of one entry: its running figures stay in registers, however many channels lie beside it. Gives how many values are not finite. */
function addChannel(into: Accumulator, values: Float32Array, c: number): number {
  const places = into.plan.bucket.length;
  const around = aroundOf(into.output[c], values, c, into.channels);
  const own = into.figures.fill(0);
  own[least] = into.min[c] as number;
  own[most] = into.max[c] as number;
  own[faint] = into.faintest[c] as number;
  into.sketch.fill(0);
  for (let from = 0; from < places; from += stretch)
    measure(into, values, c, from, Math.min(places, from + stretch), around);
  into.min[c] = own[least];
  into.max[c] = own[most];
  into.faintest[c] = own[faint];
  into.sum[c] = (into.sum[c] as number) + (own[sizes] as number);
  into.zeros[c] = (into.zeros[c] as number) + (own[none] as number);
  into.flat[c] = (into.flat[c] as number) + (own[level] as number);
  into.borderSum[c] = (into.borderSum[c] as number) + (own[outer] as number);
  const n = own[count] as number;
  const moments = momentsAround(around, n, own[deviation] as number, own[squared] as number);
  into.output[c] = mergeMoments(into.output[c] ?? noMoments, moments);
  addSketch(into, c);
  return places - n;
}

/**
 * Values measured in one call. A call that lasts is replaced while it runs by code that the engine gives up at its end, each time anew:
 * short ones are compiled once.
 */
const stretch = 512;

/** Places of the running figures of a channel. */
const [count, deviation, squared, sizes, none, level, outer, least, most, faint] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;

/** Measures a channel's values at some places. */
function measure(
  { channels, figures, sketch, plan, border, zeroBelow, rule }: Accumulator,
  values: Float32Array,
  c: number,
  from: number,
  to: number,
  around: number,
): void {
  const { flatBelow, flatAbove } = rule;
  const { bucket, sign } = plan;
  let min = figures[least] as number;
  let max = figures[most] as number;
  let faintest = figures[faint] as number;
  let n = 0;
  let sum = 0;
  let squares = 0;
  let all = 0;
  let exact = 0;
  let zeros = 0;
  let flat = 0;
  let outside = 0;
  for (let v = from, at = from * channels + c; v < to; v++, at += channels) {
    const a = values[at] as number;
    // Most of a rectified map: told below, all at once.
    if (a === 0) {
      exact++;
      continue;
    }
    // NaN and ±Infinity are the values whose difference from themselves is not 0.
    if (a - a !== 0) continue;
    n++;
    if (a < min) min = a;
    if (a > max) max = a;
    const size = a < 0 ? -a : a;
    if (size <= zeroBelow) zeros++;
    if (size < faintest) faintest = size;
    if (a <= flatBelow || a >= flatAbove) flat++;
    const away = a - around;
    sum += away;
    squares += away * away;
    all += size;
    if (border !== null && border[v] === 1) outside += size;
    const sums = bucket[v] as number;
    sketch[sums] = (sketch[sums] as number) + (sign[v] as number) * a;
  }
  if (exact > 0) {
    if (min > 0) min = 0;
    if (max < 0) max = 0;
    n += exact;
    zeros += exact;
    if (flatBelow >= 0 || flatAbove <= 0) flat += exact;
    sum -= exact * around;
    squares += exact * around * around;
  }
  figures[least] = min;
  figures[most] = max;
  figures[faint] = faintest;
  figures[count] = (figures[count] as number) + n;
  figures[deviation] = (figures[deviation] as number) + sum;
  figures[squared] = (figures[squared] as number) + squares;
  figures[sizes] = (figures[sizes] as number) + all;
  figures[none] = (figures[none] as number) + zeros;
  figures[level] = (figures[level] as number) + flat;
  figures[outer] = (figures[outer] as number) + outside;
}

/** Welford's step over entries for every signed sum of a channel. */
function addSketch(into: Accumulator, c: number): void {
  const { sketch, sketchMean, sketchM2, plan, channels, entries } = into;
  let m2 = sketchM2[c] as number;
  for (let k = 0, at = c; k < plan.sums; k++, at += channels) {
    const before = sketchMean[at] as number;
    const step = (sketch[k] as number) - before;
    const mean = before + step / entries;
    m2 += step * ((sketch[k] as number) - mean);
    sketchMean[at] = mean;
  }
  sketchM2[c] = m2;
}

function addPre(into: Accumulator, values: Float32Array): void {
  if (into.pre === null) return;
  const { channels } = into;
  const places = values.length / channels;
  for (let c = 0; c < channels; c++) {
    const around = aroundOf(into.pre[c], values, c, channels);
    const own = into.figures.fill(0);
    own[least] = into.preMin[c] as number;
    own[most] = into.preMax[c] as number;
    for (let from = 0; from < places; from += stretch)
      measurePre(into, values, c, from, Math.min(places, from + stretch), around);
    into.preMin[c] = own[least];
    into.preMax[c] = own[most];
    const moments = momentsAround(around, own[count] as number, own[deviation] as number, own[squared] as number);
    into.pre[c] = mergeMoments(into.pre[c] ?? noMoments, moments);
  }
}

function measurePre(
  { channels, figures }: Accumulator,
  values: Float32Array,
  c: number,
  from: number,
  to: number,
  around: number,
): void {
  let min = figures[least] as number;
  let max = figures[most] as number;
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let at = from * channels + c, end = to * channels; at < end; at += channels) {
    const z = values[at] as number;
    if (z - z !== 0) continue;
    n++;
    if (z < min) min = z;
    if (z > max) max = z;
    const away = z - around;
    sum += away;
    squares += away * away;
  }
  figures[least] = min;
  figures[most] = max;
  figures[count] = (figures[count] as number) + n;
  figures[deviation] = (figures[deviation] as number) + sum;
  figures[squared] = (figures[squared] as number) + squares;
}

/** A value near the channel's mean, around which its squares are summed in one pass: the mean so far, or of a few values of the first entry. */
function aroundOf(known: Moments | undefined, values: Float32Array, c: number, channels: number): number {
  if (known && known.n > 0) return known.mean;
  const places = values.length / channels;
  const [step, some] = [Math.max(1, Math.floor(places / 8)), []] as [number, number[]];
  for (let v = step >> 1; v < places; v += step) {
    const a = values[v * channels + c] as number;
    if (Number.isFinite(a)) some.push(a);
  }
  return some.length === 0 ? 0 : some.reduce((sum, a) => sum + a, 0) / some.length;
}

/** Moments from Σ(x − a) and Σ(x − a)² in float64. */
const momentsAround = (around: number, n: number, sum: number, squares: number): Moments =>
  n === 0 ? noMoments : { n, mean: around + sum / n, m2: Math.max(0, squares - (sum * sum) / n) };

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The tally of every channel. Plain JSON: what is not finite is null. */
export function talliesOf(from: Accumulator): ChannelTally[] {
  return Array.from({ length: from.channels }, (_, c): ChannelTally => {
    const sketch =
      from.plan.bucket.length > 1
        ? Array.from({ length: from.plan.sums }, (_, k) => Math.fround(from.sketchMean[k * from.channels + c] ?? 0))
        : null;
    return {
      output: from.output[c] ?? noMoments,
      min: finite(from.min[c] as number),
      max: finite(from.max[c] as number),
      notFinite: from.notFinite[c] as number,
      sum: from.sum[c] as number,
      zeros: from.rule.zero === null ? null : (from.zeros[c] as number),
      faintest: finite(from.faintest[c] as number),
      flat: from.flat[c] as number,
      borderSum: from.border === null ? null : (from.borderSum[c] as number),
      pre: from.pre?.[c] ?? null,
      preMin: from.pre ? finite(from.preMin[c] as number) : null,
      preMax: from.pre ? finite(from.preMax[c] as number) : null,
      sketch,
      sketchM2: from.sketchM2[c] as number,
    };
  });
}

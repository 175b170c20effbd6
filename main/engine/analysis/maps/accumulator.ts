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
    sketchMean: column().length ? new Float64Array(channels * plan.sums) : new Float64Array(0),
    sketchM2: column(),
  };
}

/** Folds the maps of one batch in. *Shape* [entry, …spatial, channel]; sums in float64, two passes, so that no figure hangs on a large mean. */
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
  const { channels, plan, border, zeroBelow, rule } = into;
  const { min, max, sum, zeros, faintest, flat, borderSum, notFinite } = into;
  const { flatBelow, flatAbove } = rule;
  const places = plan.bucket.length;
  const total = new Float64Array(channels);
  const bad = new Float64Array(channels);
  const sketch = new Float64Array(channels * plan.sums);
  for (let v = 0, at = 0; v < places; v++) {
    const outside = border !== null && border[v] === 1;
    const sums = (plan.bucket[v] as number) * channels;
    const sign = plan.sign[v] as number;
    for (let c = 0; c < channels; c++, at++) {
      const a = values[at] as number;
      // NaN and ±Infinity are the values whose difference from themselves is not 0.
      if (a - a !== 0) {
        bad[c] = (bad[c] as number) + 1;
        continue;
      }
      if (a < (min[c] as number)) min[c] = a;
      if (a > (max[c] as number)) max[c] = a;
      const size = a < 0 ? -a : a;
      if (size <= zeroBelow) zeros[c] = (zeros[c] as number) + 1;
      if (size < (faintest[c] as number) && size > 0) faintest[c] = size;
      if (a <= flatBelow || a >= flatAbove) flat[c] = (flat[c] as number) + 1;
      total[c] = (total[c] as number) + a;
      sum[c] = (sum[c] as number) + size;
      if (outside) borderSum[c] = (borderSum[c] as number) + size;
      sketch[sums + c] = (sketch[sums + c] as number) + sign * a;
    }
  }
  const mean = total.map((t, c) => (places > (bad[c] as number) ? t / (places - (bad[c] as number)) : 0));
  const m2 = squaresAround(values, mean, channels);
  for (let c = 0; c < channels; c++) {
    const n = places - (bad[c] as number);
    into.output[c] = mergeMoments(into.output[c] ?? noMoments, { n, mean: mean[c] as number, m2: m2[c] as number });
    notFinite[c] = (notFinite[c] as number) + (bad[c] as number);
  }
  addSketch(into, sketch);
}

/** Welford's step over entries for every signed sum. */
function addSketch(into: Accumulator, sketch: Float64Array): void {
  into.entries += 1;
  for (let at = 0; at < sketch.length; at++) {
    const c = at % into.channels;
    const step = (sketch[at] as number) - (into.sketchMean[at] as number);
    const mean = (into.sketchMean[at] as number) + step / into.entries;
    into.sketchM2[c] = (into.sketchM2[c] as number) + step * ((sketch[at] as number) - mean);
    into.sketchMean[at] = mean;
  }
}

function addPre(into: Accumulator, values: Float32Array): void {
  if (into.pre === null) return;
  const { channels, preMin, preMax } = into;
  const total = new Float64Array(channels);
  const n = new Float64Array(channels);
  for (let at = 0; at < values.length; at++) {
    const z = values[at] as number;
    if (z - z !== 0) continue;
    const c = at % channels;
    n[c] = (n[c] as number) + 1;
    total[c] = (total[c] as number) + z;
    if (z < (preMin[c] as number)) preMin[c] = z;
    if (z > (preMax[c] as number)) preMax[c] = z;
  }
  const mean = total.map((t, c) => ((n[c] as number) > 0 ? t / (n[c] as number) : 0));
  const m2 = squaresAround(values, mean, channels);
  for (let c = 0; c < channels; c++) {
    const moments = { n: n[c] as number, mean: mean[c] as number, m2: m2[c] as number };
    into.pre[c] = mergeMoments(into.pre[c] ?? noMoments, moments);
  }
}

function squaresAround(values: Float32Array, mean: Float64Array, channels: number): Float64Array {
  const m2 = new Float64Array(channels);
  for (let at = 0; at < values.length; at++) {
    const a = values[at] as number;
    if (a - a !== 0) continue;
    const c = at % channels;
    const away = a - (mean[c] as number);
    m2[c] = (m2[c] as number) + away * away;
  }
  return m2;
}

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

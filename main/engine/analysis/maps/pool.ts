import { mergeMoments, noMoments, type Moments } from '../statistics/moments';
import type { ActivationRule } from '../activationRule';
import type { ChannelTally } from './accumulator';

/** What is kept of one node of one input. */
export interface LayerTally {
  readonly node: string;
  /** Sizes of the map without batch and channel. */
  readonly spatial: readonly number[];
  /** Maps that the input gave: planes of a study in a 2D network, 1 in 3D. */
  readonly entries: number;
  readonly channels: readonly ChannelTally[];
}

/** One channel over inputs, folded in the order given. */
export interface PooledChannel {
  readonly output: Moments;
  readonly min: number;
  readonly max: number;
  readonly notFinite: number;
  readonly sum: number;
  readonly zeros: number | null;
  readonly flat: number;
  readonly borderSum: number | null;
  readonly pre: Moments | null;
  readonly preMax: number | null;
  readonly positionShare: number | null;
  /** Mean over patients of the share of the patient's inputs in which the map is silent, and in which it is flat nearly everywhere. */
  readonly silentShare: number;
  readonly flatShare: number;
}

/** The whole map of this input is silent by the activation's rule. */
export function isSilent(tally: ChannelTally, { silent }: ActivationRule): boolean {
  const { n } = tally.output;
  if (n === 0) return false;
  switch (silent.of) {
    case 'output':
      return tally.max !== null && tally.max <= silent.limit;
    case 'preActivation':
      return tally.preMax !== null && tally.preMax < silent.limit;
    case 'zero':
    case 'never':
      return tally.zeros !== null && tally.zeros === n;
  }
}

/** Whether at least one of the patient's inputs makes it answer, by patient in the order in which they came. */
export function firedByPatient({ patients, channels }: LayerPool, channel: number): ReadonlyMap<string, boolean> {
  const fired = new Map<string, boolean>();
  const silent = channels[channel]?.silent ?? [];
  patients.forEach((patient, i) => fired.set(patient, fired.get(patient) === true || silent[i] !== true));
  return fired;
}

/** Mean over patients of the patient's own share of inputs for which `holds`. */
function shareOverPatients(patients: readonly string[], holds: readonly boolean[]): number {
  const byPatient = new Map<string, { n: number; k: number }>();
  patients.forEach((patient, i) => {
    const seen = byPatient.get(patient) ?? { n: 0, k: 0 };
    byPatient.set(patient, { n: seen.n + 1, k: seen.k + (holds[i] ? 1 : 0) });
  });
  let sum = 0;
  for (const { n, k } of byPatient.values()) sum += k / n;
  return byPatient.size === 0 ? 0 : sum / byPatient.size;
}

const fewestInputs = 10;

/** One channel over the inputs that came so far. */
interface ChannelPool {
  output: Moments;
  min: number;
  max: number;
  notFinite: number;
  sum: number;
  zeros: number | null;
  flat: number;
  borderSum: number | null;
  pre: Moments | null;
  preMax: number;
  /** By input: the whole map is silent; the share of its voxels where the activation is flat. */
  readonly silent: boolean[];
  readonly flatShare: number[];
  /** Mean over inputs of the map in coarse places, and what is left of the variance around it; null where that cannot be had. */
  sketch: { readonly mean: Float64Array; within: number; seen: number } | null;
}

/** One node over the inputs that came so far: figures of each channel, never more than one input's maps. */
export interface LayerPool {
  readonly rule: ActivationRule;
  readonly spatial: readonly number[];
  /** Maps of every input have the same sizes. */
  alike: boolean;
  /** Of each input in its order. */
  readonly patients: string[];
  readonly channels: readonly ChannelPool[];
}

const emptyChannel = (tally: ChannelTally): ChannelPool => ({
  output: noMoments,
  min: Infinity,
  max: -Infinity,
  notFinite: 0,
  sum: 0,
  zeros: 0,
  flat: 0,
  borderSum: 0,
  pre: noMoments,
  preMax: -Infinity,
  silent: [],
  flatShare: [],
  sketch: { mean: new Float64Array(tally.sketch?.length ?? 0), within: 0, seen: 0 },
});

/** A node before its first input, of the sizes that this one has. */
export const emptyPool = ({ spatial, channels }: LayerTally, rule: ActivationRule): LayerPool => ({
  rule,
  spatial,
  alike: true,
  patients: [],
  channels: channels.map(emptyChannel),
});

function addSketch(pool: ChannelPool, tally: ChannelTally, entries: number): void {
  if (!pool.sketch) return;
  if (!tally.sketch || tally.notFinite > 0) {
    pool.sketch = null;
    return;
  }
  const { mean, seen } = pool.sketch;
  pool.sketch.within += tally.sketchM2;
  for (let k = 0; k < mean.length; k++) {
    const step = (tally.sketch[k] ?? NaN) - (mean[k] as number);
    pool.sketch.within += (step * step * seen * entries) / (seen + entries);
    mean[k] = (mean[k] as number) + (step * entries) / (seen + entries);
  }
  pool.sketch.seen += entries;
}

/** Folds one input in. Inputs come in the job's order, so that a run and its shards give the same numbers. */
export function addToPool(pool: LayerPool, patient: string, { spatial, entries, channels }: LayerTally): void {
  pool.patients.push(patient);
  pool.alike &&= spatial.join() === pool.spatial.join();
  for (const [c, own] of pool.channels.entries()) {
    const tally = channels[c];
    if (!tally) continue;
    own.output = mergeMoments(own.output, tally.output);
    own.min = Math.min(own.min, tally.min ?? Infinity);
    own.max = Math.max(own.max, tally.max ?? -Infinity);
    own.notFinite += tally.notFinite;
    own.sum += tally.sum;
    own.zeros = own.zeros === null || tally.zeros === null ? null : own.zeros + tally.zeros;
    own.flat += tally.flat;
    own.borderSum = own.borderSum === null || tally.borderSum === null ? null : own.borderSum + tally.borderSum;
    own.pre = own.pre === null || tally.pre === null ? null : mergeMoments(own.pre, tally.pre);
    own.preMax = Math.max(own.preMax, tally.preMax ?? -Infinity);
    own.silent.push(isSilent(tally, pool.rule));
    own.flatShare.push(tally.output.n > 0 ? tally.flat / tally.output.n : -1);
    if (pool.alike) addSketch(own, tally, entries);
  }
}

/**
 * Share of the variance over inputs and places that lies between places alone. null below 10 inputs or where map sizes differ.
 * *Source* methods §1.1, position share; law of total variance.
 */
function positionShare({ alike, patients, spatial }: LayerPool, { output, sketch }: ChannelPool): number | null {
  const places = spatial.reduce((product, n) => product * n, 1);
  if (patients.length < fewestInputs || !alike || places < 2 || !sketch) return null;
  const total = output.m2 / output.n;
  if (!(total > 0)) return null;
  return Math.min(1, Math.max(0, 1 - sketch.within / sketch.seen / places / total));
}

/** One channel over all inputs that came. `saturated`: the share of voxels from which a map counts as flat. */
export function pooledChannel(pool: LayerPool, channel: number, saturated: number): PooledChannel | null {
  const own = pool.channels[channel];
  if (!own) return null;
  const { output, min, max, notFinite, sum, zeros, flat, borderSum, pre } = own;
  return {
    ...{ output, min, max, notFinite, sum, zeros, flat, borderSum, pre },
    preMax: pre ? own.preMax : null,
    positionShare: positionShare(pool, own),
    silentShare: shareOverPatients(pool.patients, own.silent),
    flatShare: shareOverPatients(
      pool.patients,
      own.flatShare.map((share) => share >= saturated),
    ),
  };
}

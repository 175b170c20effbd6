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

/** One node of one input of one patient. */
export interface LayerOfPatient {
  readonly patient: string;
  readonly layer: LayerTally;
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

const isFlat = (tally: ChannelTally, threshold: number): boolean =>
  tally.output.n > 0 && tally.flat / tally.output.n >= threshold;

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

/**
 * Share of the variance over inputs and places that lies between places alone. null below 10 inputs or where map sizes differ.
 * *Source* methods §1.1, position share; law of total variance.
 */
export function positionShare(layers: readonly LayerTally[], channel: number, output: Moments): number | null {
  const [first] = layers;
  if (layers.length < fewestInputs || !first) return null;
  const spatial = first.spatial.join();
  const places = first.spatial.reduce((product, n) => product * n, 1);
  if (places < 2 || layers.some((layer) => layer.spatial.join() !== spatial)) return null;
  const total = output.m2 / output.n;
  if (!(total > 0)) return null;
  let within = 0;
  let seen = 0;
  const mean = new Float64Array(first.channels[channel]?.sketch?.length ?? 0);
  for (const { entries, channels } of layers) {
    const tally = channels[channel];
    if (!tally?.sketch || tally.notFinite > 0) return null;
    within += tally.sketchM2;
    for (let k = 0; k < mean.length; k++) {
      const step = (tally.sketch[k] ?? NaN) - (mean[k] as number);
      within += (step * step * seen * entries) / (seen + entries);
      mean[k] = (mean[k] as number) + (step * entries) / (seen + entries);
    }
    seen += entries;
  }
  return Math.min(1, Math.max(0, 1 - within / seen / places / total));
}

/** Folds one channel of one node over inputs, in the job's order, so that a run and its shards give the same numbers. */
export function poolChannel(
  layers: readonly LayerOfPatient[],
  channel: number,
  rule: ActivationRule,
  saturated: number,
): PooledChannel {
  const tallies = layers.map(({ layer }) => layer.channels[channel]).filter((tally) => tally !== undefined);
  const patients = layers.map(({ patient }) => patient);
  const output = tallies.reduce((merged, { output: own }) => mergeMoments(merged, own), noMoments);
  const sumOf = (of: (tally: ChannelTally) => number | null): number | null =>
    tallies.reduce<number | null>((sum, tally) => {
      const own = of(tally);
      return sum === null || own === null ? null : sum + own;
    }, 0);
  const pre = tallies.every((tally) => tally.pre !== null)
    ? tallies.reduce((merged, tally) => mergeMoments(merged, tally.pre ?? noMoments), noMoments)
    : null;
  return {
    output,
    min: Math.min(...tallies.map(({ min }) => min ?? Infinity)),
    max: Math.max(...tallies.map(({ max }) => max ?? -Infinity)),
    notFinite: tallies.reduce((sum, tally) => sum + tally.notFinite, 0),
    sum: tallies.reduce((sum, tally) => sum + tally.sum, 0),
    zeros: sumOf(({ zeros }) => zeros),
    flat: tallies.reduce((sum, tally) => sum + tally.flat, 0),
    borderSum: sumOf(({ borderSum }) => borderSum),
    pre,
    preMax: pre ? Math.max(...tallies.map(({ preMax }) => preMax ?? -Infinity)) : null,
    positionShare: positionShare(
      layers.map(({ layer }) => layer),
      channel,
      output,
    ),
    silentShare: shareOverPatients(
      patients,
      tallies.map((tally) => isSilent(tally, rule)),
    ),
    flatShare: shareOverPatients(
      patients,
      tallies.map((tally) => isFlat(tally, saturated)),
    ),
  };
}

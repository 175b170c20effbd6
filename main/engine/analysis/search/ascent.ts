import type { LoadedNetwork, NetworkArray } from '../../network/network';
import type { Draws } from '../statistics/draws';
import { blurred, gaussianTaps, rolled, totalVariation } from './smoothing';

/** What is driven: one scalar of the network's answer to one input, and the box that its values stay in. */
export interface Drive {
  readonly network: Pick<LoadedNetwork, 'gradient' | 'run'>;
  /** The only input, by its name. *Shape* batch of one, channels last. */
  readonly wrt: string;
  readonly shape: readonly number[];
  readonly node: string;
  readonly stage: 'output' | 'preActivation';
  /** Weights of the fetched values in the scalar that is to rise. */
  readonly cotangent: (fetched: NetworkArray) => Float32Array;
  /** Ends of each channel, in network units. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Where each channel lies on average, as a share of the way from low to high. */
  readonly usual: readonly number[];
}

export interface Ascent {
  readonly steps: number;
  /** Gradient of the total variation as a share of the scalar's at the start; 0 leaves out every regularisation, blur and jitter too. */
  readonly regularisation: number;
  /** Most voxels that the input is shifted by before a step, one entry a spatial axis. */
  readonly jitter: readonly number[];
}

/** Source: methods §1.3. */
const rate = 0.05;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
const blurEvery = 8;
const firstBlur = 0.5;
/** The pull to the usual value, as a share of the smoothing. */
const pullShare = 0.1;

const sigmoid = (u: number): number => 1 / (1 + Math.exp(-u));
const norm = (values: Float64Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

/** Shares of the way between the bounds as what the ascent moves: their logits, kept from the flat ends. */
export const logitsOf = (shares: ArrayLike<number>): Float64Array =>
  Float64Array.from(shares, (share) => {
    const inside = Math.min(0.98, Math.max(0.02, share));
    return Math.log(inside / (1 - inside));
  });

/** A start near the usual value of each channel. */
export function randomStart({ shape, usual }: Drive, draws: Draws): Float64Array {
  const depth = shape.at(-1) ?? 1;
  const logits = logitsOf(usual);
  const count = shape.reduce((product, n) => product * n, 1);
  return Float64Array.from({ length: count }, (_, at) => (logits[at % depth] ?? 0) + 0.5 * draws.normal());
}

/** lo + (hi − lo)·sigmoid(u): inside the bounds whatever u. */
export function inputOf({ low, high, shape }: Drive, u: Float64Array): Float32Array {
  const depth = shape.at(-1) ?? 1;
  return Float32Array.from(u, (own, at) => {
    const [from, to] = [low[at % depth] ?? 0, high[at % depth] ?? 1];
    return from + (to - from) * sigmoid(own);
  });
}

/**
 * Gradient ascent on one input by Adam, from the logits `start`. Deterministic for the same start and draws. *Units* of the answer: network
 * units. *Problems* those of the gradient. *Source* methods §1.3; Olah, Mordvintsev & Schubert 2017.
 */
export async function ascend(
  drive: Drive,
  start: Float64Array,
  { steps, regularisation, jitter }: Ascent,
  draws: Draws,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { network, shape, wrt, node, stage, cotangent, low, high, usual } = drive;
  const { gradient } = network;
  if (!gradient) throw new Error('a network without a gradient cannot be driven');
  const depth = shape.at(-1) ?? 1;
  const spatial = shape.slice(1, -1);
  const count = start.length;
  const span = low.map((from, channel) => (high[channel] ?? from) - from);
  let u = Float64Array.from(start);
  const [mean, square] = [new Float64Array(count), new Float64Array(count)];
  let weights: { readonly smooth: number; readonly pull: number } | null = null;
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    const shift = jitter.map((most) => (regularisation > 0 ? draws.below(2 * most + 1) - most : 0));
    const values = rolled(inputOf(drive, u), shape, shift);
    const question = { inputs: { [wrt]: { shape, values } }, fetch: { node, stage }, cotangent, wrt: [wrt] };
    const answer = (await gradient(question, signal)).gradients.get(wrt);
    if (!answer) throw new Error(`no gradient by ${wrt}`);
    const back = rolled(
      answer.values,
      shape,
      shift.map((n) => -n),
    );
    // By the share of the way between the bounds: channels of different units weigh alike.
    const rise = Float64Array.from(back, (g, at) => g * (span[at % depth] ?? 0));
    const share = u.map(sigmoid);
    if (regularisation > 0) {
      const roughness = totalVariation(share, spatial, depth);
      const away = share.map((s, at) => s - (usual[at % depth] ?? 0.5));
      weights ??= {
        smooth: (regularisation * norm(rise)) / (norm(roughness) || 1),
        pull: (pullShare * regularisation * norm(rise)) / (norm(away) || 1),
      };
      const { smooth, pull } = weights;
      for (let at = 0; at < count; at++)
        rise[at] = (rise[at] ?? 0) - smooth * (roughness[at] ?? 0) - pull * (away[at] ?? 0);
    }
    for (let at = 0; at < count; at++) {
      // By the share itself, not its logit: near a bound the logit's own slope vanishes and would hold the voxel up.
      const g = rise[at] ?? 0;
      mean[at] = beta1 * (mean[at] ?? 0) + (1 - beta1) * g;
      square[at] = beta2 * (square[at] ?? 0) + (1 - beta2) * g * g;
      const first = (mean[at] ?? 0) / (1 - beta1 ** (step + 1));
      const second = (square[at] ?? 0) / (1 - beta2 ** (step + 1));
      u[at] = (u[at] ?? 0) + (rate * first) / (Math.sqrt(second) + epsilon);
    }
    const sigma = firstBlur * (1 - (step + 1) / steps);
    if (regularisation > 0 && (step + 1) % blurEvery === 0 && sigma > 0)
      u = blurred(u, spatial, depth, gaussianTaps(sigma));
  }
  return inputOf(drive, u);
}

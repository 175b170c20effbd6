import type { DeathCause } from '../../../../shared/analysis/maps';
import type { NetworkGraph, Node, Weight } from '../../network/graph';
import { populationSd, type Moments } from '../statistics/moments';
import { quantile } from '../statistics/quantile';
import { hasFilters } from '../layers';

type Row = DeathCause['compatibleWith'][number];

/** What a silent channel's weights are held against. */
export interface Silenced {
  readonly channel: number;
  /** Largest pre-activation that was seen; null where it was not measured. */
  readonly preMax: number | null;
  /** Of the pre-activation over all voxels; null where it was not measured. */
  readonly pre: Moments | null;
  /** Every value that the filters read is at least 0 (behind a rectifier). */
  readonly readsPositive: boolean;
  /** Channels that the filters read which are zero everywhere; null where that is not known. */
  readonly deadInputs: readonly boolean[] | null;
}

const weightNamed = (node: Node | null, name: string): Weight | undefined =>
  node?.weights.find((weight) => weight.name === name);

/** The node with the filters behind a channel, and the normalisation on the way. */
export function filterChain(
  graph: NetworkGraph,
  node: Node,
): { readonly filters: Node | null; readonly norm: Node | null } {
  let norm: Node | null = null;
  let at: Node | undefined = node;
  while (at && !hasFilters(at)) {
    if (at.op === 'batchNorm') norm = at;
    const [only]: readonly string[] = at.inputs;
    at = at.inputs.length === 1 ? graph.nodes.find(({ name }) => name === only) : undefined;
  }
  return { filters: at ?? null, norm };
}

/** Σ of positive and of negative weights, and norm, of each output channel; by input channel for the filter in question. */
function kernelOf({ shape, values }: Weight, channel: number) {
  const out = shape.at(-1) ?? 1;
  const inside = shape.at(-2) ?? 1;
  const norms = new Float64Array(out);
  const byInput = new Float64Array(inside);
  let [positive, negative] = [0, 0];
  values.forEach((w, at) => {
    const c = at % out;
    norms[c] = (norms[c] ?? 0) + w * w;
    if (c !== channel) return;
    if (w > 0) positive += w;
    else negative -= w;
    const i = Math.floor(at / out) % inside;
    byInput[i] = Math.max(byInput[i] ?? 0, Math.abs(w));
  });
  return { norms: Array.from(norms, Math.sqrt), byInput, positive, negative };
}

/** Beyond these, stored moving statistics are not those of this database. */
const stale = { mean: 3, ratio: 9 } as const;

/**
 * Whether the statistics that a normalisation stored are far from those measured: of what it reads, standardised by them. `pre` is what it
 * gives.
 */
function isStale(norm: Node, channel: number, pre: Moments): boolean {
  const stored = weightNamed(norm, 'variance')?.values[channel];
  const gamma = weightNamed(norm, 'gamma')?.values[channel] ?? 1;
  if (stored === undefined || gamma === 0 || pre.n === 0) return false;
  const mean = (pre.mean - (weightNamed(norm, 'beta')?.values[channel] ?? 0)) / gamma;
  const epsilon = Number(norm.attributes['epsilon'] ?? 0);
  const variance = ((populationSd(pre) / gamma) ** 2 * (stored + epsilon)) / stored;
  return Math.abs(mean) > stale.mean || variance > stale.ratio || variance < 1 / stale.ratio;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * Rows of the evidence table that hold for one silent channel at this checkpoint; "compatible with", never a fact.
 * *Source* methods §1.1, Why is it dead?
 */
export function causeOf(graph: NetworkGraph, node: Node, silenced: Silenced): DeathCause | null {
  const { channel, preMax, pre, readsPositive, deadInputs } = silenced;
  const { filters, norm } = filterChain(graph, node);
  const kernel = filters?.op.startsWith('conv') || filters?.op === 'dense' ? weightNamed(filters, 'kernel') : undefined;
  const rows: Row[] = [];
  const own = kernel ? kernelOf(kernel, channel) : null;

  const biases = Array.from(weightNamed(filters, 'bias')?.values ?? []);
  const bias = biases[channel];
  if (bias !== undefined && bias < 0) {
    const [q1, q3] = [quantile(biases, 0.25), quantile(biases, 0.75)];
    const reaches = norm === null && preMax !== null && preMax <= 0 && preMax - bias > 0;
    if (reaches || bias < q1 - 3 * (q3 - q1)) rows.push('bias');
  }
  if (own && readsPositive && (own.positive === 0 || own.positive / own.negative < 0.01)) rows.push('weights');

  const gammas = Array.from(weightNamed(norm, 'gamma')?.values ?? [], Math.abs);
  const gamma = gammas[channel];
  const beta = weightNamed(norm, 'beta')?.values[channel] ?? 0;
  let shot = false;
  if (gamma !== undefined) {
    const shrunk = gamma === 0 || gamma < 1e-3 * median(gammas);
    shot = (shrunk && beta <= 0) || beta / gamma < -3;
  }
  const direct = norm !== null && (node === norm || node.inputs.includes(norm.name));
  if (shot || (direct && pre !== null && isStale(norm, channel, pre))) rows.push('batch-normalisation');
  if (own && deadInputs?.length === own.byInput.length) {
    const largest = Math.max(...own.byInput);
    const feeding = Array.from(own.byInput.keys()).filter((i) => (own.byInput[i] ?? 0) > 1e-3 * largest);
    if (largest > 0 && feeding.every((i) => deadInputs[i])) rows.push('starved');
  }
  if (own && (own.norms[channel] ?? NaN) < 1e-2 * median(own.norms)) {
    if (gamma === undefined || gamma < 1e-2 * median(gammas)) rows.push('regularisation');
  }
  return rows.length === 0
    ? null
    : { compatibleWith: rows, missing: ['checkpoint-0', 'later-checkpoints', 'another-database'] };
}

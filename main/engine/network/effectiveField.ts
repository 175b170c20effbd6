import type { LoadedNetwork, NetworkArray } from './network';
import { productOf } from './operation/operation';

/** One voxel of one channel of a node's map; no voxel for a vector. */
export interface Neuron {
  readonly node: string;
  readonly stage: 'output' | 'preActivation';
  readonly channel: number;
  readonly voxel: readonly number[];
}

/** Where a neuron's gradient lies in the input, measured over inputs. */
export interface EffectiveField {
  /** Mean over the inputs of |∂neuron/∂input|, summed over the input's channels. *Shape* the input's spatial sizes. */
  readonly strength: { readonly shape: readonly number[]; readonly values: Float64Array };
  /** Centre of gravity, and standard deviation along each axis about it. *Units* voxels; mm. */
  readonly centre: readonly number[];
  readonly deviationMm: readonly number[];
  /** √(ΣG·r²/ΣG), r the distance from the centre in mm. */
  readonly radiusMm: number;
  /** How much of the input G exceeds 4.55 % of its peak in. *Units* mm in 1D, mm² in 2D, mm³ in 3D. */
  readonly extent: number;
  /** Inputs that it was measured on. */
  readonly inputs: number;
}

/** Two standard deviations of a Gaussian leave 4.55 % outside. */
const shareOfPeak = 0.0455;

export interface EffectiveFieldQuestion {
  /** All of one shape; each may be a batch. */
  readonly inputs: Iterable<Readonly<Record<string, NetworkArray>>>;
  /** The input that is looked at, by its name. */
  readonly wrt: string;
  readonly neuron: Neuron;
  /** Voxel sizes of that input, tensor order. */
  readonly spacingMm: readonly number[];
}

/**
 * The effective receptive field of a neuron. null where its gradient is zero for every input, as that of a dead one.
 * *Problems* those of the gradient.
 * *Source* Luo, Li, Urtasun & Zemel, NIPS 2016; methods.md §1.3.
 */
export async function effectiveField(
  gradient: NonNullable<LoadedNetwork['gradient']>,
  { inputs, wrt, neuron, spacingMm }: EffectiveFieldQuestion,
  signal?: AbortSignal,
): Promise<EffectiveField | null> {
  const { node, stage } = neuron;
  let sum: Float64Array | null = null;
  let shape: readonly number[] = [];
  let count = 0;
  for (const given of inputs) {
    const question = {
      inputs: given,
      fetch: { node, stage },
      cotangent: (fetched: NetworkArray) => oneAt(fetched, neuron),
      wrt: [wrt],
    };
    const own = (await gradient(question, signal)).gradients.get(wrt)!;
    shape = own.shape.slice(1, -1);
    sum ??= new Float64Array(productOf(shape));
    addStrength(sum, own);
    count += own.shape[0]!;
  }
  if (!sum || count === 0) return null;
  return fieldOf({ shape, values: sum.map((g) => g / count) }, spacingMm, count);
}

/** 1 at the neuron of every entry of the batch. */
function oneAt({ shape, values }: NetworkArray, { channel, voxel }: Neuron): Float32Array {
  const channels = shape.at(-1)!;
  const at = voxel.reduce((offset, i, axis) => offset * shape[axis + 1]! + i, 0) * channels + channel;
  const entry = productOf(shape.slice(1));
  const one = new Float32Array(values.length);
  for (let start = 0; start < one.length; start += entry) one[start + at] = 1;
  return one;
}

function addStrength(sum: Float64Array, { shape, values }: NetworkArray): void {
  const channels = shape.at(-1)!;
  for (let v = 0; v < values.length; v++) sum[Math.floor(v / channels) % sum.length]! += Math.abs(values[v]!);
}

/** What a map of strengths tells of its size. */
function fieldOf(
  strength: EffectiveField['strength'],
  spacingMm: readonly number[],
  inputs: number,
): EffectiveField | null {
  const { shape, values } = strength;
  const total = values.reduce((sum, g) => sum + g, 0);
  if (!(total > 0)) return null;
  const mean = (of: (index: readonly number[]) => number): number => {
    let sum = 0;
    for (let v = 0; v < values.length; v++) if (values[v] !== 0) sum += values[v]! * of(indexOf(v, shape));
    return sum / total;
  };
  const centre = shape.map((_, axis) => mean((index) => index[axis]!));
  const variance = shape.map((_, axis) => mean((index) => ((index[axis]! - centre[axis]!) * spacingMm[axis]!) ** 2));
  const peak = values.reduce((most, g) => Math.max(most, g), 0);
  const above = values.reduce((n, g) => (g > shareOfPeak * peak ? n + 1 : n), 0);
  return {
    strength,
    centre,
    deviationMm: variance.map(Math.sqrt),
    radiusMm: Math.sqrt(variance.reduce((sum, v) => sum + v, 0)),
    extent: above * productOf(spacingMm),
    inputs,
  };
}

function indexOf(v: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = v;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

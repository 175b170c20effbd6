import { acceptInputs, HeldWeights } from '../../../main/engine/network/execute';
import { gradientOf } from '../../../main/engine/network/gradient';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import type { Fetch, GradientAnswer, NetworkArray } from '../../../main/engine/network/network';
import { productOf } from '../../../main/engine/network/operation/operation';
import { noise, runOn } from './handmade';

interface Asked {
  readonly inputs: Readonly<Record<string, NetworkArray>>;
  readonly fetch?: string | Fetch;
  readonly wrt?: readonly string[];
  readonly cotangent?: (fetched: NetworkArray) => Float32Array;
  readonly signal?: AbortSignal;
  readonly mostKept?: number;
}

export const asFetch = (fetch: string | Fetch): Fetch =>
  typeof fetch === 'string' ? { node: fetch, stage: 'output' } : fetch;

/** The scalar Σ r·y with fixed r of mixed sizes and signs: what a mistake at any place moves. */
export const weighed = ({ values }: NetworkArray): Float32Array => noise(values.length, 99);

export async function gradientOn(graph: NetworkGraph, asked: Asked): Promise<GradientAnswer> {
  const weights = new HeldWeights();
  try {
    return await gradientOf(
      graph,
      weights,
      {
        accepted: acceptInputs(graph, asked.inputs),
        fetch: asFetch(asked.fetch ?? graph.outputs[0]!.node),
        wrt: asked.wrt ?? graph.inputs.map((input) => input.name),
        cotangent: asked.cotangent ?? weighed,
        ...(asked.mostKept === undefined ? {} : { mostKept: asked.mostKept }),
      },
      asked.signal,
    );
  } finally {
    weights.free();
  }
}

/**
 * The derivative of Σ r·y by each value of the input, by central differences over runs of the network itself: one batch with every value
 * once up and once down. The sum is taken in float64.
 */
export async function byDifferences(
  graph: NetworkGraph,
  input: NetworkArray,
  step: number,
  fetch: string | Fetch = graph.outputs[0]!.node,
): Promise<Float64Array> {
  const size = productOf(input.shape.slice(1));
  if (input.shape[0] !== 1) throw new Error('differences are taken of one entry');
  const values = new Float32Array(2 * size * size);
  for (let i = 0; i < size; i++) {
    for (const [row, sign] of [
      [2 * i, 1],
      [2 * i + 1, -1],
    ] as const) {
      values.set(input.values, row * size);
      values[row * size + i]! += sign * step;
    }
  }
  const shape = [2 * size, ...input.shape.slice(1)];
  const [result] = [...(await runOn(graph, { shape, values }, [fetch])).values()];
  const outputs = result!.values.length / (2 * size);
  const r = noise(outputs, 99);
  const scalar = (row: number): number => {
    let sum = 0;
    for (let o = 0; o < outputs; o++) sum += r[o]! * result!.values[row * outputs + o]!;
    return sum;
  };
  return Float64Array.from({ length: size }, (_, i) => {
    const [up, down] = [values[2 * i * size + i]!, values[(2 * i + 1) * size + i]!];
    return (scalar(2 * i) - scalar(2 * i + 1)) / (up - down);
  });
}

/** The largest distance as a share of the largest of the wanted. */
export function farOff(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Infinity;
  let [worst, largest] = [0, 1e-12];
  for (let i = 0; i < wanted.length; i++) {
    worst = Math.max(worst, Math.abs(found[i]! - wanted[i]!));
    if (Number.isNaN(found[i]! - wanted[i]!)) return Infinity;
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return worst / largest;
}

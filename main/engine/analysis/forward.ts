import type { LoadedNetwork, NetworkArray } from '../network/network';
import type { PreparedInput } from '../recipe/preparedInput';
import type { Context, Step } from './analysis';
import { entries, inputsOf } from './feed';

/** One output of a network over all batch entries of an input. */
export interface NamedOutput extends NetworkArray {
  readonly name: string;
  readonly node: string;
}

/** Batch entries that go through the network at once. */
export const batchOf = (network: LoadedNetwork, prepared: PreparedInput, memoryBytes: number): number =>
  prepared.arrays === undefined
    ? network.batchFor(prepared.array.shape.slice(1), memoryBytes)
    : (prepared.array.shape[0] ?? 1);

/** The plain forward pass of one input, batch by batch, every output whole. */
export async function* forward(
  { network, memoryBytes }: Context,
  prepared: PreparedInput,
  signal: AbortSignal,
): AsyncGenerator<Step, readonly NamedOutput[]> {
  const { outputs } = network.graph;
  const fetches = outputs.map(({ node }) => ({ node, stage: 'output' }) as const);
  const total = prepared.array.shape[0] ?? 1;
  const batch = Math.max(1, batchOf(network, prepared, memoryBytes));
  const whole = new Map<string, { shape: number[]; values: Float32Array }>();
  for (let from = 0; from < total; from += batch) {
    const to = Math.min(total, from + batch);
    const inputs = Object.fromEntries(
      Object.entries(inputsOf(network, prepared)).map(([name, array]) => [name, entries(array, from, to)]),
    );
    const found = await network.run(inputs, fetches, signal);
    for (const { node } of outputs) {
      const part = found.get(node);
      if (part === undefined) throw new Error(`the network gave nothing for its output ${node}`);
      const size = part.values.length / (to - from);
      const all = whole.get(node) ?? { shape: [total, ...part.shape.slice(1)], values: new Float32Array(size * total) };
      all.values.set(part.values, size * from);
      whole.set(node, all);
    }
    yield { kind: 'progress', done: (0.8 * to) / total, stage: 'forward' };
  }
  return outputs.map(({ name, node }) => ({ name, node, ...(whole.get(node) as NetworkArray) }));
}

/** Smallest, largest and mean value; NaN where any value is. */
export function extremesOf({ values }: NetworkArray): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const mean = sum / values.length;
  return Number.isFinite(mean) ? { min, max, mean } : { min: NaN, max: NaN, mean: NaN };
}

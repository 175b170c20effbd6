import type { LoadedNetwork, NetworkArray } from '../network/network';
import type { PreparedInput } from '../recipe/preparedInput';

/** Numbers that one batch entry of an array holds. */
export const entrySize = ({ shape }: NetworkArray): number => shape.slice(1).reduce((product, n) => product * n, 1);

/** Batch entries [from, to) of an array, as a view. */
export function entries(array: NetworkArray, from: number, to: number): NetworkArray {
  const size = entrySize(array);
  return { shape: [to - from, ...array.shape.slice(1)], values: array.values.subarray(from * size, to * size) };
}

/** Every input of the network by its name, as it stands before any change. */
export function inputsOf(network: LoadedNetwork, prepared: PreparedInput): Readonly<Record<string, NetworkArray>> {
  if (prepared.arrays) return prepared.arrays;
  return { [network.graph.inputs[0]?.name ?? 'input']: prepared.array };
}

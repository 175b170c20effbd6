import type { Context } from '../analysis';
import { entries, entrySize, inputsOf } from '../feed';
import { batchOf } from '../forward';
import type { Fetch, NetworkArray } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Outputs } from './judge';

/** Several batches behind one another. */
function joined(arrays: readonly NetworkArray[]): NetworkArray {
  const [first] = arrays;
  if (first === undefined) throw new Error('nothing to join');
  if (arrays.length === 1) return first;
  const size = entrySize(first);
  const count = arrays.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const values = new Float32Array(count * size);
  let at = 0;
  for (const array of arrays) {
    values.set(array.values, at);
    at += array.values.length;
  }
  return { shape: [count, ...first.shape.slice(1)], values };
}

/** How many states of an input go through the network together. */
export const statesAtOnce = ({ network, memoryBytes }: Context, prepared: PreparedInput): number =>
  Math.max(1, Math.floor(batchOf(network, prepared, memoryBytes) / Math.max(1, prepared.array.shape[0] ?? 1)));

/** The fetched values of several states of one input; those of the same shape share batches. */
export async function ask(
  { network, memoryBytes }: Context,
  states: readonly PreparedInput[],
  fetches: readonly Fetch[],
  signal: AbortSignal,
): Promise<readonly Outputs[]> {
  const [first] = states;
  if (first === undefined) return [];
  const alike = states.every(({ array }) => array.shape.join() === first.array.shape.join());
  if (!alike) {
    const found: Outputs[] = [];
    for (const state of states)
      found.push(...(await ask({ network, memoryBytes } as Context, [state], fetches, signal)));
    return found;
  }
  const each = first.array.shape[0] ?? 1;
  const total = each * states.length;
  const names = Object.keys(inputsOf(network, first));
  const fed = Object.fromEntries(
    names.map((name) => [name, joined(states.map((state) => inputsOf(network, state)[name] as NetworkArray))]),
  );
  const batch = Math.max(
    1,
    batchOf(network, { ...first, array: joined(states.map(({ array }) => array)) }, memoryBytes),
  );
  const whole = new Map<string, NetworkArray>();
  for (let from = 0; from < total; from += batch) {
    const to = Math.min(total, from + batch);
    const part =
      from === 0 && to === total
        ? fed
        : Object.fromEntries(names.map((name) => [name, entries(fed[name] as NetworkArray, from, to)]));
    for (const [key, { shape, values }] of await network.run(part, fetches, signal)) {
      const size = values.length / (to - from);
      const all = whole.get(key) ?? { shape: [total, ...shape.slice(1)], values: new Float32Array(size * total) };
      all.values.set(values, from * size);
      whole.set(key, all);
    }
  }
  return states.map(
    (_, n) => new Map([...whole].map(([key, array]) => [key, entries(array, n * each, (n + 1) * each)])),
  );
}

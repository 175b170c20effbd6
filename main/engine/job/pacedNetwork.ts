import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadedNetwork, NetworkArray } from '../network/network';

/** The longest that pending messages should wait for a native call. */
const longestWaitMs = 150;

/** What work gives, and the longest time between two turns of the event loop meanwhile. */
async function watched<T>(
  work: () => Promise<T>,
  now: () => number,
): Promise<{ readonly value: T; readonly waitMs: number }> {
  let waiting = true;
  let waitMs = 0;
  let last = now();
  const look = (): void => {
    const own = now();
    waitMs = Math.max(waitMs, own - last);
    last = own;
    if (waiting) setImmediate(look);
  };
  setImmediate(look);
  try {
    const value = await work();
    look();
    return { value, waitMs };
  } finally {
    waiting = false;
  }
}

const entrySizeOf = ({ shape, values }: NetworkArray): number => values.length / Math.max(1, shape[0] ?? 1);

function entriesOf(array: NetworkArray, from: number, to: number): NetworkArray {
  const size = entrySizeOf(array);
  return { shape: [to - from, ...array.shape.slice(1)], values: array.values.subarray(from * size, to * size) };
}

/**
 * The network, whose batches are cut where its calls keep the event loop waiting: a batch that did so twice in a row is halved from
 * then on. Each entry's values are those of the network itself, which may move in their last bit with the shape of a batch (the self-check's
 * numerical floor says how far). Between two pieces pending messages are handled. What one entry would hold beyond `memoryBytes` is run in parts.
 */
export function pacedNetwork(
  network: LoadedNetwork,
  memoryBytes: number,
  now: () => number = () => performance.now(),
): LoadedNetwork {
  /** Largest piece by the shapes of the inputs and what is fetched, and how often it was too slow in a row. */
  const pieces = new Map<string, { size: number; slow: number }>();
  const { withWeights } = network;
  return {
    ...network,
    ...(withWeights ? { withWeights: (values) => pacedNetwork(withWeights(values), memoryBytes, now) } : {}),
    async run(inputs, fetches, signal) {
      const arrays = Object.entries(inputs);
      const total = arrays[0]?.[1].shape[0] ?? 1;
      const key = JSON.stringify([arrays.map(([name, { shape }]) => [name, shape.slice(1)]), fetches]);
      const piece = pieces.get(key) ?? { size: Infinity, slow: 0 };
      pieces.set(key, piece);
      const whole = new Map<string, NetworkArray>();
      for (let from = 0; from < total;) {
        const count = Math.min(piece.size, total - from);
        const part =
          count === total
            ? inputs
            : Object.fromEntries(arrays.map(([name, array]) => [name, entriesOf(array, from, from + count)]));
        const { value, waitMs } = await watched(() => network.run(part, fetches, signal, memoryBytes), now);
        piece.slow = waitMs > longestWaitMs ? piece.slow + 1 : 0;
        if (piece.slow >= 2 && count > 1) Object.assign(piece, { size: Math.ceil(count / 2), slow: 0 });
        if (count === total) return value;
        for (const [name, { shape, values }] of value) {
          const size = values.length / count;
          const all = whole.get(name) ?? { shape: [total, ...shape.slice(1)], values: new Float32Array(size * total) };
          all.values.set(values, from * size);
          whole.set(name, all);
        }
        from += count;
        await nextTurn();
      }
      return whole;
    },
  };
}

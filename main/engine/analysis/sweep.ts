import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node } from '../network/graph';
import type { Fetch, LoadedNetwork, NetworkArray } from '../network/network';
import type { PreparedInput } from '../recipe/preparedInput';
import { activationOf } from './activationRule';
import { entries, inputsOf } from './feed';

/** Maps of one batch are measured in one go: no more than takes about a tenth of a second. */
const largestBatchBytes = 2 ** 25;

/** Bytes of one entry's map of the node and, where it activates, of its pre-activation. Free sizes are taken as the input's. */
function mapBytes(node: Node, input: readonly number[]): number {
  const shape = node.outputShape ?? [];
  const size = shape.reduce<number>(
    (product, n, axis) => (axis === 0 ? product : product * (n ?? input[axis] ?? 1)),
    1,
  );
  return 4 * size * (activationOf(node).kind === 'linear' ? 1 : 2);
}

/** Nodes in groups whose maps of one entry fit half the memory together; a node larger than that stands alone. */
export function groupsOf(
  nodes: readonly Node[],
  input: readonly number[],
  memoryBytes: number,
): readonly (readonly Node[])[] {
  const groups: Node[][] = [];
  let room = 0;
  for (const node of nodes) {
    const bytes = mapBytes(node, input);
    const last = groups.at(-1);
    if (last && bytes <= room) last.push(node);
    else {
      groups.push([node]);
      room = memoryBytes / 2;
    }
    room -= bytes;
  }
  return groups;
}

/** Takes one batch's maps; `from` is the batch's first entry. What takes long gives others their turn. */
export type Taker = (node: Node, output: NetworkArray, pre: NetworkArray | null, from: number) => void | Promise<void>;

/**
 * Runs the whole input through the network in batches, and hands every node's maps on as they come, so that at no time more than one
 * batch of one group is held. Pre-activations come of the nodes that have one, where `withPre` says so.
 */
export async function* sweep(
  network: LoadedNetwork,
  prepared: PreparedInput,
  nodes: readonly Node[],
  memoryBytes: number,
  signal: AbortSignal,
  withPre: (node: Node) => boolean,
  take: Taker,
): AsyncGenerator<number, void> {
  const inputs = inputsOf(network, prepared);
  const total = prepared.array.shape[0] ?? 1;
  const groups = groupsOf(nodes, prepared.array.shape, memoryBytes);
  let done = 0;
  for (const group of groups) {
    const held = group.reduce((sum, node) => sum + mapBytes(node, prepared.array.shape), 0);
    const batch = Math.max(
      1,
      Math.min(
        network.batchFor(prepared.array.shape.slice(1), memoryBytes / 2),
        Math.floor(Math.min(memoryBytes / 2, largestBatchBytes) / Math.max(1, held)),
      ),
    );
    const fetches = group.flatMap((node): Fetch[] =>
      withPre(node) && activationOf(node).kind !== 'linear'
        ? [
            { node: node.name, stage: 'output' },
            { node: node.name, stage: 'preActivation' },
          ]
        : [{ node: node.name, stage: 'output' }],
    );
    for (let from = 0; from < total; from += batch) {
      const to = Math.min(total, from + batch);
      const fed = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, entries(array, from, to)]));
      const maps = await network.run(fed, fetches, signal);
      for (const node of group) {
        const output = maps.get(node.name);
        if (!output) throw new Error(`the network gave no map of ${node.name}`);
        await take(node, output, maps.get(`${node.name}:preActivation`) ?? null, from);
        // A layer's figures are summed in one go: between two layers others have their turn.
        await nextTurn();
      }
      done += (to - from) / total / groups.length;
      yield done;
    }
  }
}

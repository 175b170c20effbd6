import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fetch, LoadedNetwork, NetworkArray } from '../../network/network';
import type { Node } from '../../network/graph';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, Step } from '../analysis';
import { entries, inputsOf } from '../feed';
import { add, accumulatorOf, talliesOf, type Accumulator } from './accumulator';
import { activationOf, activationRuleOf } from './activationRule';
import { receptiveFieldOf } from '../receptiveField';
import { borderOf } from './border';
import type { LayerTally } from './pool';

const relativeZero = 1e-6;

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

/** Nodes in groups whose maps of one entry fit the budget together; a node larger than it stands alone. */
function groupsOf(nodes: readonly Node[], input: readonly number[], budgetBytes: number): readonly (readonly Node[])[] {
  const groups: Node[][] = [];
  let room = 0;
  for (const node of nodes) {
    const bytes = mapBytes(node, input);
    const last = groups.at(-1);
    if (last && bytes <= room) last.push(node);
    else {
      groups.push([node]);
      room = budgetBytes;
    }
    room -= bytes;
  }
  return groups;
}

/** Takes one batch's maps; `from` is the batch's first entry. */
export type Taker = (node: Node, output: NetworkArray, pre: NetworkArray | null, from: number) => void;

/**
 * Runs the whole input through the network in batches, and hands every node's maps on as they come, so that at no time more than one
 * batch of one group is held.
 */
export async function* sweep(
  network: LoadedNetwork,
  prepared: PreparedInput,
  nodes: readonly Node[],
  memoryBytes: number,
  signal: AbortSignal,
  withPre: boolean,
  take: Taker,
): AsyncGenerator<number, void> {
  const inputs = inputsOf(network, prepared);
  const total = prepared.array.shape[0] ?? 1;
  const groups = groupsOf(nodes, prepared.array.shape, memoryBytes / 2);
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
      withPre && activationOf(node).kind !== 'linear'
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
        take(node, output, maps.get(`${node.name}:preActivation`) ?? null, from);
        // A layer's figures are summed in one go: between two layers others have their turn.
        await nextTurn();
      }
      done += (to - from) / total / groups.length;
      yield done;
    }
  }
}

/** Nodes whose maps may have to be looked at again: what counts as zero hangs on the layer's largest value. */
const seenTwice = (nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => activationRuleOf(activationOf(node)).zero === 'relative');

/** How often the whole input goes through the network: once a group, and again for nodes that may be looked at twice. */
export function sweepsOf(
  nodes: readonly Node[],
  input: readonly number[],
  memoryBytes: number,
): { readonly first: number; readonly again: number } {
  const groups = (some: readonly Node[]): number => groupsOf(some, input, memoryBytes / 2).length;
  return { first: groups(nodes), again: groups(seenTwice(nodes)) };
}

/** Tallies every channel of the nodes over one input. Streams: what is held does not grow with the number of planes. */
export async function* tallyInput(
  context: Context,
  prepared: PreparedInput,
  nodes: readonly Node[],
  signal: AbortSignal,
): AsyncGenerator<Step, LayerTally[]> {
  const { network, memoryBytes } = context;
  const spatialInput = prepared.array.shape.slice(1, -1);
  const sweeps = sweepsOf(nodes, prepared.array.shape, memoryBytes);
  const firstShare = sweeps.first / Math.max(1, sweeps.first + sweeps.again);
  const accumulators = new Map<string, Accumulator>();
  const begin = (node: Node, shape: readonly number[], hasPre: boolean, zeroBelow: number): Accumulator => {
    const rule = activationRuleOf(activationOf(node));
    const border = borderOf(receptiveFieldOf(network, node.name), shape.slice(1, -1), spatialInput);
    return accumulatorOf(shape, rule, hasPre, border, zeroBelow);
  };
  const taker =
    (into: Map<string, Accumulator>, zeroBelow: (node: string) => number): Taker =>
    (node, output, pre) => {
      const known = into.get(node.name) ?? begin(node, output.shape, pre !== null, zeroBelow(node.name));
      into.set(node.name, known);
      add(known, output.values, pre?.values ?? null);
    };

  for await (const done of sweep(
    network,
    prepared,
    nodes,
    memoryBytes,
    signal,
    true,
    taker(accumulators, () => 0),
  )) {
    yield { kind: 'progress', done: firstShare * done, stage: 'maps' };
  }

  // "Zero" is 1e-6 of the layer's largest value, which only the whole input tells: where a faint value may count, look again.
  const thresholds = new Map<string, number>();
  for (const [name, { rule, min, max, faintest }] of accumulators) {
    if (rule.zero !== 'relative') continue;
    const largest = Math.max(0, ...[...max, ...min].map(Math.abs).filter(Number.isFinite));
    if (Math.min(...faintest) <= relativeZero * largest) thresholds.set(name, relativeZero * largest);
  }
  const faint = nodes.filter(({ name }) => thresholds.has(name));
  if (faint.length > 0) {
    const again = new Map<string, Accumulator>();
    const take = taker(again, (name) => thresholds.get(name) ?? 0);
    for await (const done of sweep(network, prepared, faint, memoryBytes, signal, true, take)) {
      yield { kind: 'progress', done: firstShare + (1 - firstShare) * done, stage: 'maps' };
    }
    for (const [name, accumulator] of again) accumulators.set(name, accumulator);
  }
  return nodes.map((node): LayerTally => {
    const accumulator = accumulators.get(node.name);
    if (!accumulator) throw new Error(`no tally of ${node.name}`);
    return {
      node: node.name,
      spatial: accumulator.spatial,
      entries: accumulator.entries,
      channels: talliesOf(accumulator),
    };
  });
}

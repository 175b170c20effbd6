import type { Node } from '../../network/graph';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, Step } from '../analysis';
import { add, accumulatorOf, talliesOf, type Accumulator } from './accumulator';
import { activationOf, activationRuleOf } from '../activationRule';
import { receptiveFieldOf } from '../receptiveField';
import { groupsOf, sweep, type Taker } from '../sweep';
import { borderOf } from './border';
import type { LayerTally } from './pool';

const relativeZero = 1e-6;

/** Nodes whose maps may have to be looked at again: what counts as zero hangs on the layer's largest value. */
const seenTwice = (nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => activationRuleOf(activationOf(node)).zero === 'relative');

/** How often the whole input goes through the network: once a group, and again for nodes that may be looked at twice. */
export function sweepsOf(
  nodes: readonly Node[],
  input: readonly number[],
  memoryBytes: number,
): { readonly first: number; readonly again: number } {
  const groups = (some: readonly Node[]): number => groupsOf(some, input, memoryBytes).length;
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
    () => true,
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
    for await (const done of sweep(network, prepared, faint, memoryBytes, signal, () => true, take)) {
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

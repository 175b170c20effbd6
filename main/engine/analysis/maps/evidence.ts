import { boundsOf, type NodeBounds } from '../../network/bounds';
import type { NetworkGraph, Node } from '../../network/graph';
import { useOf } from '../../network/use';
import type { Context } from '../analysis';
import { activationOf } from '../activationRule';
import { causeOf, filterChain } from './cause';
import type { WeightEvidence } from './figures';
import type { ChannelBox } from './inputBox';

/** The same box is asked for after each input: its bounds cost a forward pass on |W|. */
const known = new WeakMap<NetworkGraph, { readonly key: string; readonly bounds: ReadonlyMap<string, NodeBounds> }>();

function boundsFor(graph: NetworkGraph, box: readonly ChannelBox[]): ReadonlyMap<string, NodeBounds> {
  const key = JSON.stringify(box);
  const held = known.get(graph);
  if (held?.key === key) return held.bounds;
  const range = { lower: Float64Array.from(box, ({ min }) => min), upper: Float64Array.from(box, ({ max }) => max) };
  const bounds = boundsOf(graph, range);
  known.set(graph, { key, bounds });
  return bounds;
}

const uses = new WeakMap<NetworkGraph, Map<string, readonly number[] | null>>();

function usedOf(graph: NetworkGraph, node: string): readonly number[] | null {
  const held = uses.get(graph) ?? new Map<string, readonly number[] | null>();
  uses.set(graph, held);
  const own = held.get(node);
  if (own !== undefined) return own;
  const use = useOf(graph, node);
  const list = use ? Array.from(use) : null;
  held.set(node, list);
  return list;
}

/** A ReLU that bounds prove to be at or below zero before it, at every position and for every input of the box. */
function certifiedOf(node: Node, bounds: NodeBounds | undefined): readonly boolean[] | null {
  const activation = activationOf(node);
  if (!bounds || activation.kind !== 'relu' || activation.negativeSlope !== 0 || activation.threshold !== 0)
    return null;
  return Array.from(bounds.preUpper, (upper) => upper <= 0);
}

/**
 * What the weights alone say of every node's channels, for inputs within the box: the certificate, the use that is made of them
 * downstream, and what their silence is compatible with.
 */
export function evidenceOf(
  { network: { graph } }: Context,
  nodes: readonly Node[],
  box: readonly ChannelBox[] | null,
): ReadonlyMap<string, WeightEvidence> {
  const bounds = box?.every(({ min, max }) => min <= max) ? boundsFor(graph, box) : new Map<string, NodeBounds>();
  return new Map(
    nodes.map((node): [string, WeightEvidence] => {
      const reads = filterChain(graph, node).filters?.inputs[0] ?? '';
      const readsPositive = bounds.get(reads)?.lower.every((lower) => lower >= 0) ?? false;
      const evidence: WeightEvidence = {
        certified: certifiedOf(node, bounds.get(node.name)),
        used: usedOf(graph, node.name),
        reads,
        causeOf: (channel, measured, deadInputs) =>
          causeOf(graph, node, { channel, ...measured, readsPositive, deadInputs }),
      };
      return [node.name, evidence];
    }),
  );
}

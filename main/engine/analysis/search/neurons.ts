import type { SearchParameters } from '../../../../shared/analysis/search';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Node } from '../../network/graph';
import type { LoadedNetwork } from '../../network/network';
import { chosenNodes } from '../layers';

/** A layer with the channels that are asked. */
export interface AskedLayer {
  readonly node: Node;
  readonly channels: readonly number[];
  /** How many of the channels, from the first, are told in full. */
  readonly inFull: number;
}

/**
 * The neurons that the parameters ask, in the graph's order. A channel that only some of the layers have is asked there.
 * *Problem* analysis/no-such-channel: a layer that is named, or every layer, lacks it.
 */
export function askedLayers(
  network: LoadedNetwork,
  { nodes, channels, inFull }: Pick<SearchParameters, 'nodes' | 'channels' | 'inFull'>,
): readonly AskedLayer[] {
  const chosen = chosenNodes(network, nodes);
  const depthOf = (node: Node): number => node.outputShape?.at(-1) ?? 0;
  const most = Math.max(0, ...chosen.map(depthOf));
  let left = inFull;
  return chosen.map((node): AskedLayer => {
    const depth = depthOf(node);
    const asked = channels === 'all' ? [...Array(depth).keys()] : [...new Set(channels)].sort((a, b) => a - b);
    const beyond = asked.find((channel) => channel >= (nodes === 'all' ? most : depth));
    if (beyond !== undefined) {
      const facts = { node: node.name, channel: beyond, count: nodes === 'all' ? most : depth };
      throw new IsolensError('analysis/no-such-channel', facts, { node: node.name, key: 'channels' });
    }
    const own = asked.filter((channel) => channel < depth);
    const full = Math.min(own.length, left);
    left -= full;
    return { node, channels: own, inFull: full };
  });
}

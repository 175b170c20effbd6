import type { Node } from '../../network/graph';
import type { Context } from '../analysis';
import type { WeightEvidence } from './figures';
import type { ChannelBox } from './inputBox';

const silent: WeightEvidence = { certified: null, used: null, causeOf: () => null };

/** What the weights alone say of every node's channels, for inputs within the box. */
export function evidenceOf(
  _context: Context,
  nodes: readonly Node[],
  _box: readonly ChannelBox[] | null,
): ReadonlyMap<string, WeightEvidence> {
  return new Map(nodes.map(({ name }) => [name, silent]));
}

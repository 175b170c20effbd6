import { inferShapes } from '../assemble';
import { fetchKey, neededNodes } from '../execute';
import type { NetworkGraph, Shape } from '../graph';
import { footprintOf } from '../memory';
import type { Fetch, NetworkArray } from '../network';
import { streamed } from './stream';

/** The fetched values, run in parts, where one entry at a time would hold more than the budget; null where it would not, or where parts are no help. */
export async function inParts(
  graph: NetworkGraph,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetches: readonly Fetch[],
  budgetBytes: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, NetworkArray> | null> {
  const nodes = neededNodes(graph, fetches);
  const one = new Map<string, Shape>([...inputs].map(([node, { shape }]) => [node, [1, ...shape.slice(1)]]));
  const { peak: wholeBytes } = footprintOf(nodes, inferShapes(graph.nodes, one));
  if (wholeBytes <= budgetBytes) return null;
  const results = new Map<string, NetworkArray>();
  for (const fetch of fetches) {
    const array = await streamed(graph, inputs, fetch, { budgetBytes, wholeBytes }, signal);
    if (!array) return null;
    results.set(fetchKey(fetch), array);
  }
  return results;
}

import { IsolensError } from '../../../shared/problem/problem';
import { nearestWord } from '../../../shared/schemaIssue';
import type { LoadedNetwork } from '../network/network';
import type { NetworkGraph, Node } from '../network/graph';

/** Has kernels of its own: a weight with more than one axis. */
export const hasFilters = (node: Node): boolean => node.weights.some(({ shape }) => shape.length > 1);

const sameShape = (a: Node, b: Node): boolean =>
  a.outputShape !== null &&
  a.outputShape.length === b.outputShape?.length &&
  a.outputShape.every((n, axis) => n === b.outputShape?.[axis]);

/**
 * The node whose filters the channels of this one are: itself, or the one that it normalises or activates. null where channels come
 * from several, or are pooled or moved on the way.
 */
export function filtersOf(graph: NetworkGraph, node: Node): string | null {
  if (hasFilters(node)) return node.name;
  const [only, ...others] = node.inputs;
  const producer = graph.nodes.find(({ name }) => name === only);
  if (!producer || others.length > 0 || !sameShape(node, producer)) return null;
  return filtersOf(graph, producer);
}

/** Whose channels are measured: by name, or every node behind the inputs that can be reached. */
export function chosenNodes(network: LoadedNetwork, nodes: readonly string[] | 'all'): readonly Node[] {
  const { graph } = network;
  const inputs = new Set(graph.inputs.map(({ node }) => node));
  if (nodes === 'all') {
    return graph.nodes.filter(
      ({ name, outputShape }) => !inputs.has(name) && outputShape !== null && outputShape.length > 1,
    );
  }
  return nodes.map((name) => nodeNamed(network, name));
}

export function nodeNamed({ graph }: LoadedNetwork, name: string): Node {
  const node = graph.nodes.find((candidate) => candidate.name === name);
  if (!node) {
    const nearest = nearestWord(
      name,
      graph.nodes.map((candidate) => candidate.name),
    );
    throw new IsolensError('analysis/unknown-node', { name, nearest }, { node: name });
  }
  if (node.outputShape === null) throw new IsolensError('analysis/node-not-reached', { name }, { node: name });
  return node;
}

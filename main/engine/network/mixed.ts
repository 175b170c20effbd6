import { acceptInputs, execute, HeldWeights } from './execute';
import type { NetworkGraph, Node } from './graph';
import type { LoadedNetwork } from './network';
import { startBackend } from './tensorflow';

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Whether two graphs compute the same but for their weights: `counterpart` gives the other's node for each of one's. Statistics of a
 * batch normalisation are weights too. An unknown node could hold anything.
 */
export function sameArchitecture(
  one: NetworkGraph,
  other: NetworkGraph,
  counterpart: (name: string) => Node | undefined,
): boolean {
  if (one.nodes.length !== other.nodes.length) return false;
  const named = (name: string): string | undefined => counterpart(name)?.name;
  return one.nodes.every((node) => {
    const own = counterpart(node.name);
    return (
      own !== undefined &&
      node.op !== 'unknown' &&
      own.op === node.op &&
      sameData(own.attributes, node.attributes) &&
      sameData(node.inputs.map(named), own.inputs) &&
      sameData(
        node.weights.map(({ shape }) => shape),
        own.weights.map(({ shape }) => shape),
      )
    );
  });
}

/**
 * The network whose every weight is (1 − share) of one's and share of the other's, of one architecture. It is run node by node: no graph is
 * compiled for a network that is used once. Close it to free its weights.
 */
export function mixedNetwork(
  one: NetworkGraph,
  counterpart: (name: string) => Node | undefined,
  share: number,
): Pick<LoadedNetwork, 'run' | 'close'> {
  const graph: NetworkGraph = {
    ...one,
    nodes: one.nodes.map((node) => ({
      ...node,
      weights: node.weights.map((weight, at) => {
        const other = counterpart(node.name)?.weights[at]?.values;
        if (!other || share === 0) return weight;
        return { ...weight, values: weight.values.map((value, v) => (1 - share) * value + share * other[v]!) };
      }),
    })),
  };
  const weights = new HeldWeights();
  return {
    async run(inputs, fetches, signal) {
      const accepted = acceptInputs(graph, inputs);
      await startBackend();
      return execute(graph, weights, accepted, fetches, signal, 'nodes');
    },
    close: () => {
      weights.free();
    },
  };
}

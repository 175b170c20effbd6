import type { NetworkGraph } from './graph';

/** The same graph with other numbers: an array that several nodes share stays shared. `values`: new by old; others stay. */
export const withWeights = (graph: NetworkGraph, values: ReadonlyMap<Float32Array, Float32Array>): NetworkGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) =>
    node.weights.some((weight) => values.has(weight.values))
      ? {
          ...node,
          weights: node.weights.map((weight) => ({ ...weight, values: values.get(weight.values) ?? weight.values })),
        }
      : node,
  ),
});

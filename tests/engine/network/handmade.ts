import type { Node, Shape, Weight } from '../../../main/engine/network/graph';
import { assemble } from '../../../main/engine/network/assemble';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import { acceptInputs, execute, HeldWeights } from '../../../main/engine/network/execute';
import type { Fetch, NetworkArray } from '../../../main/engine/network/network';

type Layer = Partial<Omit<Node, 'name' | 'op'>> & Pick<Node, 'name' | 'op'>;

export const weight = (name: string, shape: readonly number[], values: ArrayLike<number>): Weight => ({
  name,
  shape,
  values: Float32Array.from(values),
});

/** A network of one input, `input`, whose layers follow one another unless they say what they read; the last is the output. */
export function chain(shape: Shape, layers: readonly Layer[]): NetworkGraph {
  const nodes = layers.map((layer, at) => ({
    attributes: {},
    weights: [],
    inputs: [at === 0 ? 'input' : layers[at - 1]!.name],
    ...layer,
  }));
  return assemble({
    name: 'handmade',
    nodes: [{ name: 'input', op: 'input', inputs: [], attributes: {}, weights: [] }, ...nodes],
    inputs: [{ name: 'input', node: 'input', shape }],
    outputs: [{ name: nodes.at(-1)!.name, node: nodes.at(-1)!.name }],
  });
}

export async function runOn(
  graph: NetworkGraph,
  input: NetworkArray,
  fetches: readonly (string | Fetch)[],
): Promise<ReadonlyMap<string, NetworkArray>> {
  const weights = new HeldWeights();
  try {
    const wanted = fetches.map((f): Fetch => (typeof f === 'string' ? { node: f, stage: 'output' } : f));
    return await execute(graph, weights, acceptInputs(graph, { input }), wanted);
  } finally {
    weights.free();
  }
}

/** Deterministic numbers in [−1, 1). */
export function noise(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export const filled = (shape: readonly number[], seed: number, map: (v: number) => number = (v) => v): Float32Array =>
  noise(
    shape.reduce((p, n) => p * n, 1),
    seed,
  ).map(map);

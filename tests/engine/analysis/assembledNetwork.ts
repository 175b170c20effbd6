import { assemble, inferShapes, type GraphDraft } from '../../../main/engine/network/assemble';
import { describeGraph } from '../../../main/engine/network/describe';
import { acceptInputs, execute, HeldWeights } from '../../../main/engine/network/execute';
import type { NetworkGraph } from '../../../main/engine/network/graph';
import { gradientOf } from '../../../main/engine/network/gradient';
import { occluderOf } from '../../../main/engine/network/incremental/occluder';
import { batchWithin, footprintOf } from '../../../main/engine/network/memory';
import type { LoadedNetwork } from '../../../main/engine/network/network';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { withWeights } from '../../../main/engine/network/withWeights';

/** A network from a draft, run by the engine itself. */
export async function assembledNetwork(draft: GraphDraft): Promise<LoadedNetwork> {
  await startBackend();
  return loaded(assemble(draft));
}

function loaded(graph: NetworkGraph): LoadedNetwork {
  const weights = new HeldWeights();
  return {
    sha256: '0'.repeat(64),
    name: graph.name,
    format: 'keras3',
    graph,
    description: describeGraph(graph, { format: 'keras3', sha256: '', warnings: [] }),
    run: (inputs, fetches, signal) => execute(graph, weights, acceptInputs(graph, inputs), fetches, signal),
    batchFor: (shape, budget) => {
      const shapes = inferShapes(graph.nodes, new Map(graph.inputs.map(({ node }) => [node, [null, ...shape]])));
      return batchWithin(footprintOf(graph.nodes, shapes), budget);
    },
    occluder: (question) => occluderOf(graph, question),
    gradient: (question, signal) =>
      gradientOf(graph, weights, { ...question, accepted: acceptInputs(graph, question.inputs) }, signal),
    withWeights: (values) => loaded(withWeights(graph, values)),
    close: () => {
      weights.free();
    },
  };
}

export const vector = (name: string, values: readonly number[]) => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});

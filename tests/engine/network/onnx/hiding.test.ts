import { describe, expect, it } from 'vitest';
import type { NetworkGraph } from '../../../../main/engine/network/graph';
import type { HiddenPlace } from '../../../../main/engine/network/network';
import { openNetwork } from '../../../../main/engine/network/open';
import { startBackend } from '../../../../main/engine/network/tensorflow';
import { comparedWithFull } from '../incremental/againstFull';
import { onDisk } from '../referenceCases';
import { arrays, casesIn } from './onnxCases';
import { fed } from './onnxValues';

await startBackend({ rung: 'native' });

const cases = ['networks.json.gz', 'operations.json.gz']
  .flatMap(casesIn)
  .filter(({ inputs }) => Object.keys(inputs).length === 1);

/** The same graph with its only input called `input`. */
function calledInput(graph: NetworkGraph): NetworkGraph {
  const own = graph.inputs[0]!.node;
  const named = (name: string): string => (name === own ? 'input' : name);
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, name: named(node.name), inputs: node.inputs.map(named) })),
    inputs: graph.inputs.map((input) => ({ ...input, name: 'input', node: 'input' })),
  };
}

/** Two cells wide on each axis, at the border and inside. */
function places(sizes: readonly number[], channels: number): HiddenPlace[] {
  return [0, 1, 3].map((shift): HiddenPlace => {
    const start = sizes.map((n) => Math.min(shift, n - 1));
    const end = sizes.map((n, a) => Math.min(start[a]! + 2, n));
    const count = end.reduce((p, to, a) => p * (to - start[a]!), channels);
    return { entry: 0, box: { start, end }, values: new Float32Array(count).fill(1.5) };
  });
}

describe("what is hidden in an ONNX network's input has the same effect piecewise as in full", () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const { path, remove } = onDisk(`${name}.onnx`, Buffer.from(one.model, 'base64'));
    const network = await openNetwork(path).finally(remove);
    const graph = calledInput(network.graph);
    const array = fed(network.graph, arrays(one.inputs))[network.graph.inputs[0]!.name]!;
    const shape = [1, ...array.shape.slice(1)];
    const input = { shape, values: array.values.slice(0, array.values.length / array.shape[0]!) };
    const sizes = shape.slice(1, -1);
    const node = graph.outputs[0]!.node;
    const spatial = graph.outputs[0]!.shape!.slice(1, -1);
    const region =
      spatial.length > 0 && spatial.every((n) => n !== null) ? { start: spatial.map(() => 0), end: spatial } : null;
    if (sizes.length > 0) {
      const compared = await comparedWithFull(
        graph,
        input,
        places(sizes, shape.at(-1)!),
        { node, stage: 'output' },
        region,
      );
      expect(compared.worst).toBeLessThanOrEqual(1e-5);
    }
    network.close();
  });
});

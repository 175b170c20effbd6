import type { Description, Format, NodeDescription } from '../../../shared/network';
import { IsolensError } from '../../../shared/problem/problem';
import type { Warning } from '../../../shared/result';
import type { NetworkGraph, Node, Weight } from './graph';
import { activationName, activationOf } from './operation/activation';
import { receptiveFields } from './receptiveField';

/** What is in a network, as `describe` says it. */
export function describeGraph(
  graph: NetworkGraph,
  file: { readonly format: Format; readonly sha256: string; readonly warnings: readonly Warning[] },
): Description {
  const fields = receptiveFields(graph);
  const warnings = [...file.warnings, ...graph.nodes.flatMap(notFinite)];
  return {
    schema: 'isolens/describe@1',
    network: {
      name: graph.name,
      format: file.format,
      sha256: file.sha256,
      parameters: parametersOf(new Set(graph.nodes.flatMap((node) => node.weights))),
      inputs: graph.inputs.map(({ name, shape, fileAxes }) => ({ name, shape: [...shape], ...inFile(fileAxes) })),
      outputs: graph.outputs.map(({ name, shape, fileAxes }) => ({
        name,
        shape: shape ? [...shape] : null,
        ...inFile(fileAxes),
      })),
    },
    nodes: graph.nodes.map((node): NodeDescription => ({
      name: node.name,
      op: node.op,
      inputs: [...node.inputs],
      outputShape: node.outputShape ? [...node.outputShape] : null,
      parameters: parametersOf(new Set(node.weights)),
      activation: activationName(activationOf(node)),
      receptiveField: fields.get(node.name) ?? null,
    })),
    unsupported: graph.nodes
      .filter((node) => node.op === 'unknown')
      .map(({ name, attributes: { fileOp, reason } }) => ({
        node: name,
        op: String(fileOp),
        reason: typeof reason === 'string' ? reason : 'Isolens does not know this layer',
      })),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

const inFile = (fileAxes: readonly number[] | undefined): { fileAxes?: number[] } =>
  fileAxes ? { fileAxes: [...fileAxes] } : {};

/** A layer that is used twice brings its weights once. */
const parametersOf = (weights: ReadonlySet<Weight>): number =>
  [...weights].reduce((sum, weight) => sum + weight.values.length, 0);

function notFinite(node: Node): Warning[] {
  const count = node.weights.reduce(
    (sum, { values }) => sum + values.reduce((n, v) => n + (Number.isFinite(v) ? 0 : 1), 0),
    0,
  );
  if (count === 0) return [];
  const { problem, message } = new IsolensError('network/not-finite-weights', { count }, { node: node.name });
  return [{ code: problem.code, message }];
}

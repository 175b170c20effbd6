import { IsolensError } from '../../../shared/problem/problem';
import type { AxesInFile, NetworkGraph, Node, Shape } from './graph';
import { operationOf } from './operation/list';
import type { NodeCore } from './operation/operation';

/** What a reader makes of a file: nodes in any order. */
export interface GraphDraft {
  readonly name: string;
  readonly nodes: readonly NodeCore[];
  readonly inputs: readonly ({ readonly name: string; readonly node: string; readonly shape: Shape } & AxesInFile)[];
  readonly outputs: readonly ({ readonly name: string; readonly node: string } & AxesInFile)[];
}

/**
 * Puts the nodes in topological order and infers their shapes.
 * *Problems* network/bad-structure, network/cyclic, network/shapes-do-not-fit, network/weights-do-not-fit.
 */
export function assemble(draft: GraphDraft): NetworkGraph {
  const sorted = sortedNodes(draft.nodes);
  const shapes = inferShapes(sorted, new Map(draft.inputs.map((input) => [input.node, input.shape])));
  const nodes = sorted.map((node): Node => ({ ...node, outputShape: shapes.get(node.name) ?? null }));
  const outputs = draft.outputs.map((output) => {
    if (!shapes.has(output.node)) throw structure(`its output ${output.node} is not one of its layers`);
    return { ...output, shape: shapes.get(output.node) ?? null };
  });
  return { name: draft.name, nodes, inputs: draft.inputs, outputs };
}

/** The shape of every node for the given shapes of the input nodes; null behind an unknown node. */
export function inferShapes(
  sorted: readonly NodeCore[],
  inputs: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, Shape | null> {
  const shapes = new Map<string, Shape | null>();
  for (const node of sorted) shapes.set(node.name, shapeOf(node, inputs, shapes));
  return shapes;
}

function shapeOf(
  node: NodeCore,
  inputs: ReadonlyMap<string, Shape>,
  shapes: ReadonlyMap<string, Shape | null>,
): Shape | null {
  if (node.op === 'input') return inputs.get(node.name) ?? null;
  const before = node.inputs.map((name) => shapes.get(name) ?? null);
  if (node.op === 'unknown' || before.some((shape) => shape === null)) return null;
  return operationOf(node.op).shape(node, before as readonly Shape[]);
}

function sortedNodes(nodes: readonly NodeCore[]): readonly NodeCore[] {
  const byName = new Map<string, NodeCore>();
  for (const node of nodes) {
    if (byName.has(node.name)) throw structure(`two layers are called ${node.name}`);
    byName.set(node.name, node);
  }
  const sorted: NodeCore[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of nodes) {
    // Depth first with a stack of its own: a long chain of layers must not end the call stack.
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (state.get(node.name) === 'done') {
        stack.pop();
        continue;
      }
      state.set(node.name, 'open');
      const waiting: NodeCore[] = [];
      for (const name of node.inputs) {
        const before = byName.get(name);
        if (!before) throw structure(`layer ${node.name} reads ${name}, which is not there`);
        const seen = state.get(name);
        if (seen === 'open') throw new IsolensError('network/cyclic', {}, { node: name });
        if (seen !== 'done') waiting.push(before);
      }
      if (waiting.length === 0) {
        state.set(node.name, 'done');
        sorted.push(node);
        stack.pop();
      } else {
        stack.push(waiting[0]!);
      }
    }
  }
  return sorted;
}

const structure = (reason: string): IsolensError => new IsolensError('network/bad-structure', { reason });

import { IsolensError } from '../../../../../shared/problem/problem';
import type { Warning } from '../../../../../shared/result';
import type { GraphDraft } from '../../assemble';
import { badStructure } from '../json';
import { warningOf } from '../kerasModel';
import type { GraphBuilder } from '../lowering/builder';
import { constantOf, type Value } from '../lowering/value';
import { channelAxisOf } from './channels';
import type { FileGraph, FileNode } from './fileGraph';
import { lowerings } from './lowerings';
import { Tracing, type Operand } from './tracing';

/** A graph that holds its own weights, whole: inputs are its placeholders, outputs the values that nothing reads. */
export function draftOfGraph(
  graph: FileGraph,
  builder: GraphBuilder,
  bytes: number,
): { readonly draft: GraphDraft; readonly warnings: readonly Warning[] } {
  const inputs = new Inputs(graph);
  const own = (operand: Operand): Value | null =>
    operand.node.op === 'Const' ? constantFrom(operand.node) : inputs.valueOf(operand);
  const tracing = new Tracing(graph, builder, { lowerings, own, bytes });
  const read = new Set(
    graph.nodes.flatMap((node) => node.inputs.map((input) => input.replace(/^\^/, '').split(':')[0])),
  );
  const ends = graph.nodes.filter((node) => !read.has(node.name));
  tracing.values((ends.length > 0 ? ends : graph.nodes).map((node) => node.name));
  const draft = withScores(builder.draft('network'), builder);
  if (draft.inputs.length === 0) throw badStructure('it has no input');
  if (draft.outputs.length === 0) throw badStructure('no output hangs on its input');
  return { draft, warnings: inputs.warnings };
}

/** Before a decision (a class, above a threshold) stands the score that was decided by: an output too, and the first. */
function withScores(draft: GraphDraft, builder: GraphBuilder): GraphDraft {
  const byName = new Map(draft.nodes.map((node) => [node.name, node]));
  const outputs = draft.outputs.flatMap((output) => {
    const node = byName.get(output.node);
    const score = node && /^(argMax|argMin|compare)$/.test(node.op) ? node.inputs[0] : undefined;
    return score === undefined ? [output] : [{ name: score, node: score, ...builder.axesOf(score) }, output];
  });
  return { ...draft, outputs };
}

export function constantFrom(node: FileNode): Value {
  const made = node.attributes.get('value')?.tensor?.();
  if (!made) throw badStructure(`the constant ${node.name} has no value`);
  return made;
}

/** Placeholders: what the network is given, and switches that stand as at inference. */
export class Inputs {
  readonly warnings: Warning[] = [];
  readonly #graph: FileGraph;
  readonly #named: ReadonlyMap<string, string>;

  /** `named`: what the file calls an input, by its placeholder, where it says so. */
  constructor(graph: FileGraph, named: ReadonlyMap<string, string> = new Map()) {
    this.#graph = graph;
    this.#named = named;
  }

  valueOf(operand: Operand): Value | null {
    const { node, inputs } = operand;
    if (node.op !== 'Placeholder' && node.op !== 'PlaceholderWithDefault') return null;
    const [value] = inputs;
    const type = node.attributes.get('dtype')?.type ?? 'DT_FLOAT';
    if (type === 'DT_BOOL') return this.#switchedOff(node, value);
    // A default that is a number is taken; one that stands for the data makes it an input.
    if (value && value.kind !== 'opaque') return value;
    const shape = node.attributes.get('shape')?.shape ?? null;
    if (/DT_(STRING|VARIANT|RESOURCE)/.test(type)) return { kind: 'opaque', what: `an input of ${type}`, texts: [] };
    if (!shape) return { kind: 'opaque', what: 'an input of any number of axes', texts: [] };
    if (shape.length < 2) return { kind: 'opaque', what: `an input of ${shape.length} axes`, texts: [] };
    const channel = channelAxisOf(node.name, shape.length, this.#graph);
    return operand.builder.input(operand.name, shape, channel, this.#named.get(node.name));
  }

  /** The phase of training, which a graph is told by a switch: off, whatever its default. */
  #switchedOff(node: FileNode, value: Value | undefined): Value {
    if (value?.kind !== 'constant' || value.values[0] !== 0)
      this.warnings.push(warningOf(new IsolensError('network/switch-off', {}, { node: node.name })));
    return constantOf([], [0], true);
  }
}

import type { Warning } from '../../../../../shared/result';
import type { GraphDraft } from '../../assemble';
import { badStructure } from '../json';
import type { GraphBuilder } from '../lowering/builder';
import type { Value } from '../lowering/value';
import type { FileGraph } from './fileGraph';
import { constantFrom, Inputs } from './frozen';
import { lowerings } from './lowerings';
import { Tracing, type Operand, type Surroundings } from './tracing';

/** What a file calls its inputs and outputs, and the tensors that they are. */
export interface Signature {
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

/** What the signature's outputs hang on, by the names that the signature gives to inputs and outputs. */
export function draftBySignature(
  graph: FileGraph,
  builder: GraphBuilder,
  signature: Signature,
  { bytes, variables = () => null }: { readonly bytes: number; readonly variables?: Surroundings['own'] },
): { readonly draft: GraphDraft; readonly warnings: readonly Warning[] } {
  const named = new Map([...signature.inputs].map(([name, tensor]) => [tensor.split(':')[0]!, name]));
  const inputs = new Inputs(graph, named);
  const own = (operand: Operand): Value | readonly Value[] | null =>
    operand.node.op === 'Const' ? constantFrom(operand.node) : (inputs.valueOf(operand) ?? variables(operand));
  const tracing = new Tracing(graph, builder, { lowerings, own, bytes });
  const ports = [...signature.outputs];
  const values = tracing.values(ports.map(([, tensor]) => tensor));
  const outputs = ports.map(([name], i) => {
    const value = values[i];
    if (value?.kind !== 'map') throw badStructure(`its output ${name} does not hang on its input`);
    return { name, node: value.node, ...builder.axesOf(value.node) };
  });
  const draft = builder.draft('network', outputs);
  if (draft.inputs.length === 0) throw badStructure('it has no input');
  return { draft, warnings: inputs.warnings };
}

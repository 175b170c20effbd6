import { badStructure } from '../json';
import type { Attribute, FileFunction, FileModel, FileNode } from './fileModel';

const deepestCall = 64;
/** More operations than any network has: a small file can unfold into a huge one by calls within calls. */
const mostOperations = 200_000;

/** The operations with the file's own functions unfolded in their place. Values within bear the call's name before their own. */
export function withoutFunctions(model: FileModel): FileModel {
  const functions = new Map(model.functions.map((own) => [`${own.domain}.${own.name}`, own]));
  if (functions.size === 0) return model;
  const nodes: FileNode[] = [];
  const unfold = (node: FileNode, depth: number): void => {
    const called = functions.get(`${node.domain}.${node.op}`);
    if (!called) {
      if (nodes.length >= mostOperations) throw badStructure(`it unfolds into more than ${mostOperations} operations`);
      nodes.push(node);
      return;
    }
    if (depth > deepestCall) throw badStructure(`the function ${called.name} calls itself`);
    for (const inner of bodyOf(called, node)) unfold(inner, depth + 1);
  };
  for (const node of model.nodes) unfold(node, 0);
  return { ...model, nodes };
}

/** The body's operations with the caller's values and attributes. */
function bodyOf(called: FileFunction, call: FileNode): readonly FileNode[] {
  const prefix = `${call.name || (call.outputs[0] ?? called.name)}/`;
  const values = new Map<string, string>([['', '']]);
  called.inputs.forEach((input, i) => values.set(input, call.inputs[i] ?? ''));
  called.outputs.forEach((output, i) => values.set(output, call.outputs[i] ?? ''));
  const valueOf = (name: string): string => {
    // An output that the caller leaves out may still be read inside.
    const own = values.get(name);
    return own !== undefined && (own !== '' || !called.outputs.includes(name)) ? own : `${prefix}${name}`;
  };
  const defaults = new Map(called.defaults.map((attribute) => [attribute.name, attribute]));
  const attributeOf = (attribute: Attribute): Attribute | null => {
    if (attribute.refersTo === '') return attribute;
    const given = call.attributes.get(attribute.refersTo) ?? defaults.get(attribute.refersTo);
    return given ? { ...given, name: attribute.name } : null;
  };
  return called.nodes.map((node) => ({
    ...node,
    name: node.name === '' ? '' : `${prefix}${node.name}`,
    inputs: node.inputs.map(valueOf),
    outputs: node.outputs.map(valueOf),
    captured: node.captured.map(valueOf),
    attributes: new Map(
      [...node.attributes.values()].flatMap((attribute) => {
        const made = attributeOf(attribute);
        return made ? [[made.name, made] as const] : [];
      }),
    ),
  }));
}

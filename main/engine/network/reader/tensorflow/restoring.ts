import { referenceOf, type FileGraph, type FileNode } from './fileGraph';

/**
 * Which key of the checkpoint each variable takes, as the graph itself says it: RestoreV2 names the keys, assignments carry its results to
 * the variables, in the graph or in a function that is given their handles.
 */
export function restoredKeys(graph: FileGraph): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [variable, key] of keysIn(graph.nodes)) found.set(variable, key);
  for (const call of graph.nodes) {
    const called = graph.functions.get(call.attributes.get('f')?.func ?? call.op);
    if (!called?.nodes.some(isRestore)) continue;
    const given = call.inputs.filter((input) => !input.startsWith('^'));
    for (const [parameter, key] of keysIn(called.nodes)) {
      const at = called.parameters.indexOf(parameter);
      const handle = at === -1 ? undefined : given[at]?.split(':')[0];
      if (handle !== undefined) found.set(handle, key);
    }
  }
  return found;
}

const isRestore = ({ op }: FileNode): boolean => op === 'RestoreV2';

const assignments = ['AssignVariableOp', 'Assign'];
const passing = ['Identity', 'Cast'];

/** Variable (or the parameter that is its handle) and key. */
function* keysIn(nodes: readonly FileNode[]): Generator<readonly [string, string]> {
  if (!nodes.some(isRestore)) return;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const origin = (text: string): { readonly node: FileNode; readonly output: number } | null => {
    const reference = referenceOf(text, (name) => byName.get(name)?.op);
    const node = reference ? byName.get(reference.node) : undefined;
    return node && reference ? { node, output: reference.output } : null;
  };
  for (const node of nodes) {
    if (!assignments.includes(node.op)) continue;
    let from = origin(node.inputs[1] ?? '');
    for (let i = 0; from && passing.includes(from.node.op) && i < 8; i++) from = origin(from.node.inputs[0] ?? '');
    if (!from || !isRestore(from.node)) continue;
    const names = origin(from.node.inputs[1] ?? '')
      ?.node.attributes.get('value')
      ?.tensor?.();
    const key = names?.kind === 'opaque' ? names.texts[from.output] : undefined;
    const variable = node.inputs[0]?.split(':')[0];
    if (key !== undefined && variable !== undefined) yield [variable, key];
  }
}

import { IsolensError } from '../../../../../shared/problem/problem';
import { badStructure } from '../json';
import type { GraphBuilder } from '../lowering/builder';
import { NotKnown, type MapValue, type Opaque, type Size, type Value } from '../lowering/value';
import type { FileModel, FileNode } from './fileModel';
import type { ChannelSearch } from './layout';
import type { Lowering, Operand } from './operand';
import { isFloat } from './tensor';

/** What the operations of a file are read with. */
export interface Setting {
  readonly builder: GraphBuilder;
  readonly lowerings: ReadonlyMap<string, Lowering>;
  readonly opset: number;
  readonly fixedBatch: number | null;
  readonly search: ChannelSearch;
}

/** Numbers that operations may make out of nothing (ConstantOfShape, Range, Expand, Tile) in one file. */
const mostMade = 2 ** 28;

/**
 * Walks the operations in order and makes ours of them. `values` holds what is known at the start (weights, inputs) and is filled up.
 * What hangs on constants alone is computed, what hangs on shapes alone is followed as sizes.
 */
export function trace(model: FileModel, values: Map<string, Value>, setting: Setting): void {
  let made = 0;
  // Types of elements by their numbers; an operation hands on that of its first input.
  const types = new Map(model.inputs.map(({ name, type }) => [name, type ?? 1]));
  const allow = (count: number): void => {
    made += count;
    if (!(made <= mostMade)) {
      throw new IsolensError('network/too-large', { claimed: `${((made * 4) / 2 ** 30).toFixed(1)} GiB` });
    }
  };
  for (const node of ordered(model.nodes, values)) {
    const name = nameFor(node, setting.builder);
    const type = node.inputs.map((input) => types.get(input)).find((word) => word !== undefined) ?? 1;
    const operand: Operand = {
      ...setting,
      node,
      name,
      allow,
      whole: !isFloat(type),
      inputs: node.inputs.map((input) => (input === '' ? undefined : values.get(input))),
      channelWanted: (output, sizes) => wanted(setting.search, node.outputs[output], sizes),
    };
    const results = withNode(node, name, () => lowered(operand, setting.lowerings, values));
    node.outputs.forEach((output, i) => {
      types.set(output, node.op === 'Cast' ? (node.attributes.get('to')?.i ?? 1) : type);
      if (output === '') return;
      values.set(output, results[i] ?? { kind: 'opaque', what: `output ${i} of ${name} (${node.op})`, texts: [] });
    });
  }
}

const wanted = (search: ChannelSearch, output: string | undefined, sizes: readonly Size[]): number | null =>
  output === undefined ? null : search(output, sizes);

/** A node bears its own name, or that of its first output; where that is taken, the other, or it is numbered. */
function nameFor({ name, outputs, op }: FileNode, builder: GraphBuilder): string {
  const tried = [name, outputs[0] ?? ''].filter((word) => word !== '');
  const free = tried.find((word) => !builder.has(word));
  if (free !== undefined) return free;
  for (let i = 2; ; i++) {
    const numbered = `${tried.at(-1) ?? op}@${i}`;
    if (!builder.has(numbered)) return numbered;
  }
}

/** Problems of an operation name it. */
function withNode<T>(node: FileNode, name: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof IsolensError) {
      const { code, facts, where } = thrown.problem;
      if (where.node !== undefined) throw thrown;
      throw new IsolensError(code, facts, { ...where, node: name }, thrown);
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IsolensError(
      'network/bad-structure',
      { reason: `${name} (${node.op}): ${reason}` },
      { node: name },
      thrown,
    );
  }
}

function lowered(
  operand: Operand,
  lowerings: ReadonlyMap<string, Lowering>,
  values: ReadonlyMap<string, Value>,
): readonly Value[] {
  const { node, name, inputs, builder } = operand;
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  try {
    const lowering = lowerings.get(op);
    if (!lowering) throw new NotKnown(unknownReason(node));
    const opaque = inputs.find((input): input is Opaque => input?.kind === 'opaque');
    if (opaque) throw new NotKnown(`it is given ${opaque.what}`);
    const made = lowering(operand);
    return Array.isArray(made) ? (made as readonly Value[]) : [made as Value];
  } catch (thrown) {
    if (!(thrown instanceof NotKnown)) throw thrown;
    const around = node.captured.map((word) => values.get(word));
    const maps = [...inputs, ...around].filter((input): input is MapValue => input?.kind === 'map');
    // Without a map it is no part of the network yet: whoever uses it is told what it is.
    if (maps.length === 0) {
      const opaque: Opaque = { kind: 'opaque', what: `${op} (${thrown.message})`, texts: [] };
      return node.outputs.map(() => opaque);
    }
    const unknown = builder.unknown(
      name,
      op,
      thrown.message,
      maps.map((map) => map.node),
    );
    return node.outputs.map(() => unknown);
  }
}

function unknownReason({ op, domain, attributes }: FileNode): string {
  if ([...attributes.values()].some((attribute) => attribute.hasGraph))
    return 'it holds graphs of its own, which Isolens does not run';
  if (/^(QLinear|Quantize|Dequantize|DynamicQuantize)|Integer$/.test(op)) return 'it computes with quantised numbers';
  return domain === '' ? 'Isolens does not know this operation' : `it belongs to ${domain} and not to ONNX itself`;
}

/** Inputs first. Files are to be in order already. *Problems* network/cyclic, network/bad-structure. */
function ordered(nodes: readonly FileNode[], known: ReadonlyMap<string, Value>): readonly FileNode[] {
  const maker = new Map<string, FileNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (maker.has(output) || known.has(output)) throw badStructure(`two operations make the value ${output}`);
      maker.set(output, node);
    }
  }
  const result: FileNode[] = [];
  const state = new Map<FileNode, 'open' | 'done'>();
  const before = (node: FileNode): FileNode[] =>
    [...node.inputs, ...node.captured.filter((name) => maker.has(name) || known.has(name))].flatMap((name) => {
      if (name === '' || known.has(name)) return [];
      const found = maker.get(name);
      if (!found) throw badStructure(`${node.name || (node.outputs[0] ?? node.op)} reads ${name}, which is not there`);
      return [found];
    });
  for (const root of nodes) {
    const stack = state.has(root) ? [] : [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (state.get(node) === 'done') {
        stack.pop();
        continue;
      }
      state.set(node, 'open');
      const waiting = before(node).find((other) => state.get(other) !== 'done');
      if (waiting === undefined) {
        state.set(node, 'done');
        result.push(node);
        stack.pop();
      } else {
        if (state.get(waiting) === 'open')
          throw new IsolensError('network/cyclic', {}, { node: waiting.name || (waiting.outputs[0] ?? waiting.op) });
        stack.push(waiting);
      }
    }
  }
  return result;
}

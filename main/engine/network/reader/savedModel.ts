import { WireType } from '@bufbuild/protobuf/wire';
import { IsolensError } from '../../../../shared/problem/problem';
import { badStructure } from './json';
import { warningOf } from './kerasModel';
import { GraphBuilder } from './lowering/builder';
import type { Opaque, Value } from './lowering/value';
import { bytesField, fieldsOf, readMessage, textField } from './protobuf';
import type { Reader } from './reader';
import { variablesOf, type Variables } from './tensorflow/bundle';
import type { FileGraph, FileNode } from './tensorflow/fileGraph';
import { graphOf } from './tensorflow/graphMessage';
import { restoredKeys } from './tensorflow/restoring';
import { draftBySignature, type Signature } from './tensorflow/signature';
import type { Operand, Surroundings } from './tensorflow/tracing';

/** A SavedModel: saved_model.pb holds graph, functions and signatures, the variables lie in a bundle beside it. */
export const savedModel: Reader = {
  matches: ({ bytes }) => {
    const fields = fieldsOf(bytes);
    const own = fields?.get(1) === WireType.Varint && fields.get(2) === WireType.LengthDelimited;
    return own && [...fields.keys()].every((number) => number <= 2);
  },
  read: async (source) => {
    const meta = wholeModel(source.bytes, source.path);
    const variables = await variablesOf(source);
    const { draft, warnings } = draftBySignature(meta.graph, new GraphBuilder(), meta.signature, {
      bytes: source.bytes.length + (variables?.bytes ?? 0),
      variables: variableLowering(meta.graph, variables?.of ?? null),
    });
    const unknown = draft.nodes.filter((node) => node.op === 'unknown');
    const alone = unknown.length > 0 && !reachesOut(meta.graph);
    if (!alone) return { format: 'savedmodel', draft, warnings };
    const said = unknown.map(({ name }) => warningOf(new IsolensError('network/black-box', {}, { node: name })));
    const native = { folder: source.folder, signature: meta.name };
    return { format: 'savedmodel', draft, warnings: [...warnings, ...said], native };
  },
};

/** Operations that touch files, networks or Python: with such a one nothing is left to TensorFlow. */
const reaching =
  /File|Py(Func|Call)|Dataset|Iterator|Reader|Record|Summary|Rpc|Remote|Send$|Recv$|Print|Debug|Library|Dump|^Assert.*Exists|InitializeTableFrom/;

/** Saving and restoring are TensorFlow's own and name files by the folder that they are given. */
const ownFiles = /^(SaveV2|RestoreV2|MergeV2Checkpoints|ShardedFilename)$/;

function reachesOut({ nodes, functions }: FileGraph): boolean {
  const all = [...nodes, ...[...functions.values()].flatMap((made) => made.nodes)];
  return all.some(({ op }) => reaching.test(op) && !ownFiles.test(op));
}

interface MetaGraph {
  readonly name: string;
  readonly graph: FileGraph;
  readonly tags: readonly string[];
  readonly signature: Signature;
}

function wholeModel(bytes: Uint8Array, file: string): MetaGraph {
  const graphs: MetaGraph[] = [];
  try {
    readMessage(bytes, { 2: bytesField((message) => graphs.push(metaGraphOf(message))) });
  } catch (thrown) {
    if (thrown instanceof IsolensError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IsolensError('network/damaged', { reason }, { file }, thrown);
  }
  const serving = graphs.find(({ tags }) => tags.includes('serve')) ?? graphs[0];
  if (!serving) throw badStructure('it holds no graph', file);
  return serving;
}

/** *Source* tensorflow/core/protobuf/meta_graph.proto. */
function metaGraphOf(bytes: Uint8Array): MetaGraph {
  const tags: string[] = [];
  const signatures = new Map<string, Signature>();
  const found: { graph: FileGraph } = { graph: { nodes: [], functions: new Map() } };
  readMessage(bytes, {
    1: bytesField((info) => readMessage(info, { 4: textField((tag) => tags.push(tag)) })),
    2: bytesField((message) => (found.graph = graphOf(message))),
    5: bytesField((entry) => {
      const [name, message] = entryOf(entry);
      signatures.set(name, signatureOf(message));
    }),
  });
  const [name, signature] = bestOf(signatures);
  return { name, graph: found.graph, tags, signature };
}

function bestOf(signatures: ReadonlyMap<string, Signature>): readonly [string, Signature] {
  const usable = [...signatures].filter(([, { inputs, outputs }]) => inputs.size > 0 && outputs.size > 0);
  const named = ['serving_default', 'serve'].map((name) => usable.find(([own]) => own === name));
  const best = named.find((own) => own !== undefined) ?? usable[0];
  if (!best) throw badStructure('it has no signature that takes an input and gives an output');
  return best;
}

function signatureOf(bytes: Uint8Array): Signature {
  const inputs = new Map<string, string>();
  const outputs = new Map<string, string>();
  const port =
    (into: Map<string, string>) =>
    (entry: Uint8Array): void => {
      const [key, info] = entryOf(entry);
      readMessage(info, { 1: textField((tensor) => into.set(key, tensor)) });
    };
  readMessage(bytes, { 1: bytesField(port(inputs)), 2: bytesField(port(outputs)) });
  return { inputs, outputs };
}

function entryOf(bytes: Uint8Array): readonly [string, Uint8Array] {
  const entry = { key: '', value: new Uint8Array(0) as Uint8Array };
  readMessage(bytes, {
    1: textField((text) => (entry.key = text)),
    2: bytesField((message) => (entry.value = message)),
  });
  return [entry.key, entry.value];
}

const handles = ['VarHandleOp', 'VariableV2', 'Variable'];

/** A variable's handle goes from call to call until it is read: then it is its numbers. */
function variableLowering(graph: FileGraph, variables: Variables['of'] | null): Surroundings['own'] {
  const keys = restoredKeys(graph);
  const numbers = (node: string): Value => {
    const key = keys.get(node);
    if (key === undefined || !variables) {
      const part = variables ? `variables.index (${node})` : 'variables/variables.index';
      throw new IsolensError('network/weights-missing', { part }, { node });
    }
    return variables(key, node);
  };
  return ({ node, inputs }: Operand): Value | null => {
    if (handles.includes(node.op)) return node.op === 'VarHandleOp' ? handleOf(node) : numbers(node.name);
    if (node.op !== 'ReadVariableOp') return null;
    const [handle] = inputs;
    return handle?.kind === 'opaque' && handle.what === 'a variable' ? numbers(handle.texts[0] ?? '') : null;
  };
}

const handleOf = ({ name }: FileNode): Opaque => ({ kind: 'opaque', what: 'a variable', texts: [name] });

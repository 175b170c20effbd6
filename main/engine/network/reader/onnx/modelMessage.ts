import { badStructure } from '../json';
import { bytesField, floatField, integerField, numbersField, readMessage, textField } from '../protobuf';
import type { Attribute, FileFunction, FileModel, FileNode, FilePort, FileTensor } from './fileModel';
import { tensorOf } from './tensor';

/** A ModelProto. *Source* onnx/onnx.proto (ONNX 1.17). */
export function modelOf(bytes: Uint8Array): FileModel {
  const opsets = new Map<string, number>();
  const functions: FileFunction[] = [];
  const graphs: Graph[] = [];
  readMessage(bytes, {
    7: bytesField((graph) => graphs.push(graphOf(graph))),
    8: bytesField((set) => {
      const [domain, version] = opsetOf(set);
      opsets.set(domain, version);
    }),
    25: bytesField((message) => functions.push(functionOf(message))),
  });
  const [graph, second] = graphs;
  if (!graph || second) throw badStructure(graph ? 'it has two graphs' : 'it has no graph');
  return { ...graph, opsets, functions };
}

type Graph = Omit<FileModel, 'opsets' | 'functions'>;

/** ONNX' own domain has two spellings. */
const domainOf = (text: string): string => (text === 'ai.onnx' ? '' : text);

function opsetOf(bytes: Uint8Array): readonly [string, number] {
  let domain = '';
  let version = 0;
  readMessage(bytes, { 1: textField((text) => (domain = text)), 2: integerField((value) => (version = value)) });
  return [domainOf(domain), version];
}

function graphOf(bytes: Uint8Array): Graph {
  let name = '';
  const nodes: FileNode[] = [];
  const initializers: FileTensor[] = [];
  const inputs: FilePort[] = [];
  const outputs: FilePort[] = [];
  readMessage(bytes, {
    1: bytesField((node) => nodes.push(nodeOf(node))),
    2: textField((text) => (name = text)),
    5: bytesField((tensor) => initializers.push(tensorOf(tensor))),
    11: bytesField((port) => inputs.push(portOf(port))),
    12: bytesField((port) => outputs.push(portOf(port))),
    15: bytesField((sparse) => readMessage(sparse, { 1: bytesField((tensor) => initializers.push(sparseOf(tensor))) })),
  });
  return { name, nodes, initializers, inputs, outputs };
}

/** A sparse tensor is known by the name of its values, and not read. */
function sparseOf(bytes: Uint8Array): FileTensor {
  return { ...tensorOf(bytes), external: null, value: () => ({ kind: 'opaque', what: 'a sparse tensor', texts: [] }) };
}

function nodeOf(bytes: Uint8Array): FileNode {
  let [name, op, domain] = ['', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const captured: string[] = [];
  const attributes = new Map<string, Attribute>();
  readMessage(bytes, {
    1: textField((text) => inputs.push(text)),
    2: textField((text) => outputs.push(text)),
    3: textField((text) => (name = text)),
    4: textField((text) => (op = text)),
    5: bytesField((message) => {
      const attribute = attributeOf(message, captured);
      attributes.set(attribute.name, attribute);
    }),
    7: textField((text) => (domain = domainOf(text))),
  });
  if (op === '') throw badStructure(`the operation ${name || (outputs[0] ?? '')} has no type`);
  return { name, op, domain, inputs, outputs, attributes, captured };
}

const decoder = new TextDecoder();

function attributeOf(bytes: Uint8Array, captured: string[]): Attribute {
  const made: { -readonly [Key in keyof Attribute]: Attribute[Key] } = {
    name: '',
    ints: [],
    floats: [],
    strings: [],
    hasGraph: false,
    refersTo: '',
  };
  const ints: number[] = [];
  const floats: number[] = [];
  const strings: string[] = [];
  const graph = bytesField((message) => {
    made.hasGraph = true;
    captured.push(...takenFromOutside(message));
  });
  readMessage(bytes, {
    1: textField((text) => (made.name = text)),
    2: floatField((value) => (made.f = value)),
    3: integerField((value) => (made.i = value)),
    4: bytesField((text) => (made.s = decoder.decode(text))),
    5: bytesField((tensor) => (made.tensor = tensorOf(tensor))),
    6: graph,
    7: numbersField('float', floats),
    8: numbersField('integer', ints),
    9: bytesField((text) => strings.push(decoder.decode(text))),
    11: graph,
    21: textField((text) => (made.refersTo = text)),
  });
  return { ...made, ints, floats, strings };
}

/** Names that a subgraph's operations read; those that it makes itself mean nothing outside. Subgraphs within are not looked into. */
function takenFromOutside(bytes: Uint8Array): readonly string[] {
  const read: string[] = [];
  readMessage(bytes, {
    1: bytesField((node) => readMessage(node, { 1: textField((text) => read.push(text)) })),
  });
  return read;
}

/** A ValueInfoProto. */
function portOf(bytes: Uint8Array): FilePort {
  let name = '';
  let type: number | null = null;
  let sizes: readonly (number | null)[] | null = null;
  readMessage(bytes, {
    1: textField((text) => (name = text)),
    2: bytesField((message) =>
      readMessage(message, {
        1: bytesField((tensor) =>
          readMessage(tensor, {
            1: integerField((value) => (type = value)),
            2: bytesField((shape) => (sizes = sizesOf(shape))),
          }),
        ),
      }),
    ),
  });
  return { name, type, sizes };
}

/** Sizes with a name, of zero or below are free. */
function sizesOf(bytes: Uint8Array): readonly (number | null)[] {
  const sizes: (number | null)[] = [];
  readMessage(bytes, {
    1: bytesField((dimension) => {
      let size: number | null = null;
      readMessage(dimension, { 1: integerField((value) => (size = value > 0 ? value : null)) });
      sizes.push(size);
    }),
  });
  return sizes;
}

function functionOf(bytes: Uint8Array): FileFunction {
  let [name, domain] = ['', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: FileNode[] = [];
  const defaults: Attribute[] = [];
  readMessage(bytes, {
    1: textField((text) => (name = text)),
    4: textField((text) => inputs.push(text)),
    5: textField((text) => outputs.push(text)),
    7: bytesField((node) => nodes.push(nodeOf(node))),
    10: textField((text) => (domain = domainOf(text))),
    11: bytesField((attribute) => defaults.push(attributeOf(attribute, []))),
  });
  return { name, domain, inputs, outputs, nodes, defaults };
}

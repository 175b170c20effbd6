import { badStructure } from '../json';
import { booleanField, bytesField, floatField, integerField, numbersField, readMessage, textField } from '../protobuf';
import { typeWord, type Attribute, type FileFunction, type FileGraph, type FileNode } from './fileGraph';
import { shapeOf, tensorOf } from './tensor';

/** A GraphDef. *Source* tensorflow/core/framework: graph, node_def, attr_value, function, op_def (.proto). */
export function graphOf(bytes: Uint8Array): FileGraph {
  const nodes: FileNode[] = [];
  const functions = new Map<string, FileFunction>();
  readMessage(bytes, {
    1: bytesField((node) => nodes.push(nodeOf(node))),
    2: bytesField((library) =>
      readMessage(library, {
        1: bytesField((message) => {
          const made = functionOf(message);
          functions.set(made.name, made);
        }),
      }),
    ),
  });
  return { nodes, functions };
}

function nodeOf(bytes: Uint8Array): FileNode {
  let name = '';
  let op = '';
  const inputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  readMessage(bytes, {
    1: textField((text) => (name = text)),
    2: textField((text) => (op = text)),
    3: textField((text) => inputs.push(text)),
    5: bytesField((entry) => {
      const [key, value] = entryOf(entry);
      if (value)
        attributes.set(
          key,
          attributeOf(value, () => name),
        );
    }),
  });
  if (name === '' || op === '') throw badStructure('an operation has no name or no type');
  return { name, op, inputs, attributes };
}

/** One entry of a map: key and value. */
function entryOf(bytes: Uint8Array): readonly [string, Uint8Array | null] {
  let key = '';
  let value: Uint8Array | null = null;
  readMessage(bytes, { 1: textField((text) => (key = text)), 2: bytesField((message) => (value = message)) });
  return [key, value];
}

const decoder = new TextDecoder();

function attributeOf(bytes: Uint8Array, node: () => string): Attribute {
  const made: { -readonly [Key in keyof Attribute]: Attribute[Key] } = {};
  readMessage(bytes, {
    1: bytesField((message) => (made.list = listOf(message))),
    2: bytesField((text) => (made.s = decoder.decode(text))),
    3: integerField((value) => (made.i = value)),
    4: floatField((value) => (made.f = value)),
    5: booleanField((value) => (made.b = value)),
    6: integerField((value) => (made.type = typeWord(value))),
    7: bytesField((message) => (made.shape = shapeOf(message))),
    8: bytesField((message) => (made.tensor = () => tensorOf(message, node()))),
    10: bytesField((message) => readMessage(message, { 1: textField((text) => (made.func = text)) })),
  });
  return made;
}

function listOf(bytes: Uint8Array): NonNullable<Attribute['list']> {
  const s: string[] = [];
  const i: number[] = [];
  const f: number[] = [];
  const types: number[] = [];
  const shape: (readonly (number | null)[] | null)[] = [];
  readMessage(bytes, {
    2: bytesField((text) => s.push(decoder.decode(text))),
    3: numbersField('integer', i),
    4: numbersField('float', f),
    6: numbersField('integer', types),
    7: bytesField((message) => shape.push(shapeOf(message))),
  });
  return { s, i, f, type: types.map(typeWord), shape };
}

function functionOf(bytes: Uint8Array): FileFunction {
  let name = '';
  const parameters: string[] = [];
  const results: string[] = [];
  const returns = new Map<string, string>();
  const nodes: FileNode[] = [];
  const argument =
    (into: string[]) =>
    (message: Uint8Array): void =>
      readMessage(message, { 1: textField((text) => into.push(text)) });
  readMessage(bytes, {
    1: bytesField((signature) =>
      readMessage(signature, {
        1: textField((text) => (name = text)),
        2: bytesField(argument(parameters)),
        3: bytesField(argument(results)),
      }),
    ),
    3: bytesField((node) => nodes.push(nodeOf(node))),
    4: bytesField((entry) => {
      let [key, value] = ['', ''];
      readMessage(entry, { 1: textField((text) => (key = text)), 2: textField((text) => (value = text)) });
      returns.set(key, value);
    }),
  });
  return { name, parameters, results, returns, nodes };
}

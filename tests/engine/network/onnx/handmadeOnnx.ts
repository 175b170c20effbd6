import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A tensor: numbers in the file, or where they lie beside it. */
export interface HandTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** By ONNX' numbers; 1 is float32, 7 int64. */
  readonly type?: number;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly raw?: Uint8Array;
  readonly external?: Readonly<Record<string, string>>;
}

export interface HandNode {
  readonly op: string;
  readonly name?: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly graph?: HandGraph;
}

export interface HandGraph {
  readonly nodes: readonly HandNode[];
  readonly weights?: readonly HandTensor[];
  readonly inputs?: Readonly<Record<string, readonly (number | null)[]>>;
  /** The type of the inputs' elements. */
  readonly inputType?: number;
  readonly outputs?: readonly string[];
}

type Write = (writer: BinaryWriter) => void;

const message = (writer: BinaryWriter, field: number, write: Write): BinaryWriter => {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  return writer.join();
};
const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const integer = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Varint).int64(value);

function writeTensor(writer: BinaryWriter, tensor: HandTensor): void {
  for (const n of tensor.dims) integer(writer, 1, n);
  integer(writer, 2, tensor.type ?? (tensor.ints ? 7 : 1));
  for (const value of tensor.floats ?? []) writer.tag(4, WireType.Bit32).float(value);
  for (const value of tensor.ints ?? []) integer(writer, 7, value);
  text(writer, 8, tensor.name);
  if (tensor.raw) writer.tag(9, WireType.LengthDelimited).bytes(tensor.raw);
  for (const [key, value] of Object.entries(tensor.external ?? {}))
    message(writer, 13, (entry) => text(text(entry, 1, key), 2, value));
  if (tensor.external) integer(writer, 14, 1);
}

function writeGraph(writer: BinaryWriter, graph: HandGraph): void {
  for (const node of graph.nodes) {
    message(writer, 1, (own) => {
      for (const input of node.inputs) text(own, 1, input);
      for (const output of node.outputs) text(own, 2, output);
      if (node.name !== undefined) text(own, 3, node.name);
      text(own, 4, node.op);
      for (const [key, values] of Object.entries(node.ints ?? {}))
        message(own, 5, (attribute) => {
          text(attribute, 1, key);
          for (const value of values) integer(attribute, 8, value);
          if (values.length === 1) integer(attribute, 3, values[0]!);
        });
      const { graph: inner } = node;
      if (inner)
        message(own, 5, (attribute) => {
          text(attribute, 1, 'then_branch');
          message(attribute, 6, (branch) => writeGraph(branch, inner));
        });
      if (node.domain !== undefined) text(own, 7, node.domain);
    });
  }
  for (const tensor of graph.weights ?? []) message(writer, 5, (own) => writeTensor(own, tensor));
  for (const [name, sizes] of Object.entries(graph.inputs ?? {}))
    message(writer, 11, (port) => {
      text(port, 1, name);
      message(port, 2, (type) =>
        message(type, 1, (tensor) => {
          integer(tensor, 1, graph.inputType ?? 1);
          message(tensor, 2, (shape) => {
            for (const n of sizes)
              message(shape, 1, (dimension) => (n === null ? text(dimension, 2, 'free') : integer(dimension, 1, n)));
          });
        }),
      );
    });
  for (const name of graph.outputs ?? []) message(writer, 12, (port) => text(port, 1, name));
}

/** An ONNX file, written field by field. */
export function handmade(graph: HandGraph, opsets: Readonly<Record<string, number>> = { '': 17 }): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, 8);
  message(writer, 7, (own) => writeGraph(own, graph));
  for (const [domain, version] of Object.entries(opsets))
    message(writer, 8, (set) => integer(domain === '' ? set : text(set, 1, domain), 2, version));
  return writer.finish();
}

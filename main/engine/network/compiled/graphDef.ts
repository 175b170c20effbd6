import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** What an attribute of a native node can be: a type by its name, a text, a whole number, a real one, sizes, or an array of its own. */
export type NativeValue =
  | 'float32'
  | 'int32'
  | boolean
  | number
  | readonly number[]
  | { readonly text: string }
  | { readonly real: number }
  | { readonly shape: readonly number[] }
  | { readonly array: Float32Array | Int32Array; readonly shape: readonly number[] };

/** A node of TensorFlow's own graph. */
export interface NativeNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, NativeValue>>;
}

const typeNumbers = { float32: 1, int32: 3 } as const;

/**
 * The bytes of a SavedModel that holds this graph and nothing else: no function, no variable, no signature.
 * *Source* tensorflow/core/protobuf/saved_model.proto, tensorflow/core/framework/{graph,node_def,attr_value,tensor}.proto.
 */
export function savedModelOf(nodes: readonly NativeNode[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(1);
  message(writer, 2, (meta) => {
    message(meta, 1, (about) => {
      about.tag(4, WireType.LengthDelimited).string('serve');
    });
    message(meta, 2, (graph) => {
      for (const node of nodes) message(graph, 1, (own) => { writeNode(own, node); }); // prettier-ignore
      // The version of graphs that TensorFlow 2.15 writes, for which no operation changes its meaning.
      message(graph, 4, (version) => {
        version.tag(1, WireType.Varint).int32(1645);
      });
    });
  });
  return writer.finish();
}

function writeNode(writer: BinaryWriter, { name, op, inputs, attributes }: NativeNode): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  writer.tag(2, WireType.LengthDelimited).string(op);
  for (const input of inputs) writer.tag(3, WireType.LengthDelimited).string(input);
  for (const [key, value] of Object.entries(attributes)) {
    message(writer, 5, (entry) => {
      entry.tag(1, WireType.LengthDelimited).string(key);
      message(entry, 2, (own) => {
        writeValue(own, value);
      });
    });
  }
}

function writeValue(writer: BinaryWriter, value: NativeValue): void {
  if (value === 'float32' || value === 'int32') writer.tag(6, WireType.Varint).int32(typeNumbers[value]);
  else if (typeof value === 'boolean') writer.tag(5, WireType.Varint).bool(value);
  else if (typeof value === 'number') writer.tag(3, WireType.Varint).int64(value);
  else if ('text' in value) writer.tag(2, WireType.LengthDelimited).string(value.text);
  else if ('real' in value) writer.tag(4, WireType.Bit32).float(value.real);
  else if ('array' in value)
    message(writer, 8, (own) => { writeArray(own, value.array, value.shape); }); // prettier-ignore
  else if ('shape' in value)
    message(writer, 7, (own) => { writeShape(own, value.shape); }); // prettier-ignore
  else {
    message(writer, 1, (list) => {
      for (const n of value) list.tag(3, WireType.Varint).int64(n);
    });
  }
}

function writeArray(writer: BinaryWriter, array: Float32Array | Int32Array, shape: readonly number[]): void {
  writer.tag(1, WireType.Varint).int32(array instanceof Float32Array ? typeNumbers.float32 : typeNumbers.int32);
  message(writer, 2, (own) => {
    writeShape(own, shape);
  });
  writer.tag(4, WireType.LengthDelimited).bytes(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}

function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) message(writer, 2, (own) => own.tag(1, WireType.Varint).int64(size));
}

function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

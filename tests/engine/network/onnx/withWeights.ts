import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The fields of a message as they stand, without the ones that `drop` names. */
function fieldsOf(bytes: Uint8Array): { readonly number: number; readonly wire: WireType; readonly raw: Uint8Array }[] {
  const reader = new BinaryReader(bytes);
  const fields = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const start = reader.pos;
    reader.skip(wire, number);
    fields.push({ number, wire, raw: bytes.subarray(start, reader.pos) });
  }
  return fields;
}

/** A TensorProto under another name. */
function named(tensor: Uint8Array, name: string): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wire, raw } of fieldsOf(tensor)) if (number !== 8) writer.tag(number, wire).raw(raw);
  return writer.tag(8, WireType.LengthDelimited).string(name).finish();
}

/**
 * The same model with some of its inputs as weights: ONNX' tests of operations feed kernels, axes and sizes as inputs, where networks have
 * them fixed.
 */
export function withWeights(model: Uint8Array, weights: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wire, raw } of fieldsOf(model)) {
    writer.tag(number, wire);
    if (number !== 7) {
      writer.raw(raw);
      continue;
    }
    const graph = new BinaryReader(raw).bytes();
    const wide = new BinaryWriter().raw(graph);
    for (const [name, tensor] of Object.entries(weights))
      wide.tag(5, WireType.LengthDelimited).bytes(named(tensor, name));
    writer.bytes(wide.finish());
  }
  return writer.finish();
}

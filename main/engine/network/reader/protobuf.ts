import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** How one field of a message is read; what is left in the buffer is the library's to check. */
type FieldReader = (reader: BinaryReader, wire: WireType) => void;

/**
 * Walks a message's fields by number and hands each to its reader; fields without one are skipped. Nothing is allocated by what
 * the file claims: lengths are held against the bytes that are there.
 * *Source* protobuf.dev, Encoding.
 */
export function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const read = fields[number];
    if (read) read(reader, wire);
    else reader.skip(wire, number);
    if (reader.pos > reader.len) throw new RangeError('a field ends beyond its message');
  }
}

/** The numbers of the first fields of a message, without reading what they hold; null where it is no message. */
export function fieldsOf(bytes: Uint8Array, most = 64): ReadonlyMap<number, WireType> | null {
  const found = new Map<number, WireType>();
  try {
    const reader = new BinaryReader(bytes);
    for (let i = 0; i < most && reader.pos < reader.len; i++) {
      const [number, wire] = reader.tag();
      found.set(number, wire);
      reader.skip(wire, number);
    }
    return found;
  } catch {
    // Not protobuf, or cut short before the fields that tell: what was seen is the answer.
    return found.size > 0 ? found : null;
  }
}

const expect = (wire: WireType, wanted: WireType): void => {
  if (wire !== wanted) throw new RangeError(`a field has wire type ${wire} where ${wanted} belongs`);
};

/** A nested message or raw bytes, as a view of the file. */
export const bytesField =
  (take: (bytes: Uint8Array) => void): FieldReader =>
  (reader, wire) => {
    expect(wire, WireType.LengthDelimited);
    take(reader.bytes());
  };

export const textField =
  (take: (text: string) => void): FieldReader =>
  (reader, wire) => {
    expect(wire, WireType.LengthDelimited);
    take(reader.string());
  };

/** Whole numbers of up to 64 bits as numbers: beyond 2⁵³ (TensorFlow writes "to the end" so) the nearest one. */
export const integerField =
  (take: (value: number) => void): FieldReader =>
  (reader, wire) => {
    expect(wire, WireType.Varint);
    take(Number(reader.int64()));
  };

export const booleanField = (take: (value: boolean) => void): FieldReader => integerField((value) => take(value !== 0));

export const floatField =
  (take: (value: number) => void): FieldReader =>
  (reader, wire) => {
    expect(wire, WireType.Bit32);
    take(reader.float());
  };

export const fixed32Field =
  (take: (value: number) => void): FieldReader =>
  (reader, wire) => {
    expect(wire, WireType.Bit32);
    take(reader.fixed32());
  };

type Scalar = 'integer' | 'float' | 'double';
const wireOf = { integer: WireType.Varint, float: WireType.Bit32, double: WireType.Bit64 } as const;

function readScalar(reader: BinaryReader, kind: Scalar): number {
  if (kind === 'integer') return Number(reader.int64());
  return kind === 'float' ? reader.float() : reader.double();
}

/** Repeated numbers, packed or one by one. */
export const numbersField =
  (kind: Scalar, into: number[]): FieldReader =>
  (reader, wire) => {
    if (wire !== WireType.LengthDelimited) {
      expect(wire, wireOf[kind]);
      into.push(readScalar(reader, kind));
      return;
    }
    const packed = new BinaryReader(reader.bytes());
    while (packed.pos < packed.len) into.push(readScalar(packed, kind));
  };

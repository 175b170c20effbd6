import { IsolensError } from '../../../../../shared/problem/problem';
import { half } from '../half';
import { badStructure } from '../json';
import { countOf } from '../lowering/array';
import { constantOf, type Constant, type Opaque } from '../lowering/value';
import { booleanField, bytesField, integerField, numbersField, readMessage } from '../protobuf';
import { typeWord } from './fileGraph';

/** Bytes of one number in a tensor's raw content, by type; absent: not read. */
const widths: Readonly<Record<string, number>> = {
  DT_FLOAT: 4,
  DT_DOUBLE: 8,
  DT_INT32: 4,
  DT_UINT8: 1,
  DT_INT16: 2,
  DT_INT8: 1,
  DT_INT64: 8,
  DT_BOOL: 1,
  DT_UINT16: 2,
  DT_HALF: 2,
  DT_BFLOAT16: 2,
  DT_UINT32: 4,
  DT_UINT64: 8,
};

const floats = ['DT_FLOAT', 'DT_DOUBLE', 'DT_HALF', 'DT_BFLOAT16'];

/** A tensor of one repeated number takes no room in the file: this many numbers it may stand for. */
const mostRepeated = 2 ** 24;

/**
 * A TensorProto. Texts are kept as such, whatever else is no number is named and not read.
 * *Problems* network/bad-structure, network/too-large. *Source* tensorflow/core/framework/tensor.proto.
 */
export function tensorOf(bytes: Uint8Array, node: string): Constant | Opaque {
  const found: { type: string; shape: readonly (number | null)[] | null; content: Uint8Array | null } = {
    type: 'DT_FLOAT',
    shape: [],
    content: null,
  };
  const texts: string[] = [];
  const numbers: number[] = [];
  const halves: number[] = [];
  readMessage(bytes, {
    1: integerField((value) => (found.type = typeWord(value))),
    2: bytesField((message) => (found.shape = shapeOf(message))),
    4: bytesField((raw) => (found.content = raw)),
    5: numbersField('float', numbers),
    6: numbersField('double', numbers),
    7: numbersField('integer', numbers),
    8: bytesField((text) => texts.push(new TextDecoder().decode(text))),
    10: numbersField('integer', numbers),
    11: numbersField('integer', numbers),
    13: numbersField('integer', halves),
    16: numbersField('integer', numbers),
    17: numbersField('integer', numbers),
  });
  const { type, shape, content } = found;
  const sizes = shape?.filter((n) => n !== null);
  if (!sizes || sizes.length !== shape?.length) throw badStructure(`the tensor of ${node} has no whole shape`);
  if (type === 'DT_STRING') return { kind: 'opaque', what: 'text', texts };
  if (widths[type] === undefined) return { kind: 'opaque', what: type, texts: [] };
  if (content) return rawTensor(content, type, sizes, node);
  for (const bits of halves) numbers.push(type === 'DT_BFLOAT16' ? brain(bits) : half(bits));
  return repeatedTensor(numbers, type, sizes, node);
}

/** A TensorShapeProto: null where the rank is unknown, sizes null where free. */
export function shapeOf(bytes: Uint8Array): readonly (number | null)[] | null {
  const sizes: (number | null)[] = [];
  const rank = { any: false };
  readMessage(bytes, {
    2: bytesField((dimension) => {
      let size = 0;
      readMessage(dimension, { 1: integerField((value) => (size = value)) });
      sizes.push(size < 0 ? null : size);
    }),
    3: booleanField((value) => (rank.any = value)),
  });
  return rank.any ? null : sizes;
}

/** Numbers as they lie in memory, little-endian. */
export function rawTensor(
  content: Uint8Array,
  type: string,
  shape: readonly number[],
  node: string,
): Constant | Opaque {
  const width = widths[type];
  if (width === undefined) return { kind: 'opaque', what: type, texts: [] };
  const count = countOf(shape);
  if (count * width !== content.length) {
    throw badStructure(
      `the tensor of ${node} claims ${count} numbers of ${width} bytes and has ${content.length} bytes`,
    );
  }
  // Copied, since numbers of four bytes must not begin in between (and a Buffer's slice would be no copy).
  const copied = new Uint8Array(content);
  const view = new DataView(copied.buffer);
  const read = reading(type, view);
  if (type === 'DT_FLOAT') return constantOf(shape, new Float32Array(copied.buffer));
  if (floats.includes(type))
    return constantOf(
      shape,
      Float32Array.from({ length: count }, (_, i) => read(i)),
    );
  return constantOf(
    shape,
    Float64Array.from({ length: count }, (_, i) => read(i)),
    true,
  );
}

function reading(type: string, view: DataView): (i: number) => number {
  switch (type) {
    case 'DT_DOUBLE':
      return (i) => view.getFloat64(8 * i, true);
    case 'DT_INT32':
      return (i) => view.getInt32(4 * i, true);
    case 'DT_UINT32':
      return (i) => view.getUint32(4 * i, true);
    case 'DT_INT64':
      return (i) => Number(view.getBigInt64(8 * i, true));
    case 'DT_UINT64':
      return (i) => Number(view.getBigUint64(8 * i, true));
    case 'DT_INT16':
      return (i) => view.getInt16(2 * i, true);
    case 'DT_UINT16':
      return (i) => view.getUint16(2 * i, true);
    case 'DT_INT8':
      return (i) => view.getInt8(i);
    case 'DT_HALF':
      return (i) => half(view.getUint16(2 * i, true));
    case 'DT_BFLOAT16':
      return (i) => brain(view.getUint16(2 * i, true));
    case 'DT_FLOAT':
      return (i) => view.getFloat32(4 * i, true);
    default:
      return (i) => view.getUint8(i);
  }
}

/** bfloat16: the upper half of a float32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits & 0xffff) << 16);
  return view.getFloat32(0);
}

/** Numbers one by one; the last one stands for all that are missing. */
function repeatedTensor(numbers: readonly number[], type: string, shape: readonly number[], node: string): Constant {
  const count = countOf(shape);
  if (numbers.length > count) throw badStructure(`the tensor of ${node} has more numbers than its shape`);
  if (count > numbers.length && count > mostRepeated) {
    throw new IsolensError('network/too-large', { claimed: `${((count * 4) / 2 ** 20).toFixed(0)} MiB` }, { node });
  }
  const last = numbers.at(-1) ?? 0;
  const integer = !floats.includes(type);
  const values = integer ? new Float64Array(count) : new Float32Array(count);
  values.fill(last);
  values.set(numbers);
  return constantOf(shape, values, integer);
}

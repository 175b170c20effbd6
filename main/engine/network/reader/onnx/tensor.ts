import { IsolensError } from '../../../../../shared/problem/problem';
import { half } from '../half';
import { badStructure } from '../json';
import { countOf } from '../lowering/array';
import { constantOf, type Constant, type Opaque } from '../lowering/value';
import { bytesField, integerField, numbersField, readMessage, textField } from '../protobuf';
import { rawTensor } from '../tensorflow/tensor';
import type { ExternalPlace, FileTensor, OutsideFiles } from './fileModel';

/** Types of elements, by number: what raw numbers are called where they are read, or what is not read. */
const types: Readonly<Record<number, readonly [word: string, raw: string | null]>> = {
  1: ['float32', 'DT_FLOAT'],
  2: ['uint8', 'DT_UINT8'],
  3: ['int8', 'DT_INT8'],
  4: ['uint16', 'DT_UINT16'],
  5: ['int16', 'DT_INT16'],
  6: ['int32', 'DT_INT32'],
  7: ['int64', 'DT_INT64'],
  8: ['string', null],
  9: ['bool', 'DT_BOOL'],
  10: ['float16', 'DT_HALF'],
  11: ['float64', 'DT_DOUBLE'],
  12: ['uint32', 'DT_UINT32'],
  13: ['uint64', 'DT_UINT64'],
  14: ['complex64', null],
  15: ['complex128', null],
  16: ['bfloat16', 'DT_BFLOAT16'],
  17: ['float8', null],
  18: ['float8', null],
  19: ['float8', null],
  20: ['float8', null],
  21: ['uint4', null],
  22: ['int4', null],
  23: ['float4', null],
};

export const typeWord = (type: number): string => types[type]?.[0] ?? `type ${type}`;

const floats = [1, 10, 11, 16];

/** Whether an input of this type can be fed with float32 numbers. */
export const isNumeric = (type: number): boolean => (types[type]?.[1] ?? null) !== null;

export const isFloat = (type: number): boolean => floats.includes(type);

/**
 * A TensorProto; its numbers are made when they are asked for. Texts, complex and 4- or 8-bit numbers are named and not read.
 * *Problems* network/bad-structure, network/weights-missing. *Source* onnx/onnx.proto.
 */
export function tensorOf(bytes: Uint8Array): FileTensor {
  let name = '';
  const entries = new Map<string, string>();
  const kinds: number[] = [];
  readMessage(bytes, {
    8: textField((text) => (name = text)),
    13: bytesField((entry) => {
      entries.set(...entryOf(entry));
    }),
    14: integerField((value) => kinds.push(value)),
  });
  const length = entries.get('length');
  const place: ExternalPlace | null =
    kinds.at(-1) === 1
      ? {
          location: entries.get('location') ?? '',
          offset: Number(entries.get('offset') ?? 0),
          length: length === undefined ? null : Number(length),
        }
      : null;
  return { name, external: place, value: (outside) => valueOf(bytes, name, place, outside) };
}

function entryOf(bytes: Uint8Array): [string, string] {
  let [key, value] = ['', ''];
  readMessage(bytes, { 1: textField((text) => (key = text)), 2: textField((text) => (value = text)) });
  return [key, value];
}

function valueOf(
  bytes: Uint8Array,
  name: string,
  place: ExternalPlace | null,
  outside: OutsideFiles,
): Constant | Opaque {
  let type = 0;
  const segments: Uint8Array[] = [];
  const raw: Uint8Array[] = [];
  const dims: number[] = [];
  const numbers: number[] = [];
  readMessage(bytes, {
    1: numbersField('integer', dims),
    2: integerField((value) => (type = value)),
    3: bytesField((segment) => segments.push(segment)),
    4: numbersField('float', numbers),
    5: numbersField('integer', numbers),
    7: numbersField('integer', numbers),
    9: bytesField((content) => raw.push(content)),
    10: numbersField('double', numbers),
    11: numbersField('integer', numbers),
  });
  const [word, kind] = types[type] ?? [`type ${type}`, null];
  if (kind === null) return { kind: 'opaque', what: `a tensor of ${word}`, texts: [] };
  if (segments.length > 0) throw badStructure(`the tensor ${name} is kept in segments`);
  if (dims.some((n) => !Number.isSafeInteger(n) || n < 0))
    throw badStructure(`the tensor ${name} has sizes ${dims.join(', ')}`);
  const content = place ? bytesAt(place, name, outside) : raw[0];
  if (content) return rawTensor(content, kind, dims, name);
  if (numbers.length !== countOf(dims)) {
    throw badStructure(`the tensor ${name} claims ${countOf(dims)} numbers and has ${numbers.length}`);
  }
  return constantOf(dims, typed(numbers, type), !floats.includes(type));
}

/** 16-bit floats stand among the integers by their bits. */
function typed(numbers: readonly number[], type: number): Float32Array | Float64Array {
  if (type === 10) return Float32Array.from(numbers, half);
  if (type === 16) return new Float32Array(Uint32Array.from(numbers, (bits) => (bits & 0xffff) << 16).buffer);
  return floats.includes(type) ? Float32Array.from(numbers) : Float64Array.from(numbers);
}

function bytesAt({ location, offset, length }: ExternalPlace, name: string, outside: OutsideFiles): Uint8Array {
  const file = outside.get(location);
  if (!file) throw new IsolensError('network/weights-missing', { part: location || name });
  const end = length === null ? file.length : offset + length;
  const inside =
    Number.isSafeInteger(offset) && Number.isSafeInteger(end) && offset >= 0 && end >= offset && end <= file.length;
  if (!inside) throw new IsolensError('network/weights-missing', { part: location });
  return file.subarray(offset, end);
}

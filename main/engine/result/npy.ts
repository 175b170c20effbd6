import { IsolensError } from '../../../shared/problem/problem';
import { bytesOfKind, countOf, toFloat32, type NumberKind } from './numbers';

/** Numbers in C order. */
export interface PlainArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export const isNpy = (bytes: Uint8Array): boolean => magic.every((byte, n) => bytes[n] === byte);

/** The header of a `.npy` file, version 1.0. Source: numpy.lib.format. */
export function npyHeader(values: Float32Array | Uint8Array, shape: readonly number[]): Uint8Array {
  if (values.length !== shape.reduce((product, n) => product * n, 1))
    throw new Error('the values do not fill their shape');
  const descr = values instanceof Float32Array ? '<f4' : '|u1';
  const sizes = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new Uint8Array(length).fill(0x20);
  header.set(magic);
  header.set([1, 0, (length - 10) & 255, (length - 10) >> 8], 6);
  header.set(new TextEncoder().encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}

const kinds: Readonly<Record<string, NumberKind>> = {
  b1: 'uint8',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** The three entries of the header's dictionary; nothing in it is evaluated. */
function dictionaryOf(text: string): { descr: string; fortran: boolean; shape: readonly number[] } | null {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1] ?? (/'descr'\s*:\s*\[/.test(text) ? 'V' : undefined);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || sizes === undefined) return null;
  const shape = sizes
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
    .filter((part) => part !== '')
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : NaN));
  return { descr, fortran: fortran === 'True', shape };
}

/** Puts values whose first axis is fastest in C order. */
function fromFortran(values: Float32Array, shape: readonly number[]): Float32Array {
  const ordered = new Float32Array(values.length);
  const index = new Array<number>(shape.length).fill(0);
  const strides: number[] = [];
  shape.reduce((stride, size) => (strides.push(stride), stride * size), 1);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    ordered[to] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, stride] = [shape[axis] as number, strides[axis] as number];
      index[axis] = (index[axis] as number) + 1;
      from += stride;
      if ((index[axis] as number) < size) break;
      index[axis] = 0;
      from -= stride * size;
    }
  }
  return ordered;
}

/**
 * A `.npy` file of version 1 to 3, C or Fortran order, either byte order, of any integers or floats, as float32 in C order.
 * *Problems* result/file-unreadable, result/objects-refused.
 */
export function readNpy(bytes: Uint8Array, file: string): PlainArray {
  const refuse = (reason: string): IsolensError =>
    new IsolensError('result/file-unreadable', { file, reason }, { file });
  if (!isNpy(bytes) || bytes.length < 12) throw refuse('it is not a .npy file');
  const version = bytes[6] as number;
  if (version < 1 || version > 3) throw refuse(`version ${String(version)} of .npy is not known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > 1_000_000 || start + length > bytes.length) throw refuse('its header is cut short');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));
  const header = dictionaryOf(text);
  if (header === null) throw refuse('its header is damaged');
  const { descr, fortran, shape } = header;
  if (descr.includes('O')) throw new IsolensError('result/objects-refused', { file }, { file });
  const kind = kinds[descr.slice(1)];
  if (kind === undefined || !/^[<>|=]/.test(descr)) throw refuse(`numbers of type ${descr} are not read`);
  const count = countOf(shape);
  if (count === null) throw refuse('its shape is damaged or too large');
  const data = bytes.subarray(start + length);
  if (data.length < count * bytesOfKind[kind]) throw refuse('it is cut short');
  const values = toFloat32(data, kind, !descr.startsWith('>'), count);
  return { shape, values: fortran && shape.length > 1 ? fromFortran(values, shape) : values };
}

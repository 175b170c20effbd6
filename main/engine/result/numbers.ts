/** Kinds of numbers that an array file can hold. */
export type NumberKind =
  | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float16' | 'float32' | 'float64'; // prettier-ignore

export const bytesOfKind: Readonly<Record<NumberKind, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** Half precision: one sign, five exponent and ten fraction bits. Source: IEEE 754-2019, binary16. */
export function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

type Reader = (view: DataView, at: number, little: boolean) => number;

const readers: Readonly<Record<NumberKind, Reader>> = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  uint64: (view, at, little) => Number(view.getBigUint64(at, little)),
  float16: (view, at, little) => halfToNumber(view.getUint16(at, little)),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
};

/** `count` numbers of a kind and byte order as float32. The bytes may begin anywhere. */
export function toFloat32(bytes: Uint8Array, kind: NumberKind, little: boolean, count: number): Float32Array {
  const values = new Float32Array(count);
  if (kind === 'float32' && little) {
    new Uint8Array(values.buffer).set(bytes.subarray(0, count * 4));
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [read, width] = [readers[kind], bytesOfKind[kind]];
  for (let n = 0; n < count; n++) values[n] = read(view, n * width, little);
  return values;
}

/** Numbers that one array may hold: 4 GiB of float32. */
export const mostNumbers = 2 ** 30;

/** The product of sizes, or null where one is not a whole number of at least 0 or the product is more than can be held. */
export function countOf(sizes: readonly number[]): number | null {
  let count = 1;
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 0) return null;
    count *= size;
    if (count > mostNumbers) return null;
  }
  return count;
}

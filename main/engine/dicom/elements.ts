import type { DataSet } from 'dicom-parser';
import { decoderOf, type Decode } from './characterSet';
import { tag, type Keyword } from './tag';

/** A data set, or an item of a sequence, read by keyword. What is absent or unreadable is '', [] or null, never an exception. */
export interface Elements {
  has(keyword: Keyword): boolean;
  /** The text, decoded by the character set and trimmed; several values stay joined by a backslash. */
  text(keyword: Keyword): string;
  texts(keyword: Keyword): readonly string[];
  /** The n-th decimal or integer string; null where it is absent or no number. */
  number(keyword: Keyword, n?: number): number | null;
  /** All decimal strings; null where the element is absent or any of them is no number. */
  numbers(keyword: Keyword): Float64Array | null;
  /** Binary 16-bit value, signed where asked. */
  uint16(keyword: Keyword, n?: number): number | null;
  int16(keyword: Keyword, n?: number): number | null;
  double(keyword: Keyword, n?: number): number | null;
  items(keyword: Keyword): readonly Elements[];
  /** The bytes of the value as they lie in the file. */
  bytes(keyword: Keyword): Uint8Array | null;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal string's number; NaN for anything that is none (`Number` alone would take '' for 0). */
export function decimalOf(text: string): number {
  const trimmed = text.replace(/^[\0\s]+|[\0\s]+$/g, '');
  return decimal.test(trimmed) ? Number(trimmed) : NaN;
}

/** A reference's UID; null where the reference is absent or empty. */
export const uidOrNull = (uid: string | undefined): string | null => (uid === undefined || uid === '' ? null : uid);

/** Wraps the parser's data set. `inherited` decodes text where the set names no character set of its own. */
export function elementsOf(set: DataSet, inherited?: Decode): Elements {
  const raw = (keyword: Keyword): Uint8Array | null => {
    const element = set.elements[tag[keyword]];
    if (element === undefined || element.items !== undefined) return null;
    const { dataOffset, length } = element;
    const all = set.byteArray;
    if (length > all.length - dataOffset || dataOffset < 0 || length < 0) return null;
    return all.subarray(dataOffset, dataOffset + length);
  };
  const latin = (bytes: Uint8Array): string =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const sent = raw('SpecificCharacterSet');
  const decode =
    sent === null || sent.length === 0
      ? (inherited ?? decoderOf([]))
      : decoderOf(latin(sent).replace(/\0/g, '').split('\\'));
  const text = (keyword: Keyword): string => {
    const bytes = raw(keyword);
    return bytes === null ? '' : decode(bytes).replace(/^[\0\s]+|[\0\s]+$/g, '');
  };
  const binary = (keyword: Keyword, n: number, width: number, read: 'readUint16' | 'readInt16' | 'readDouble') => {
    const bytes = raw(keyword);
    const element = set.elements[tag[keyword]];
    if (bytes === null || element === undefined || bytes.length < (n + 1) * width) return null;
    return set.byteArrayParser[read](set.byteArray, element.dataOffset + n * width);
  };
  return {
    has: (keyword) => (set.elements[tag[keyword]]?.length ?? 0) > 0,
    text,
    texts: (keyword) => {
      const all = text(keyword);
      return all === '' ? [] : all.split('\\').map((value) => value.trim());
    },
    number: (keyword, n = 0) => {
      const bytes = raw(keyword);
      const value = bytes === null ? NaN : decimalOf(latin(bytes).split('\\')[n] ?? '');
      return Number.isFinite(value) ? value : null;
    },
    numbers: (keyword) => {
      const bytes = raw(keyword);
      if (bytes === null || bytes.length === 0) return null;
      const values = Float64Array.from(latin(bytes).split('\\'), decimalOf);
      return values.every(Number.isFinite) ? values : null;
    },
    uint16: (keyword, n = 0) => binary(keyword, n, 2, 'readUint16'),
    int16: (keyword, n = 0) => binary(keyword, n, 2, 'readInt16'),
    double: (keyword, n = 0) => binary(keyword, n, 8, 'readDouble'),
    items: (keyword) =>
      (set.elements[tag[keyword]]?.items ?? []).flatMap(({ dataSet }) =>
        dataSet === undefined ? [] : [elementsOf(dataSet, decode)],
      ),
    bytes: raw,
  };
}

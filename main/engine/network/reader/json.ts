import { IsolensError } from '../../../../shared/problem/problem';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const badStructure = (reason: string, file?: string): IsolensError =>
  new IsolensError('network/bad-structure', { reason }, { file });

/** Python writes NaN and infinities into its JSON. *Problems* network/bad-structure. */
export function parseJson(text: string, what: string, file: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    try {
      value = JSON.parse(text.replace(/([:[,]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, '$1null')) as Json;
    } catch {
      throw badStructure(`${what} is not JSON`, file);
    }
  }
  if (!isObject(value)) throw badStructure(`${what} is not an object`, file);
  return value;
}

export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (!isObject(value)) throw badStructure(`"${key}" is missing or not an object`);
  return value;
}

export function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = object[key];
  if (!isList(value)) throw badStructure(`"${key}" is missing or not a list`);
  return value;
}

export function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw badStructure(`"${key}" is missing or not a text`);
  return value;
}

/** Blanks and a byte order mark may stand before the brace. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const start = bytes.findIndex((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
  return bytes[start] === 0x7b;
}

/** Whether a text stands in a file's first mebibyte, or in its last. */
export function holds(bytes: Uint8Array, text: string): boolean {
  const decoder = new TextDecoder();
  const ends = [bytes.subarray(0, 2 ** 20), bytes.subarray(Math.max(0, bytes.length - 2 ** 20))];
  return ends.some((end) => decoder.decode(end).includes(text));
}

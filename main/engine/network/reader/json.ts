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

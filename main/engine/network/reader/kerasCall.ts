import { isList, isObject, type Json } from './json';
import { isWhole } from './kerasLayer';

/** One tensor: output `tensor` of call `call` of a layer. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** One use of a layer: what it is given, in order, and constants beside the tensors. */
export interface Call {
  readonly tensors: readonly Reference[];
  readonly constants: readonly (number | null)[];
}

/** `[name, call, tensor]`, or a list or table of such, nested as the author pleased. */
export function referencesIn(value: Json | undefined): Reference[] {
  if (isList(value)) {
    const [layer, call, tensor] = value;
    if (typeof layer === 'string' && isWhole(call) && isWhole(tensor)) return [{ layer, call, tensor }];
    return value.flatMap((item) => (isList(item) || isObject(item) ? referencesIn(item) : []));
  }
  return isObject(value) ? Object.values(value).flatMap(referencesIn) : [];
}

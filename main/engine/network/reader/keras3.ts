import { badStructure, isList, isObject, type Json, type JsonObject } from './json';
import { referencesIn, type Call, type Reference } from './kerasCall';
import type { KerasDialect } from './kerasModel';

/**
 * Keras 3 writes each call of a layer as `{ args, kwargs }` with its tensors as `__keras_tensor__` objects; files by Keras 2.12 to
 * 2.15 in the same container keep the older lists.
 */
export const keras3: KerasDialect = {
  dialect: 'keras3',
  callsOf: (layer) => {
    const nodes = layer['inbound_nodes'];
    if (nodes === undefined || nodes === null) return [];
    if (!isList(nodes)) throw badStructure('inbound_nodes is not a list');
    return nodes.map((node): Call => {
      if (!isObject(node)) return { tensors: referencesIn(node), constants: [] };
      const args = node['args'];
      const kwargs = node['kwargs'];
      const values = [...(isList(args) ? args : []), ...(isObject(kwargs) ? tensorsAmong(kwargs) : [])];
      return {
        tensors: values.flatMap(tensorsIn),
        constants: (isList(args) ? args : []).map((value) => (typeof value === 'number' ? value : null)),
      };
    });
  },
};

/** Settings of a call (a mask, training) are no inputs; a merge's second operand may be. */
const tensorsAmong = (kwargs: JsonObject): Json[] =>
  Object.entries(kwargs).flatMap(([key, value]) => (key === 'mask' || value === undefined ? [] : [value]));

function tensorsIn(value: Json): Reference[] {
  if (isList(value)) return value.flatMap(tensorsIn);
  if (!isObject(value)) return [];
  const config = value['config'];
  if (value['class_name'] === '__keras_tensor__' && isObject(config)) return referencesIn(config['keras_history']);
  return [];
}

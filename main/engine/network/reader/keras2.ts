import { badStructure, isList, isObject, type Json } from './json';
import { isWhole } from './kerasLayer';
import { referencesIn, type Call } from './kerasCall';
import type { KerasDialect } from './kerasModel';

/** Keras 2 and tfjs-layers write each call of a layer as a list of `[layer, call, tensor, settings]`. */
const callsOf: KerasDialect['callsOf'] = (layer) => {
  const nodes = layer['inbound_nodes'];
  if (nodes === undefined || nodes === null) return [];
  if (!isList(nodes)) throw badStructure('inbound_nodes is not a list');
  // A function of one tensor is written without the list around it.
  if (nodes.length > 0 && nodes.every((node) => isList(node) && typeof node[0] === 'string' && isWhole(node[1]))) {
    return layer['class_name'] === 'TFOpLambda' ? nodes.map((node) => callOf([node])) : [callOf(nodes)];
  }
  return nodes.map((node) => callOf(isList(node) ? node : []));
};

function callOf(entries: readonly Json[]): Call {
  const [first] = entries;
  const settings = isList(first) ? first[3] : undefined;
  const second = isObject(settings) ? settings['y'] : undefined;
  const constant = constantOf(first);
  if (constant !== null) {
    return { tensors: referencesIn(isList(second) ? second.slice(0, 3) : undefined), constants: [constant, null] };
  }
  const tensors = referencesIn(entries.map((entry) => (isList(entry) ? entry.slice(0, 3) : entry)));
  if (second === undefined) return { tensors, constants: tensors.map(() => null) };
  const more = referencesIn(isList(second) ? second.slice(0, 3) : undefined);
  return { tensors: [...tensors, ...more], constants: [null, typeof second === 'number' ? second : null] };
}

/** A number in a tensor's place: `["_CONSTANT_VALUE", -1, 2.0, …]`. */
const constantOf = (entry: Json | undefined): number | null =>
  isList(entry) && entry[0] === '_CONSTANT_VALUE' && typeof entry[2] === 'number' ? entry[2] : null;

export const keras2: KerasDialect = { dialect: 'keras2', callsOf };

export const tfjsDialect: KerasDialect = { dialect: 'tfjs', callsOf };

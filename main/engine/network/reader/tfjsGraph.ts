import { badStructure, holds, isObject, looksLikeJson, objectAt, parseJson, type Json, type JsonObject } from './json';
import { GraphBuilder } from './lowering/builder';
import { constantOf, type Constant } from './lowering/value';
import type { Reader } from './reader';
import { graphFromJson } from './tensorflow/graphJson';
import { draftBySignature, type Signature } from './tensorflow/signature';
import { draftOfGraph } from './tensorflow/frozen';
import { arraysOf, type StoredArray } from './tfjsWeights';

export const isGraphModel = (bytes: Uint8Array): boolean =>
  holds(bytes, '"modelTopology"') && holds(bytes, '"node"') && !holds(bytes, '"class_name"');

/** TensorFlow.js graph model: a frozen graph as JSON in model.json, its constants in binary shards beside it. */
export const tfjsGraph: Reader = {
  matches: ({ bytes }) => looksLikeJson(bytes) && isGraphModel(bytes),
  read: async (source) => {
    const json = parseJson(new TextDecoder().decode(source.bytes), 'the file', source.path);
    const arrays = await arraysOf(json, source);
    const weights = new Map(arrays.map((array) => [array.name, constantFrom(array)]));
    const graph = graphFromJson(objectAt(json, 'modelTopology'), (name) => {
      const found = weights.get(name);
      if (!found) throw badStructure(`the constant ${name} has no weights`, source.path);
      return found;
    });
    const builder = new GraphBuilder();
    const bytes = arrays.reduce((sum, { values }) => sum + values.byteLength, source.bytes.length);
    const signature = signatureOf(json);
    const { draft, warnings } = signature
      ? draftBySignature(graph, builder, signature, { bytes })
      : draftOfGraph(graph, builder, bytes);
    return { format: 'tfjs-graph', draft, warnings };
  },
};

function constantFrom({ shape, values, stored }: StoredArray): Constant {
  const whole = stored === 'int32' || stored === 'bool';
  return constantOf(shape, whole ? Float64Array.from(values) : values, whole);
}

function signatureOf(json: JsonObject): Signature | null {
  const { signature } = json;
  const own = isObject(signature)
    ? signature
    : isObject(json['userDefinedMetadata'])
      ? json['userDefinedMetadata']['signature']
      : null;
  if (!isObject(own)) return null;
  const outputs = portsOf(own['outputs']);
  return outputs.size === 0 ? null : { inputs: portsOf(own['inputs']), outputs };
}

const portsOf = (value: Json | undefined): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(isObject(value) ? value : {}).flatMap(([name, port]): [string, string][] =>
      isObject(port) && typeof port['name'] === 'string' ? [[name, port['name']]] : [],
    ),
  );

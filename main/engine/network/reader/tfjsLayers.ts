import { holds, isObject, looksLikeJson, objectAt, parseJson } from './json';
import { tfjsDialect } from './keras2';
import type { FileArray } from './kerasLayer';
import { draftOfModel, type WeightStore } from './kerasModel';
import type { Reader } from './reader';
import { isGraphModel } from './tfjsGraph';
import { arraysOf } from './tfjsWeights';

/** TensorFlow.js layers: model.json with the description and the list of weights, which lie in binary shards beside it. */
export const tfjsLayers: Reader = {
  matches: ({ bytes }) => looksLikeJson(bytes) && holds(bytes, '"modelTopology"') && !isGraphModel(bytes),
  read: async (source) => {
    const json = parseJson(new TextDecoder().decode(source.bytes), 'the file', source.path);
    const topology = objectAt(json, 'modelTopology');
    const model = isObject(topology['model_config']) ? topology['model_config'] : topology;
    const arrays = await arraysOf(json, source);
    const { draft, warnings } = draftOfModel(model, tfjsDialect, storeOf(arrays));
    return { format: 'tfjs-layers', draft, warnings };
  },
};

/** Weights are named `layer/weight`, also those within sub-models. */
function storeOf(arrays: readonly FileArray[]): WeightStore {
  const byLayer = new Map<string, FileArray[]>();
  for (const array of arrays) {
    const layer = array.name.split('/').slice(0, -1).join('/');
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), array]);
  }
  return {
    arraysOf: (path) => {
      const names = path.map((step) => step.name);
      const tried = names.map((_, from) => names.slice(from).join('/'));
      return tried.map((name) => byLayer.get(name)).find((own) => own !== undefined) ?? [];
    },
  };
}

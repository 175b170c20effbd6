import { IsolensError } from '../../../../shared/problem/problem';
import { isZip, openArchive } from '../archive';
import { openHdf5, type Hdf5 } from '../hdf5';
import { badStructure, parseJson, type JsonObject } from './json';
import { keras2 } from './keras2';
import { keras3 } from './keras3';
import type { FileArray } from './kerasLayer';
import { draftOfModel, type LayerStep, type WeightStore } from './kerasModel';
import type { ReadNetwork, Reader } from './reader';

/** `.keras`: a zip of config.json, metadata.json and model.weights.h5, by Keras 3 or by Keras 2.12 and later. */
export const kerasZip: Reader = {
  matches: ({ bytes }) => isZip(bytes),
  read: async ({ path, bytes }) => {
    const archive = openArchive(bytes, path);
    const config = archive.entry('config.json');
    if (!config) throw new IsolensError('network/not-a-network', {}, { file: path });
    const text = (part: Uint8Array): string => new TextDecoder().decode(part);
    const json = parseJson(text(config), 'config.json', path);
    const metadata = archive.entry('metadata.json');
    const version = metadata ? parseJson(text(metadata), 'metadata.json', path)['keras_version'] : '3';
    const weights = archive.entry('model.weights.h5');
    if (!weights) throw badStructure('model.weights.h5 is missing', path);
    return kerasWith(json, typeof version === 'string' ? version : '3', weights, path);
  },
};

/** A description and the weights file that goes with it. */
export async function kerasWith(
  json: JsonObject,
  version: string,
  weights: Uint8Array,
  path: string,
): Promise<ReadNetwork> {
  using hdf5 = await openHdf5(weights, path);
  const newer = !version.startsWith('2.');
  const { draft, warnings } = draftOfModel(
    json,
    newer ? keras3 : { ...keras3, dialect: keras2.dialect },
    storeOf(hdf5),
  );
  return { format: newer ? 'keras3' : 'keras2', draft, warnings };
}

/** Layers lie under `layers/<class in snake case, numbered>`, in early files under another root; arrays are `vars/0`, `vars/1`, … */
function storeOf(hdf5: Hdf5): WeightStore {
  const root = ['layers', '_layer_checkpoint_dependencies'].find((name) => hdf5.keys('').includes(name)) ?? 'layers';
  return {
    arraysOf: (path) => {
      const groups = [(step: LayerStep) => step.ordinal, (step: LayerStep) => step.name].map((name) =>
        path.map((step) => `${root}/${name(step)}`).join('/'),
      );
      const group = groups.find((g) => hdf5.has(g)) ?? groups[0]!;
      const names = [...hdf5.keys(`${group}/vars`)].sort((a, b) => Number(a) - Number(b));
      return names.map((name): FileArray => ({ name, ...hdf5.array(`${group}/vars/${name}`) }));
    },
  };
}

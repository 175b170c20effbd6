import { IsolensError } from '../../../../shared/problem/problem';
import { openHdf5 } from '../hdf5';
import { holds, looksLikeJson, parseJson } from './json';
import { keras2 } from './keras2';
import { keras3 } from './keras3';
import { storeByName } from './kerasHdf5';
import { draftOfModel } from './kerasModel';
import { kerasWith } from './kerasZip';
import type { Reader, ReadNetwork } from './reader';

/**
 * Keras' description and weights as files of their own: config.json with model.weights.h5, or what `to_json` and `save_weights` leave under
 * any name. Of several weights files the one that bears the description's name is taken.
 */
export const kerasFolder: Reader = {
  matches: ({ bytes }) => looksLikeJson(bytes) && holds(bytes, '"class_name"') && !holds(bytes, '"modelTopology"'),
  read: async (source): Promise<ReadNetwork> => {
    const json = parseJson(new TextDecoder().decode(source.bytes), 'the file', source.path);
    const name = await weightsName(source);
    const weights = await source.beside(name);
    if (!weights) throw new IsolensError('network/weights-missing', { part: name }, { file: source.path });
    const metadata = await source.beside('metadata.json');
    const stated = metadata
      ? parseJson(new TextDecoder().decode(metadata), 'metadata.json', source.path)['keras_version']
      : json['keras_version'];
    const version = typeof stated === 'string' ? stated : 'module' in json ? '3' : '2.';
    using hdf5 = await openHdf5(weights, source.path);
    // Weights by the layers' names are older than those by their classes.
    if (hdf5.texts('', 'layer_names').length === 0) return await kerasWith(json, version, weights, source.path);
    const newer = !version.startsWith('2.');
    const { draft, warnings } = draftOfModel(json, newer ? keras3 : keras2, storeByName(hdf5));
    return { format: newer ? 'keras3' : 'keras2', draft, warnings };
  },
};

async function weightsName(source: Parameters<Reader['read']>[0]): Promise<string> {
  const names = (await source.names()).filter((name) => /\.(h5|hdf5)$/.test(name)).sort();
  const [only, ...more] = names;
  if (only === undefined)
    throw new IsolensError('network/weights-missing', { part: 'model.weights.h5' }, { file: source.path });
  if (more.length === 0) return only;
  const found = ['model.weights.h5', `${source.name}.weights.h5`, `${source.name}.h5`].find((name) =>
    names.includes(name),
  );
  if (found === undefined) {
    throw new IsolensError('network/weights-missing', { part: names.join(', ') }, { file: source.path });
  }
  return found;
}

import { IsolensError } from '../../../../shared/problem/problem';
import { isHdf5, openHdf5, type Hdf5 } from '../hdf5';
import { parseJson } from './json';
import { keras2 } from './keras2';
import { keras3 } from './keras3';
import type { FileArray } from './kerasLayer';
import { draftOfModel, type WeightStore } from './kerasModel';
import type { Reader } from './reader';

/** Whole-model `.h5` or `.hdf5`, by Keras 2 or 3: the description is an attribute, the weights are groups by layer name. */
export const kerasHdf5: Reader = {
  matches: ({ bytes }) => isHdf5(bytes),
  read: async ({ path, bytes }) => {
    using hdf5 = await openHdf5(bytes, path);
    const config = hdf5.text('', 'model_config');
    if (config === null) {
      const weights = hdf5.texts('', 'layer_names').length > 0 || hdf5.keys('').includes('layers');
      throw new IsolensError(weights ? 'network/weights-only' : 'network/not-a-network', {}, { file: path });
    }
    const json = parseJson(config, 'model_config', path);
    const newer = Number.parseInt(hdf5.text('', 'keras_version') ?? '2', 10) >= 3;
    const { draft, warnings } = draftOfModel(json, newer ? keras3 : keras2, storeByName(hdf5));
    return { format: newer ? 'keras3' : 'keras2', draft, warnings };
  },
};

/** Groups by layer name, which list their arrays. */
export function storeByName(hdf5: Hdf5): WeightStore {
  const root = hdf5.keys('').includes('model_weights') ? 'model_weights/' : '';
  return {
    arraysOf: (path) => {
      const [outer, ...inner] = path.map((step) => step.name);
      const group = `${root}${outer ?? ''}`;
      const own = hdf5.texts(group, 'weight_names').filter((name) => belongs(name, inner));
      return own.map((name): FileArray => ({ name, ...hdf5.array(`${group}/${name}`) }));
    },
  };
}

/** A sub-model's weights stand in one list, each under the name of its layer. */
function belongs(name: string, inner: readonly string[]): boolean {
  const last = inner.at(-1);
  if (last === undefined) return true;
  // The layer's own name may hold slashes; what follows it is the weight's.
  const owner = name.split('/').slice(0, -1).join('/');
  return owner === last || owner.endsWith(`/${last}`) || `${owner}/`.startsWith(`${last}/`);
}

import { IsolensError } from '../../../../shared/problem/problem';
import { kernelLayersIn } from '../../analysis/kernelLayer';
import { kernelArray } from '../../analysis/filters/kernelArray';
import { backendInfo, startBackend } from '../../network/tensorflow';
import { isolensVersion } from '../version';
import type { OpenNetworks } from '../openNetworks';
import type { Handlers } from '../session';

/** What computes, and the networks that are open. */
export function networkAnswers(
  networks: OpenNetworks,
): Pick<Handlers, 'engine/status' | 'engine/openNetwork' | 'engine/setRecipe' | 'engine/kernels'> {
  return {
    'engine/status': async () => {
      await startBackend();
      const backend = backendInfo();
      if (!backend) throw new IsolensError('engine/starting');
      return { isolens: isolensVersion, backend };
    },
    'engine/openNetwork': ({ path, recipe }, { signal }) => networks.open(path, recipe, signal),
    'engine/kernels': ({ network, node }) => {
      const { graph } = networks.get(network).loaded;
      return Promise.resolve({ arrays: kernelLayersIn(graph, [node]).map((layer) => kernelArray(layer)) });
    },
    'engine/setRecipe': ({ network, recipe, save }) => networks.setRecipe(network, recipe, save),
  };
}

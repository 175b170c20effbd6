import type { Context } from '../../analysis/analysis';
import { viewerOf, type Viewer } from '../../analysis/robustness/view';
import { memoryBudget } from '../memoryBudget';
import type { OpenNetworks } from '../openNetworks';
import type { OpenStudies } from '../openStudies';
import { pacedNetwork } from '../pacedNetwork';
import type { PreparedStudies } from '../preparedStudies';
import type { Handlers } from '../session';

/** One degradation of the open study as the window looks at it; what was made ready is kept for the next strength. */
export function degradedAnswers(
  networks: OpenNetworks,
  studies: OpenStudies,
  prepared: PreparedStudies,
): Pick<Handlers, 'engine/degradedInput'> {
  let last: { readonly key: string; readonly viewer: Viewer } | null = null;
  return {
    'engine/degradedInput': async ({ network: id, study: studyId, ...look }, { signal, blobs }) => {
      const network = networks.get(id);
      const study = studies.get(studyId);
      const input = await prepared.of(network, study, signal);
      const key = `${id} ${studyId} ${input.sha256} ${JSON.stringify(network.recipe)}`;
      if (last?.key !== key) {
        const memoryBytes = memoryBudget();
        const context: Context = {
          network: pacedNetwork(network.loaded, memoryBytes),
          recipe: network.recipe,
          memoryBytes,
          inputCount: 1,
        };
        const open = { prepared: input, spec: { study: '' }, study, label: null, truth: null };
        last = { key, viewer: await viewerOf(open, context, signal) };
      }
      const { volume, ...seen } = await last.viewer.look(look, signal);
      blobs.drop('degraded');
      return { volume: volume === null ? null : blobs.keep(volume, 'degraded'), ...seen };
    },
  };
}

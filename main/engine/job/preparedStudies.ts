import { IsolensError } from '../../../shared/problem/problem';
import { networkInputsOf } from '../recipe/networkInput';
import type { PreparedInput } from '../recipe/preparedInput';
import { prepareStudy } from '../recipe/prepareStudy';
import type { Study } from '../study/study';
import type { OpenNetwork } from './openNetworks';

/** What the window looks at again and again, one input at a time: moving through channels must not read the study anew. */
export interface PreparedStudies {
  /** *Problems* job/no-recipe and those of preparing. */
  of(network: OpenNetwork, study: Study, signal: AbortSignal): Promise<PreparedInput>;
  forget(): void;
}

export function preparedStudies(): PreparedStudies {
  let last: { readonly key: string; readonly input: PreparedInput } | null = null;
  return {
    async of(network, study, signal) {
      const { loaded, recipe, path } = network;
      if (!recipe) throw new IsolensError('job/no-recipe', { expected: 'a recipe' }, { file: path });
      const [input] = networkInputsOf(loaded.description);
      if (!input) throw new IsolensError('job/no-network');
      const key = JSON.stringify([
        loaded.sha256,
        study.summary.id,
        study.structureSets[0]?.sopInstanceUid,
        study.doses[0]?.uid,
        recipe,
      ]);
      if (last?.key === key) return last.input;
      const { id } = study.summary;
      const prepared = await prepareStudy(study, recipe, input, { id, patient: id, signal });
      last = { key, input: prepared };
      return prepared;
    },
    forget() {
      last = null;
    },
  };
}

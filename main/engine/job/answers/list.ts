import { openNetworks } from '../openNetworks';
import { openStudies } from '../openStudies';
import { preparedStudies } from '../preparedStudies';
import type { Handlers } from '../session';
import { activationAnswers } from './activations';
import { cropAnswers } from './crops';
import { degradedAnswers } from './degraded';
import { databaseAnswers } from './databases';
import { demoAnswers } from './demo';
import { jobAnswers } from './jobs';
import { networkAnswers } from './networks';
import { probeAnswers } from './probe';
import { resultAnswers } from './results';
import { studyAnswers } from './studies';

/** Every request of the contract and who answers it. */
export function handlers(): Handlers {
  const networks = openNetworks();
  const studies = openStudies();
  const prepared = preparedStudies();
  const probe = probeAnswers(networks, studies, prepared);
  return {
    ...networkAnswers(networks),
    ...studyAnswers(studies),
    ...activationAnswers(networks, studies, prepared),
    ...degradedAnswers(networks, studies, prepared),
    ...cropAnswers(studies),
    'engine/probe': probe['engine/probe'],
    ...jobAnswers(networks),
    ...databaseAnswers,
    ...resultAnswers,
    ...demoAnswers,
    'engine/close': ({ id }, { blobs }) => {
      blobs.drop(id);
      prepared.forget();
      probe.forget();
      if (!networks.close(id)) studies.close(id);
      return Promise.resolve({});
    },
  };
}

import { occlusion } from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Context, OpenInput } from '../../analysis/analysis';
import { openProbe, type Probe } from '../../analysis/occlusion/probe';
import { memoryBudget } from '../memoryBudget';
import type { OpenNetworks } from '../openNetworks';
import type { OpenStudies } from '../openStudies';
import type { PreparedStudies } from '../preparedStudies';
import type { Handlers } from '../session';

/** The window that follows the cursor: what stays the same from point to point is kept until something else is asked. */
export function probeAnswers(
  networks: OpenNetworks,
  studies: OpenStudies,
  prepared: PreparedStudies,
): Pick<Handlers, 'engine/probe'> & { readonly forget: () => void } {
  let last: { readonly key: string; readonly probe: Promise<Probe> } | null = null;

  function forget(): void {
    const before = last;
    last = null;
    void before?.probe.then(
      (probe) => {
        probe.close();
      },
      () => undefined,
    );
  }

  async function opened(id: string, studyId: string, given: unknown, signal: AbortSignal): Promise<Probe> {
    const network = networks.get(id);
    const study = studies.get(studyId);
    const input = await prepared.of(network, study, signal);
    const key = JSON.stringify([id, studyId, input.sha256, network.recipe, given]);
    if (last?.key === key) return last.probe;
    forget();
    const asked = occlusion.parameters.safeParse(given);
    if (!asked.success) {
      const [issue] = asked.error.issues;
      throw new IsolensError(
        'job/wrong-value',
        { analysis: 'occlusion', reason: issue?.message ?? '' },
        { key: issue?.path.join('.') },
      );
    }
    const memoryBytes = memoryBudget();
    const context: Context = { network: network.loaded, recipe: network.recipe, memoryBytes, inputCount: 1 };
    const open: OpenInput = { prepared: input, spec: { study: '' }, study, label: null, truth: null };
    // It outlives the request that opened it.
    const probe = openProbe(open, context, asked.data, new AbortController().signal);
    last = { key, probe };
    probe.catch(() => {
      if (last?.key === key) last = null;
    });
    return probe;
  }

  return {
    forget,
    'engine/probe': async ({ network, study, parameters, pointMm }, { signal }) => {
      const probe = await opened(network, study, parameters, signal);
      signal.throwIfAborted();
      const found = await probe.at(pointMm);
      if (found === null) return null;
      const { min, max } = found.boxMm;
      return { ...found, boxMm: { min: [...min], max: [...max] } };
    },
  };
}

import { onBeforeUnmount, onMounted } from 'vue';
import { useActivation } from '../../stores/activation';
import { useDemo } from '../../stores/demo';
import { useEngineState } from '../../stores/engineState';
import { useJobs } from '../../stores/jobs';
import { useLaunch } from '../../stores/launch';
import { useNetworks } from '../../stores/networks';
import { useProblems } from '../../stores/problems';
import { useResults } from '../../stores/results';
import { useStudies } from '../../stores/studies';
import { useActions } from './useActions';

/** From the first breath of the window: who runs, what was asked for on the command line, else the demo. */
export function useStart(): void {
  const engine = useEngineState();
  const launch = useLaunch();
  const problems = useProblems();
  const demo = useDemo();
  const studies = useStudies();
  const networks = useNetworks();
  const results = useResults();
  const jobs = useJobs();
  const activation = useActivation();
  const actions = useActions();
  const stops: (() => void)[] = [];

  /** After the engine was lost and is there again: everything open is opened again by its path. */
  async function reopen(): Promise<void> {
    activation.forget();
    await problems.guard(async () => {
      await engine.askStatus();
      await studies.reopen();
      await networks.reopen();
      await results.reopen();
    });
  }

  async function begin(): Promise<void> {
    const wished = await launch.begin();
    await engine.askStatus();
    if (wished.length > 0) await actions.openPaths(wished);
    else {
      await demo.open();
      await actions.afterOpening();
    }
  }

  onMounted(() => {
    stops.push(
      engine.follow(reopen),
      jobs.follow((run) => void actions.afterRun(run)),
      launch.follow((paths) => void actions.openPaths(paths)),
    );
    void problems.guard(begin);
  });
  onBeforeUnmount(() => {
    for (const stop of stops) stop();
  });
}

import { useEngineState } from '../../stores/engineState';
import { hasEnded, useJobs, type JobRun } from '../../stores/jobs';
import { useLaunch } from '../../stores/launch';
import { useWords } from '../../locales/useWords';
import { useNetworks } from '../../stores/networks';
import { usePins } from '../../stores/pins';
import { useParameters } from '../../stores/parameters';
import { usePreferences } from '../../stores/preferences';
import { useProblems } from '../../stores/problems';
import { useReports } from '../../stores/reports';
import { useResults } from '../../stores/results';
import { useStudies } from '../../stores/studies';
import { useView } from '../../stores/view';
import { runningModes, useWorkbench } from '../../stores/workbench';
import { problemOf, type ProblemCode } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { StudyDetail, StudySummary } from '../../../shared/study';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { AnswerAction } from '../shell/answer';
import { structureInQuestion } from './standardTarget';
import { proposedFor } from './proposed';
import { useDemo } from '../../stores/demo';
import { canCompare, folderOf, jobOf, subjectOf } from './runs';
import { isOfNetwork, useAsked } from './useAsked';
import { useComparisonOf } from './useComparisonOf';

export interface Actions {
  readonly act: (action: AnswerAction) => void;
  readonly openStudyFolder: () => void;
  readonly openNetworkFile: () => void;
  /** Opens what was dropped or named: a network by its ending, else a folder of DICOM. */
  readonly openPaths: (paths: readonly string[]) => Promise<void>;
  readonly openStudy: (id: string) => void;
  /** Makes another structure set or dose of a study the active one, or lays one of another frame of reference over it. */
  readonly chooseOf: (study: string, change: StudyChoices) => void;
  readonly chooseNetwork: (id: string) => void;
  /** Runs an analysis on the open network and study. `quietly`: not where it would have to ask for a folder. */
  readonly run: (analysis: string, quietly?: boolean) => Promise<void>;
  readonly runMode: () => void;
  /** Prints the report of this mode's result. */
  readonly print: () => void;
  /** Pins what has the focus or lies under the pointer to that report. */
  readonly pin: () => void;
  /** The folder that results go to from now on: the proposed one, or one that the user names. */
  readonly useResultsFolder: (proposed: boolean) => void;
  readonly cancel: () => boolean;
  readonly afterOpening: () => Promise<void>;
  readonly afterRun: (run: JobRun) => Promise<void>;
}

/** What a folder that is no network is told. */
const notNetworks: readonly ProblemCode[] = ['network/missing', 'network/not-a-network', 'network/unreadable-file'];

const networkEndings = /\.(keras|h5|hdf5|json|onnx|pb)$/i;

/** What the user can do, from wherever: strip, keys, panels, drops. Everything that fails is shown. */
export function useActions(): Actions {
  const studies = useStudies();
  const networks = useNetworks();
  const jobs = useJobs();
  const results = useResults();
  const parameters = useParameters();
  const preferences = usePreferences();
  const problems = useProblems();
  const engine = useEngineState();
  const workbench = useWorkbench();
  const demo = useDemo();
  const view = useView();
  const reports = useReports();
  const asked = useAsked();
  const comparisonOf = useComparisonOf();
  const pins = usePins();
  const launch = useLaunch();
  const { t } = useWords();

  /** The folder that results go to: the demo's own, else the one that the user named, asked for once. */
  async function resultsRoot(quietly: boolean): Promise<string | null> {
    if (studies.current && demo.owns(studies.current.path)) return demo.results();
    const kept = preferences.preferences.resultsFolder;
    if (kept !== null || quietly) return kept;
    return preferences.chooseResultsFolder(t('results.dialog'));
  }

  /** Where no study is ticked, the open one; none where the network is looked at alone. */
  function askedOf(analysis: string, study: StudySummary): readonly StudySummary[] {
    const ticked = asked(analysis);
    return ticked.length > 0 || isOfNetwork(analysis) ? ticked : [study];
  }

  async function run(analysis: string, quietly = false): Promise<void> {
    const network = networks.current;
    const study = studies.current;
    if (!network || !study || studies.detail?.id !== study.id || engine.state !== 'ready') return;
    const about = askedOf(analysis, study);
    if (!network.recipe && !isOfNetwork(analysis)) return;
    const compared = comparisonOf(analysis);
    if (compared && !canCompare(compared)) return;
    const first = about[0]?.id ?? '';
    if (jobs.running.some(({ subject }) => subject.analysis === analysis && subject.study === first)) return;
    await problems.guard(async () => {
      const root = await resultsRoot(quietly);
      if (root === null) return;
      const subject = subjectOf(analysis, network, about, parameters.of(analysis), studies.choices, compared);
      problems.dismiss();
      await jobs.start(
        subject,
        jobOf(analysis, network, about, studies.summaries, subject.parameters, studies.choices, compared),
        folderOf(root, subject),
      );
    });
  }

  /** Shows what an earlier run of this very question left, where there is one. */
  async function openSaved(analysis: string): Promise<boolean> {
    const network = networks.current;
    const study = studies.current;
    const root = await resultsRoot(true);
    if (!network || !study || root === null) return false;
    const about = askedOf(analysis, study);
    const subject = subjectOf(
      analysis,
      network,
      about,
      parameters.of(analysis),
      studies.choices,
      comparisonOf(analysis),
    );
    if (results.latest(analysis, subject.networkSha, study.id)) return true;
    try {
      return (await results.openFolder(folderOf(root, subject), subject)) !== null;
    } catch {
      return false; // No earlier run, or one that cannot be read: the question is simply not answered yet.
    }
  }

  /** What is proposed to be asked of a study, and the place where its views begin: the structure in question. */
  function begin({ id, structures }: StudyDetail, recipe: Recipe | null): void {
    const names = structures.map(({ name }) => name);
    if (recipe)
      for (const [analysis, values] of Object.entries(proposedFor(recipe, names, networks.node)))
        parameters.propose(analysis, values);
    const asked = structureInQuestion(parameters.of('occlusion')['target']);
    const found = structures.find(({ name }) => name === asked) ?? structures.find(({ name }) => /^ptv/i.test(name));
    if (found?.centroidMm) view.startAt(id, found.centroidMm);
  }

  /** What follows when a network and a study are both open: saved results, the plain forward pass, the histograms. */
  async function afterOpening(): Promise<void> {
    const network = networks.current;
    const study = studies.detail;
    if (study) begin(study, network?.recipe ?? null);
    if (study?.dose) await problems.guard(() => studies.countHistograms());
    if (!network?.recipe || !study) return;
    for (const mode of runningModes) await openSaved(mode);
    if (!(await openSaved('predict'))) await run('predict', true);
  }

  async function afterRun({ folder, subject, state, problem }: JobRun): Promise<void> {
    // A run that was lost may have written nothing yet; what is said is that it was lost.
    if (folder !== null && state === 'lost') await results.openFolder(folder, subject).catch(() => null);
    else if (folder !== null && state !== 'failed') await problems.guard(() => results.openFolder(folder, subject));
    if (problem && subject.analysis === 'predict') problems.show(problem);
  }

  function openStudy(id: string): void {
    void problems.guard(async () => {
      await studies.open(id);
      await afterOpening();
    });
  }

  function chooseOf(id: string, change: StudyChoices): void {
    studies.choose(id, change);
    results.forget(id);
    openStudy(id);
  }

  function chooseNetwork(id: string): void {
    networks.choose(id);
    void afterOpening();
  }

  /** A folder holds patients, or else a network; where it is neither, what is said is about patients. */
  async function openFolder(path: string): Promise<void> {
    let found: readonly string[];
    try {
      found = await studies.openFolder(path);
    } catch (noPatients) {
      networks.choose(
        await networks.open(path).catch((noNetwork: unknown) => {
          // What is a network with something wrong is told as one.
          throw notNetworks.includes(problemOf(noNetwork).code) ? noPatients : noNetwork;
        }),
      );
      return;
    }
    const [first] = found;
    if (first !== undefined) await studies.open(first);
  }

  async function openPaths(paths: readonly string[]): Promise<void> {
    problems.dismiss();
    for (const path of paths)
      await problems.guard(async () => {
        if (networkEndings.test(path)) networks.choose(await networks.open(path));
        else await openFolder(path);
      });
    await afterOpening();
  }

  function openStudyFolder(): void {
    void problems.guard(async () => {
      const path = await studies.askForFolder(t('studies.dialog'));
      if (path !== null) await openPaths([path]);
    });
  }

  function openNetworkFile(): void {
    void problems.guard(async () => {
      const path = await networks.askForFile(t('network.dialog'));
      if (path === null) return;
      networks.choose(await networks.open(path));
      await afterOpening();
    });
  }

  function runMode(): void {
    if (runningModes.includes(workbench.mode)) void run(workbench.mode);
  }

  /** The results folder that this mode's report lies in; without a run of its own, the prediction's. */
  function reportFolder(): string | null {
    const sha = networks.current?.description.network.sha256;
    const of = (analysis: string): string | null => results.latest(analysis, sha, studies.currentId)?.folder ?? null;
    return of(workbench.mode) ?? of('predict');
  }

  function print(): void {
    const folder = reportFolder();
    if (folder !== null) void problems.guard(() => reports.print(folder));
  }

  function pin(): void {
    const folder = reportFolder();
    const otherwise = document.querySelector(
      `[data-region="${workbench.activePane === 'plan' ? 'plan' : 'network-pane'}"] [data-pin]`,
    );
    if (folder === null) problems.show({ code: 'desktop/nothing-to-pin-to', facts: {}, where: {} });
    else void problems.guard(() => pins.pin(folder, otherwise));
  }

  function useResultsFolder(proposed: boolean): void {
    void problems.guard(async () => {
      const folder = launch.proposedResults;
      if (proposed && folder !== null) await preferences.change({ resultsFolder: folder });
      else if ((await preferences.chooseResultsFolder(t('results.dialog'))) === null) return;
      await afterOpening();
    });
  }

  /** Cancels what runs now. Gives whether anything did. */
  function cancel(): boolean {
    const first = jobs.running.find((each) => !hasEnded(each) && each.state !== 'cancelling');
    if (!first) return false;
    void problems.guard(() => jobs.cancel(first.id));
    return true;
  }

  function act(action: AnswerAction): void {
    switch (action) {
      case 'run':
        runMode();
        break;
      case 'openStudy':
        openStudyFolder();
        break;
      case 'openNetwork':
        openNetworkFile();
        break;
      case 'buildRecipe':
        workbench.wantsRecipe = true;
        break;
      case 'useProposedFolder':
        useResultsFolder(true);
        break;
      case 'chooseFolder':
        useResultsFolder(false);
        break;
    }
  }

  return {
    act,
    openStudyFolder,
    openNetworkFile,
    openPaths,
    openStudy,
    chooseOf,
    chooseNetwork,
    run,
    runMode,
    print,
    pin,
    useResultsFolder,
    cancel,
    afterOpening,
    afterRun,
  };
}

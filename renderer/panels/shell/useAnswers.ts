import { computed, type ComputedRef } from 'vue';
import type { BadgeKind } from '../../controls/badge';
import { useWords } from '../../locales/useWords';
import { useEngineState } from '../../stores/engineState';
import { hasEnded, useJobs, type JobRun, type JobSubject } from '../../stores/jobs';
import { useDemo } from '../../stores/demo';
import { useLaunch } from '../../stores/launch';
import { useNetworks } from '../../stores/networks';
import { usePreferences } from '../../stores/preferences';
import { problemFrom } from '../../stores/problems';
import { useParameters } from '../../stores/parameters';
import { sameParameters, useResults, type OpenResult } from '../../stores/results';
import { useStudies } from '../../stores/studies';
import { useWorkbench, type Mode } from '../../stores/workbench';
import { arrangementOf, canCompare, type Comparison } from '../start/runs';
import { useAsked } from '../start/useAsked';
import { useComparisonOf } from '../start/useComparisonOf';
import { answerOf, type Answer } from './answer';

const sameStudies = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

/** The same networks and the same questions to each. */
const sameComparison = (subject: JobSubject['compared'], now: Comparison | null): boolean =>
  (subject === undefined) === (now === null) &&
  (!now ||
    (sameStudies(
      subject?.networks ?? [],
      now.others.map(({ id }) => id),
    ) &&
      sameParameters(subject?.analyses, now.analyses) &&
      sameParameters(subject && arrangementOf(subject), arrangementOf(now))));

const hasOthers = (comparison: Comparison | null): boolean => comparison === null || canCompare(comparison);

interface Answers {
  readonly answer: ComputedRef<Answer>;
  /** The newest result of an analysis for the open network and study. */
  readonly resultOf: (analysis: string) => OpenResult | null;
  /** The newest run of an analysis for the open network and study. */
  readonly runOf: (analysis: string) => JobRun | null;
  readonly badgeOf: (mode: Mode) => BadgeKind;
}

/** What each mode has to say of the open network and study. */
export function useAnswers(): Answers {
  const { t, language } = useWords();
  const engine = useEngineState();
  const studies = useStudies();
  const networks = useNetworks();
  const jobs = useJobs();
  const results = useResults();
  const parameters = useParameters();
  const workbench = useWorkbench();
  const asked = useAsked();
  const comparisonOf = useComparisonOf();
  const preferences = usePreferences();
  const demo = useDemo();
  const launch = useLaunch();

  const sha = computed(() => networks.current?.description.network.sha256);
  const resultOf = (analysis: string): OpenResult | null => results.latest(analysis, sha.value, studies.currentId);
  const runOf = (analysis: string): JobRun | null =>
    jobs.runs.find(
      ({ subject }) =>
        subject.analysis === analysis &&
        subject.networkSha === sha.value &&
        (subject.studies.length === 0 || (studies.currentId !== null && subject.studies.includes(studies.currentId))),
    ) ?? null;

  function badgeOf(mode: Mode): BadgeKind {
    const run = runOf(mode);
    if (run && !hasEnded(run)) return 'running';
    return resultOf(mode)?.analysis.verdict?.level ?? 'none';
  }

  const answer = computed(() => {
    const { mode } = workbench;
    const result = resultOf(mode);
    return answerOf(
      {
        mode,
        engine: engine.state,
        engineReason: engine.reason,
        hasStudy: studies.detail !== null,
        hasNetwork: networks.current !== null,
        hasOthers: hasOthers(comparisonOf(mode)),
        hasRecipe: Boolean(networks.current?.recipe),
        recipeProblem: networks.current?.notes[0] ? problemFrom(networks.current.notes[0]) : null,
        needsFolder:
          preferences.preferences.resultsFolder === null && studies.current && !demo.owns(studies.current.path)
            ? { proposed: launch.proposedResults }
            : null,
        run: runOf(mode),
        result,
        outOfDate:
          result !== null &&
          !(
            sameParameters(result.subject.parameters, parameters.of(mode)) &&
            sameComparison(result.subject.compared, comparisonOf(mode)) &&
            sameStudies(
              result.subject.studies,
              asked(mode).map(({ id }) => id),
            )
          ),
      },
      { t, language: language.value },
    );
  });

  return { answer, resultOf, runOf, badgeOf };
}

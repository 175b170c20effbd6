import type { Language, Words } from '../../../shared/words';
import { say } from '../../../shared/words';
import { sentencesOf, type Problem } from '../../../shared/problem/problem';
import type { BadgeKind } from '../../controls/badge';
import { isOfNetwork } from '../start/useAsked';
import { savedSentences } from '../../locales/savedWords';
import { formatNumber, formatSeconds, formatShare } from '../../controls/numbers';
import type { MessageKey } from '../../locales/i18n';
import type { JobRun } from '../../stores/jobs';
import type { OpenResult } from '../../stores/results';
import type { Mode } from '../../stores/workbench';

/** What the user can do from the strip. */
export type AnswerAction = 'run' | 'openStudy' | 'openNetwork' | 'buildRecipe' | 'useProposedFolder' | 'chooseFolder';

/** The answer strip: the sentence, the number behind it, how sure, and why not to trust it. */
export interface Answer {
  readonly badge: BadgeKind;
  readonly sentence: string;
  readonly detail: string;
  /** Dots of three; null where nothing was concluded. */
  readonly confidence: { readonly dots: 1 | 2 | 3; readonly word: string; readonly tag: string } | null;
  readonly doubts: readonly string[];
  /** The result belongs to other settings: shown in grey, never as current. */
  readonly stale: boolean;
  readonly action: AnswerAction | null;
  /** A second way on. */
  readonly otherAction?: AnswerAction;
}

/** All that the strip's answer follows from. */
export interface Situation {
  readonly mode: Mode;
  readonly engine: 'starting' | 'ready' | 'lost' | 'refused';
  readonly engineReason: string | null;
  readonly hasStudy: boolean;
  readonly hasNetwork: boolean;
  /** False where a comparison has no other network to hold this one against. */
  readonly hasOthers: boolean;
  readonly hasRecipe: boolean;
  /** What is wrong with the recipe beside the network; null where there is none, or nothing is. */
  readonly recipeProblem: Problem | null;
  /** Nobody has said yet where results of the user's own patients go; `proposed` where they may. */
  readonly needsFolder: { readonly proposed: string | null } | null;
  readonly run: JobRun | null;
  readonly result: OpenResult | null;
  /** The form's parameters are not those of the result. */
  readonly outOfDate: boolean;
}

interface Saying {
  readonly language: Language;
  readonly t: (key: MessageKey, facts?: Readonly<Record<string, string | number>>) => string;
}

const plain = (badge: BadgeKind, sentence: string, detail: string, action: AnswerAction | null = null): Answer => ({
  badge,
  sentence,
  detail,
  confidence: null,
  doubts: [],
  stale: false,
  action,
});

const dots = { low: 1, moderate: 2, high: 3 } as const;

function whileRunning({ progress, state }: JobRun, mode: Mode, { t, language }: Saying): Answer {
  if (state === 'queued') return plain('running', t('answer.queued'), t('answer.queuedDetail'));
  if (state === 'cancelling') return plain('running', t('answer.cancelling'), t('answer.cancellingDetail'));
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  const left = progress?.secondsLeft;
  const facts = {
    share: formatShare(share, language),
    done: formatNumber(progress?.done ?? 0, 0, language),
    total: formatNumber(progress?.total ?? 0, 0, language),
    left: typeof left === 'number' ? formatSeconds(left, language) : '',
  };
  // A total of 1 counts shares, not passes: only the time left is worth saying then.
  const counted = (progress?.total ?? 0) > 1;
  const timed = typeof left === 'number';
  const detail = counted
    ? t(timed ? 'answer.runningDetailLeft' : 'answer.runningDetail', facts)
    : t(timed ? 'answer.runningLeft' : 'answer.runningSoFar', facts);
  return plain('running', t('answer.running', { mode: t(`mode.${mode}`), share: facts.share }), detail);
}

function fromResult({ result, run, outOfDate }: Situation, { t, language }: Saying): Answer | null {
  if (!result) return null;
  const { analysis, results, cancelled } = result;
  const failed = results.errors[0];
  if (!result.input && failed && !analysis.verdict) {
    const { message, wayOn } = savedSentences(failed, language);
    return plain('problem', message, wayOn, 'run');
  }
  const words = (both: Words): string => say(both, language);
  const { verdict } = analysis;
  const stopped =
    cancelled && run?.progress && run.progress.total > 0
      ? formatShare(run.progress.done / run.progress.total, language)
      : '';
  const tag = cancelled
    ? stopped
      ? t('answer.stoppedAt', { share: stopped })
      : t('answer.stopped')
    : t('answer.tag', { seconds: formatSeconds(results.seconds, language) });
  if (!verdict)
    return { ...plain('none', t('answer.noVerdict'), tag), stale: outOfDate, action: outOfDate ? 'run' : null };
  return {
    badge: verdict.level,
    sentence: words(verdict.sentence),
    detail: verdict.detail ? words(verdict.detail) : evidenceLine(verdict.evidence, words, language),
    confidence: { dots: dots[verdict.confidence], word: t(`confidence.${verdict.confidence}`), tag },
    doubts: [
      ...(cancelled ? [t('answer.partialDoubt')] : []),
      ...(results.errors.length > 0
        ? [t('answer.failedInputs', { count: formatNumber(results.errors.length, 0, language) })]
        : []),
      ...verdict.caveats.map(words),
    ],
    stale: outOfDate,
    action: outOfDate ? 'run' : null,
  };
}

function evidenceLine(
  evidence: readonly { readonly label: Words; readonly value: number | string | null }[],
  words: (both: Words) => string,
  language: Language,
): string {
  return evidence
    .filter(({ value }) => value !== null)
    .slice(0, 3)
    .map(
      ({ label, value }) =>
        `${words(label)} ${typeof value === 'number' ? formatNumber(value, Number.isInteger(value) ? 0 : 2, language) : String(value)}`,
    )
    .join(' · ');
}

/** The mode's answer, or plainly why there is none and what to do. */
export function answerOf(situation: Situation, saying: Saying): Answer {
  const { mode, engine, engineReason, hasStudy, hasNetwork, hasRecipe, recipeProblem, needsFolder, run, result } =
    situation;
  const { t, language } = saying;
  if (engine === 'refused') return plain('problem', t('answer.refused'), engineReason ?? t('answer.refusedDetail'));
  if (engine === 'lost') return plain('running', t('answer.lost'), t('answer.lostDetail'));
  if (engine === 'starting') return plain('running', t('answer.starting'), t('answer.startingDetail'));
  if (!hasStudy) return plain('none', t('answer.noStudy'), t('answer.noStudyDetail'), 'openStudy');
  if (!hasNetwork) return plain('none', t('answer.noNetwork'), t('answer.noNetworkDetail'), 'openNetwork');
  if (!situation.hasOthers && !result)
    return plain('none', t('compare.noOthers'), t('compare.noOthersDetail'), 'openNetwork');
  const ofNetwork = isOfNetwork(mode);
  if (!hasRecipe && recipeProblem && !ofNetwork) {
    const { message, wayOn } = sentencesOf(recipeProblem, language);
    return plain('problem', message, wayOn, 'buildRecipe');
  }
  if (!hasRecipe && !ofNetwork) return plain('watch', t('answer.noRecipe'), t('answer.noRecipeDetail'), 'buildRecipe');
  if (run && ['queued', 'running', 'cancelling'].includes(run.state)) return whileRunning(run, mode, saying);
  if (run?.problem && (run.state === 'failed' || run.state === 'lost')) {
    const { message, wayOn } = sentencesOf(run.problem, language);
    return plain('problem', message, wayOn, 'run');
  }
  const found = fromResult({ ...situation, result }, saying);
  if (!found && needsFolder) {
    const { proposed } = needsFolder;
    const asking = plain('watch', t('answer.needsFolder'), t('answer.needsFolderDetail', { folder: proposed ?? '' }));
    return proposed === null
      ? { ...asking, action: 'chooseFolder' }
      : { ...asking, action: 'useProposedFolder', otherAction: 'chooseFolder' };
  }
  return found ?? plain('none', t(`answer.notRun.${mode}`), t('answer.notRunDetail'), 'run');
}

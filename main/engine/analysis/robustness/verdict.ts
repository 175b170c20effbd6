import type { RobustnessParameters, RobustnessSummary } from '../../../../shared/analysis/robustness';
import {
  familyFacts,
  writtenSeverity,
  type FamilyId,
  type Severity,
} from '../../../../shared/analysis/robustnessFamilies';
import type { AnalysisResult } from '../../../../shared/result';
import type { Words } from '../../../../shared/words';
import { silentBound95 } from '../statistics/proportion';
import type { Kept } from './kept';

type Verdict = NonNullable<AnalysisResult['verdict']>;

/** Patients below which a verdict loses one dot of confidence. */
const fewPatients = 20;

/** Patients below which "nothing changed" is no good news: with nine, 28 % of such patients could still change. */
const fewestForFine = 10;

interface Break {
  readonly id: FamilyId;
  readonly severity: Severity;
  readonly patients: number;
  readonly n: number;
  /** Place in the family's own grid: the earlier, the closer to daily use. */
  readonly rank: number;
}

/** How far along its family's own grid a severity lies, 0 … 1: what lets noise be held against blur. */
function rankOf(id: FamilyId, severity: Severity, tested: readonly Severity[]): number {
  if (typeof severity === 'string') return 0.5;
  const { clean } = familyFacts[id];
  const away = (q: number): number => Math.abs(q - clean);
  const worst = Math.max(...tested.map((q) => (typeof q === 'number' ? away(q) : 0)), away(severity));
  return worst === 0 ? 1 : away(severity) / worst;
}

/** A name within a sentence: HU, CT and MR stay as they are written. */
const inSentence = (name: string): string =>
  /^\p{Lu}{2}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);

const words = (en: string, fr: string): Words => ({ en, fr });

function breaksOf({ tolerance }: RobustnessSummary, key: 'firstFlip' | 'firstConfidentlyWrong'): readonly Break[] {
  return tolerance
    .flatMap((line) => {
      const first = line[key];
      return first === null
        ? []
        : [
            {
              id: line.id,
              severity: first.severity,
              patients: first.patients,
              n: line.n,
              rank: rankOf(line.id, first.severity, line.tested),
            },
          ];
    })
    .sort((a, b) => a.rank - b.rank);
}

const attacks: readonly FamilyId[] = ['fgsm', 'pgd', 'deepfool'];

/** "Blur of 4 mm", with the family's name first. */
const named = ({ id, severity }: Break): Words => {
  const facts = familyFacts[id];
  const q = writtenSeverity(facts, severity);
  return words(`${facts.name.en} (${q.en})`, `${facts.name.fr} (${q.fr})`);
};

function confidenceOf(patients: number, unsteady: boolean): Verdict['confidence'] {
  const dots = 3 - (patients < fewPatients ? 1 : 0) - (unsteady ? 1 : 0);
  return dots >= 3 ? 'high' : dots === 2 ? 'moderate' : 'low';
}

/** Some draws of a degradation change the answer and others do not: another seed may change the sentence. */
const unsteadyIn = (kept: readonly Kept[], { id }: Break): boolean =>
  kept.some(({ values }) =>
    values.families.some(({ id: own, flip }) => own === id && flip.reached > 0 && flip.reached < flip.draws),
  );

/** What the network's weakest point is, in words; null where nothing was degraded. */
export function verdictOf(
  summary: RobustnessSummary,
  kept: readonly Kept[],
  { families, tau }: RobustnessParameters,
): Verdict | null {
  if (families.length === 0 || kept.length === 0) return null;
  const tested = summary.tolerance.filter(({ n }) => n > 0);
  const { clean } = summary;
  const evidence: Verdict['evidence'] = tested.map(({ id, firstFlip }) => ({
    label: familyFacts[id].name,
    value: firstFlip === null ? null : writtenSeverity(familyFacts[id], firstFlip.severity).en,
  }));
  const caveats = caveatsOf(summary);
  if (tested.length === 0)
    return {
      level: 'cannot-say',
      code: 'not-tested',
      confidence: 'low',
      sentence: words(
        'We cannot tell: none of the degradations applies to these inputs.',
        'On ne peut pas conclure : aucune dégradation ne s’applique à ces entrées.',
      ),
      evidence,
      caveats,
    };
  const wrong = breaksOf(summary, 'firstConfidentlyWrong');
  const flips = breaksOf(summary, 'firstFlip');
  const [worst] = [
    ...wrong.filter(({ id }) => !attacks.includes(id)),
    ...wrong.filter(({ id }) => attacks.includes(id)),
  ];
  const [flip] = [
    ...flips.filter(({ id }) => !attacks.includes(id)),
    ...flips.filter(({ id }) => attacks.includes(id)),
  ];
  const percent = Math.round(100 * tau);
  if (worst !== undefined) {
    const name = named(worst);
    return {
      level: 'problem',
      code: 'confidently-wrong',
      confidence: confidenceOf(clean.n, unsteadyIn(kept, worst)),
      sentence: words(
        `${name.en} is enough to make it confidently wrong.`,
        `${name.fr} suffit à le tromper avec assurance.`,
      ),
      detail: words(
        `Confidence ${String(percent)} % or more on a wrong answer in ${String(worst.patients)} of ${String(worst.n)} patients within the severities tried.`,
        `Confiance d’au moins ${String(percent)} % dans une réponse fausse chez ${String(worst.patients)} patients sur ${String(worst.n)} parmi les sévérités essayées.`,
      ),
      evidence,
      caveats,
    };
  }
  const wrongAlready = kept.filter(({ values }) => values.clean.confidentWrong === true).length;
  const judged = kept.filter(({ values }) => values.clean.confidentWrong !== null).length;
  if (judged > 0 && 2 * wrongAlready >= judged)
    return {
      level: 'problem',
      code: 'already-wrong',
      confidence: confidenceOf(clean.n, false),
      sentence: words(
        'It is confidently wrong before anything is degraded.',
        'Il se trompe avec assurance avant toute dégradation.',
      ),
      detail: words(
        `Wrong and confident on ${String(wrongAlready)} of ${String(judged)} clean inputs; ${flip === undefined ? 'no answer changed' : `its answers change from ${named(flip).en} on`}.`,
        `Faux et assuré sur ${String(wrongAlready)} entrées intactes sur ${String(judged)} ; ${flip === undefined ? 'aucune réponse n’a changé' : `ses réponses changent à partir de : ${named(flip).fr}`}.`,
      ),
      evidence,
      caveats,
    };
  if (flip !== undefined) {
    const name = named(flip);
    return {
      level: 'watch',
      code: 'changes-its-mind',
      confidence: confidenceOf(clean.n, unsteadyIn(kept, flip)),
      sentence: words(`${name.en} is enough to change its answer.`, `${name.fr} suffit à changer sa réponse.`),
      detail: words(
        `The answer changed in ${String(flip.patients)} of ${String(flip.n)} patients within the severities tried.`,
        `La réponse a changé chez ${String(flip.patients)} patients sur ${String(flip.n)} parmi les sévérités essayées.`,
      ),
      evidence,
      caveats,
    };
  }
  const found = unchanged(tested);
  const confidence = found.level === 'cannot-say' ? 'low' : confidenceOf(clean.n, false);
  return { ...found, confidence, evidence, caveats };
}

const percentOf = (share: number): string => (100 * share).toFixed(share < 0.1 ? 1 : 0);

/** No answer changed: said of the patients tested, with the share of others that this leaves open. */
function unchanged(tested: RobustnessSummary['tolerance']): Pick<Verdict, 'level' | 'code' | 'sentence' | 'detail'> {
  const counts = tested.map(({ n }) => n);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const bound = percentOf(silentBound95(fewest));
  const ofPatients = (n: number): Words =>
    words(
      `${String(n)} of ${String(n)} ${n === 1 ? 'patient' : 'patients'}`,
      `${String(n)} ${n === 1 ? 'patient' : 'patients'} sur ${String(n)}`,
    );
  const [low, high] = [ofPatients(fewest), ofPatients(most)];
  const [en, fr] =
    fewest === most
      ? [`in ${high.en}`, `chez ${high.fr}`]
      : [`in ${low.en} to ${high.en}, by degradation`, `chez ${low.fr} à ${high.fr}, selon la dégradation`];
  return {
    level: fewest < fewestForFine ? 'cannot-say' : 'fine',
    code: 'no-flip',
    sentence: words(
      `No answer changed, ${en}, up to the largest severities tried.`,
      `Aucune réponse n’a changé, ${fr}, jusqu’aux plus grandes sévérités essayées.`,
    ),
    detail: words(
      `It could still change in at most ${bound}\u202f% of such patients (95\u202f%). Tried: ${tested.map(({ id }) => inSentence(familyFacts[id].name.en)).join(', ')}.`,
      `Elle pourrait encore changer chez au plus ${bound.replace('.', ',')}\u202f% de tels patients (95\u202f%). Essayé : ${tested.map(({ id }) => inSentence(familyFacts[id].name.fr)).join(', ')}.`,
    ),
  };
}

function caveatsOf({ clean, tolerance, kind }: RobustnessSummary): Words[] {
  const { n } = clean;
  const untested = tolerance.filter((line) => line.n === 0);
  return [
    ...(n === 1
      ? [words('one patient', 'un seul patient')]
      : n < fewPatients
        ? [words(`${String(n)} patients`, `${String(n)} patients`)]
        : []),
    ...(clean.judged === 0
      ? [
          words(
            'no truth on record: whether an answer is wrong is not known',
            'aucune vérité connue : on ignore si une réponse est fausse',
          ),
        ]
      : []),
    ...(kind === 'regression'
      ? [
          words(
            'a dose network without a spread output has no confidence',
            'un réseau de dose sans sortie de dispersion n’a pas de confiance',
          ),
        ]
      : []),
    ...(untested.length > 0
      ? [
          words(
            `not tested: ${untested.map(({ id }) => inSentence(familyFacts[id].name.en)).join(', ')}`,
            `non testé : ${untested.map(({ id }) => inSentence(familyFacts[id].name.fr)).join(', ')}`,
          ),
        ]
      : []),
    ...(tolerance.some(({ id, n: own }) => own > 0 && attacks.includes(id))
      ? [words('an attack that fails is not robustness', 'une attaque qui échoue n’est pas de la robustesse')]
      : []),
    words('combined degradations were not tried', 'les dégradations combinées n’ont pas été essayées'),
  ];
}

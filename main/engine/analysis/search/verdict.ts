import type { SearchLying, SearchNeuron, SearchParameters } from '../../../../shared/analysis/search';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';
import { benjaminiHochberg } from '../statistics/multiplicity';
import { figure } from './text';

/** Share of false claims that a list of neurons may hold. Source: methods, conventions. */
const falseShare = 0.05;

/** Below this nothing is said of what the places share, be it yes or no. Source: methods §5, smallest n of a verdict. */
const fewestPatients = 10;

/** A structure is claimed only where at least so many of the patients in the list have it: the list itself may hold fewer than the database. */
const fewestListed = 5;

/** A neuron with the structure in which its strongest places lie far more often than chance. */
interface Bound {
  readonly neuron: SearchNeuron;
  readonly lying: SearchLying;
}

function boundOf(neurons: readonly SearchNeuron[]): readonly Bound[] {
  const told = neurons.flatMap((neuron) => {
    const [lying] = neuron.lying;
    return lying && !neuron.constant && lying.patients >= fewestListed ? [{ neuron, lying }] : [];
  });
  const adjusted = benjaminiHochberg(told.map(({ lying }) => lying.p));
  return told
    .filter(({ lying }, n) => (adjusted[n] ?? 1) <= falseShare && 2 * lying.inside > lying.patients)
    .sort((a, b) => a.lying.p - b.lying.p || (b.lying.lift ?? 0) - (a.lying.lift ?? 0));
}

const nameOf = ({ node, channel }: Pick<SearchNeuron, 'node' | 'channel'>): string => `${node} · ${String(channel)}`;

interface Finding {
  readonly level: Verdict['level'];
  readonly code: string;
  readonly sentence: Words;
}

const endsOf = (extreme: SearchParameters['extreme']): Words =>
  extreme === 'least' ? { en: 'least', fr: 'le moins' } : { en: 'most', fr: 'le plus' };

/** Why nothing can be said of what the places share; null where structures were held against chance in enough patients. */
function untestedOf(
  neurons: readonly SearchNeuron[],
  patients: number,
  extreme: SearchParameters['extreme'],
): Finding | null {
  if (extreme === 'bands')
    return {
      level: 'cannot-say',
      code: 'listed',
      sentence: {
        en: 'The examples are listed; what ordinary days share is not tested.',
        fr: 'Les exemples sont listés ; ce que les jours ordinaires partagent n’est pas testé.',
      },
    };
  if (neurons.every(({ lying }) => lying.length === 0))
    return {
      level: 'cannot-say',
      code: 'listed',
      sentence: {
        en: 'The places are listed; without structures we cannot say what they share.',
        fr: 'Les lieux sont listés ; sans structures on ne peut pas dire ce qu’ils partagent.',
      },
    };
  if (patients < fewestPatients)
    return {
      level: 'cannot-say',
      code: 'few-patients',
      sentence: {
        en: `We cannot tell what the strongest places share: ${patients === 1 ? 'one patient' : `${String(patients)} patients`}, and ${String(fewestPatients)} are needed.`,
        fr: `On ne peut pas dire ce que partagent les lieux les plus forts : ${patients === 1 ? 'un seul patient' : `${String(patients)} patients`}, il en faut ${String(fewestPatients)}.`,
      },
    };
  const listed = Math.max(...neurons.flatMap(({ lying }) => lying.map((row) => row.patients)));
  return listed >= fewestListed
    ? null
    : {
        level: 'cannot-say',
        code: 'few-structures',
        sentence: {
          en: `We cannot tell what the strongest places share: too few of the patients listed have one structure (${String(listed)}; ${String(fewestListed)} are needed).`,
          fr: `On ne peut pas dire ce que partagent les lieux les plus forts : trop peu des patients listés ont une même structure (${String(listed)} ; il en faut ${String(fewestListed)}).`,
        },
      };
}

function findingOf(neurons: readonly SearchNeuron[], patients: number, extreme: SearchParameters['extreme']): Finding {
  const [only] = neurons;
  const ends = endsOf(extreme);
  if (!only || neurons.every(({ top }) => top.length === 0))
    return {
      level: 'cannot-say',
      code: 'no-place',
      sentence: {
        en: 'We cannot tell: no place could be found.',
        fr: 'On ne peut pas conclure : aucun lieu n’a pu être trouvé.',
      },
    };
  if (neurons.length === 1 && only.constant)
    return {
      level: 'watch',
      code: 'constant',
      sentence: {
        en: `${nameOf(only)} answers the same everywhere: it looks for nothing here.`,
        fr: `${nameOf(only)} répond partout la même chose : il ne cherche rien ici.`,
      },
    };
  const untested = untestedOf(neurons, patients, extreme);
  if (untested) return untested;
  const bound = boundOf(neurons);
  const [first] = bound;
  if (neurons.length === 1) {
    if (first)
      return {
        level: 'fine',
        code: 'in-structure',
        sentence: {
          en: `${nameOf(only)} answers ${ends.en} in ${first.lying.name}.`,
          fr: `${nameOf(only)} répond ${ends.fr} dans ${first.lying.name}.`,
        },
      };
  } else if (first) {
    const count = String(bound.length);
    return {
      level: 'fine',
      code: 'in-structure',
      sentence: {
        en: `${count} of ${String(neurons.length)} neurons answer ${ends.en} in one structure, above all ${nameOf(first.neuron)} in ${first.lying.name}.`,
        fr: `${count} des ${String(neurons.length)} neurones répondent ${ends.fr} dans une même structure, surtout ${nameOf(first.neuron)} dans ${first.lying.name}.`,
      },
    };
  }
  const subject: Words =
    neurons.length === 1
      ? { en: `${nameOf(only)}'s strongest places`, fr: `Les lieux les plus forts de ${nameOf(only)}` }
      : { en: 'The strongest places', fr: 'Les lieux les plus forts' };
  return {
    level: 'fine',
    code: 'no-common-structure',
    sentence: {
      en: `${subject.en} share no structure more than chance gives.`,
      fr: `${subject.fr} ne partagent pas de structure plus que le hasard.`,
    },
  };
}

/** "What does this neuron look for?" in words: a reading of crops, never more sure than moderate. Source: design of the verdicts. */
export function searchVerdict(
  neurons: readonly SearchNeuron[],
  patients: number,
  extreme: SearchParameters['extreme'],
  unfinished: boolean,
): Verdict {
  const finding = findingOf(neurons, patients, extreme);
  const shown = boundOf(neurons)[0]?.neuron ?? neurons[0];
  const [strongest] = shown?.top ?? [];
  const count = shown?.top.length ?? 0;
  const caveats: Words[] = [
    {
      en: `a reading of ${String(count)} crops, not a proof; the neuron may use more`,
      fr: `une lecture de ${String(count)} extraits, pas une preuve ; le neurone peut utiliser autre chose`,
    },
  ];
  if (patients < 20)
    caveats.push(
      patients === 1
        ? { en: 'one patient', fr: 'un seul patient' }
        : { en: `only ${String(patients)} patients`, fr: `seulement ${String(patients)} patients` },
    );
  if (unfinished) caveats.push({ en: 'the run was stopped before its end', fr: 'le calcul a été arrêté avant la fin' });
  const [cut] = neurons.length === 1 ? [shown?.top.filter(({ clipped }) => clipped > 0).length ?? 0] : [0];
  if (cut > 0)
    caveats.push({
      en: `${String(cut)} of ${String(count)} crops reach beyond the input`,
      fr: `${String(cut)} des ${String(count)} extraits dépassent l’entrée`,
    });
  const lying = shown?.lying[0];
  const value = strongest ? figure(strongest.value) : null;
  const expected = lying ? figure(lying.expected) : null;
  const detail: Words | null =
    shown && lying && expected && value
      ? {
          en: `${nameOf(shown)}: strongest place in ${lying.name} in ${String(lying.inside)} of ${String(lying.patients)} patients, by chance ${expected.en}; largest value ${value.en} a.u.`,
          fr: `${nameOf(shown)} : lieu le plus fort dans ${lying.name} chez ${String(lying.inside)} patients sur ${String(lying.patients)}, par hasard ${expected.fr} ; valeur la plus grande ${value.fr} u.a.`,
        }
      : null;
  return {
    level: finding.level,
    code: finding.code,
    confidence: patients < 20 || unfinished || finding.level === 'cannot-say' ? 'low' : 'moderate',
    sentence: finding.sentence,
    ...(detail ? { detail } : {}),
    evidence: [
      { label: { en: 'Patients', fr: 'Patients' }, value: patients },
      { label: { en: 'Neurons', fr: 'Neurones' }, value: neurons.length },
      ...(lying ? [{ label: { en: `p (${lying.name})`, fr: `p (${lying.name})` }, value: lying.p }] : []),
    ],
    caveats,
  };
}

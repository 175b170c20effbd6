import type { CompareSummary, CompareTest } from '../../../../shared/analysis/compare';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';

const level = 0.05;
/** *Source* methods §1.1, too high learning rate. */
const fifth = 0.2;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Change {
  readonly network: string;
  readonly killed: number;
  readonly awakened: number;
  readonly filters: number;
  /** Enough patients to say dead, or proven for any input. */
  readonly sure: boolean;
  /** At least a fifth of the filters of one layer went together. */
  readonly together: boolean;
  /** The layer that lost most. */
  readonly worst: string | null;
  readonly tests: readonly CompareTest[];
  readonly moved: number;
  readonly layers: number;
}

function changeOf(summary: CompareSummary, network: string): Change {
  const counted = new Set(summary.layers.map(({ node }) => node));
  const rows = summary.layers.map(({ filters, channels, networks }) => ({ filters, channels, own: networks[network] }));
  const worst = [...rows].sort((a, b) => (b.own?.killed ?? 0) - (a.own?.killed ?? 0))[0];
  const weights = summary.weights.map(({ networks }) => networks[network]?.all.distance ?? null);
  return {
    network,
    killed: sum(rows.map(({ own }) => own?.killed ?? 0)),
    awakened: sum(rows.map(({ own }) => own?.awakened ?? 0)),
    filters: sum(rows.map(({ channels }) => channels)),
    sure: summary.channels.every(({ node, networks }) => {
      if (!counted.has(node)) return true;
      const own = networks[network];
      return own?.event !== 'killed' || own.status !== 'silent-so-far';
    }),
    together: rows.some(({ channels, own }) => (own?.killed ?? 0) >= fifth * channels),
    worst: (worst?.own?.killed ?? 0) > 0 ? (worst?.filters ?? null) : null,
    tests: summary.tests.filter((test) => test.network === network),
    moved: weights.filter((distance) => distance === null || distance > 0).length,
    layers: weights.length,
  };
}

const significant = ({ tests }: Change): readonly CompareTest[] => tests.filter((test) => (test.holm ?? 1) <= level);

/** The one that lost most filters, then the one whose answers moved most. */
const mostChanged = (changes: readonly Change[]): Change | undefined =>
  [...changes].sort(
    (a, b) =>
      b.killed - a.killed ||
      significant(b).length - significant(a).length ||
      b.awakened - a.awakened ||
      b.moved - a.moved,
  )[0];

const figures = (value: number | null, digits = 3): string =>
  value === null ? '–' : String(Number(value.toPrecision(digits)));
const french = (value: number | null): string => figures(value).replace('.', ',');

interface Finding {
  readonly level: Verdict['level'];
  readonly code: string;
  readonly sentence: Words;
}

function findingOf(change: Change, reference: string, summary: CompareSummary): Finding {
  const { network, killed, awakened, filters, worst, moved } = change;
  const [strongest] = [...significant(change)].sort((a, b) => (a.holm ?? 1) - (b.holm ?? 1));
  if (killed > 0 && !change.sure)
    return {
      level: 'watch',
      code: 'silenced',
      sentence: {
        en: `${String(killed)} of the ${String(filters)} filters of ${reference} are silent in ${network} in all ${String(summary.patients)} patient(s)${worst === null ? '' : `, most in ${worst}`}.`,
        fr: `${String(killed)} des ${String(filters)} filtres de ${reference} sont muets dans ${network} chez les ${String(summary.patients)} patient(s)${worst === null ? '' : `, surtout dans ${worst}`}.`,
      },
    };
  if (killed > 0)
    return {
      level: 'problem',
      code: 'killed',
      sentence: {
        en: `${network} has lost ${String(killed)} of the ${String(filters)} filters that ${reference} has${worst === null ? '' : `, most in ${worst}`}.`,
        fr: `${network} a perdu ${String(killed)} des ${String(filters)} filtres de ${reference}${worst === null ? '' : `, surtout dans ${worst}`}.`,
      },
    };
  if (strongest)
    return {
      level: 'watch',
      code: 'answers-changed',
      sentence: {
        en: `${strongest.said.en}: ${figures(strongest.reference)} with ${reference}, ${figures(strongest.value)} with ${network}.`,
        fr: `${strongest.said.fr} : ${french(strongest.reference)} avec ${reference}, ${french(strongest.value)} avec ${network}.`,
      },
    };
  if (awakened > 0)
    return {
      level: 'watch',
      code: 'awakened',
      sentence: {
        en: `${String(awakened)} filters that are silent in ${reference} answer in ${network}.`,
        fr: `${String(awakened)} filtres muets dans ${reference} répondent dans ${network}.`,
      },
    };
  if (moved === 0)
    return {
      level: 'fine',
      code: 'same-weights',
      sentence: { en: 'Nothing: the weights are the same.', fr: 'Rien : les poids sont les mêmes.' },
    };
  const same = change.tests.filter(({ equivalence }) => equivalence?.equivalent === true);
  const judged = change.tests.filter(({ equivalence }) => equivalence !== null);
  if (judged.length > 0 && same.length === judged.length)
    return {
      level: 'fine',
      code: 'equivalent',
      sentence: {
        en: `The answers of ${network} are those of ${reference} within the margins stated.`,
        fr: `Les réponses de ${network} sont celles de ${reference} aux marges indiquées près.`,
      },
    };
  return summary.patients === 0
    ? {
        level: 'cannot-say',
        code: 'weights-only',
        sentence: {
          en: `The weights of ${String(moved)} of ${String(change.layers)} layers differ; what that does to the answers takes patients.`,
          fr: `Les poids de ${String(moved)} couches sur ${String(change.layers)} diffèrent ; leur effet sur les réponses demande des patients.`,
        },
      }
    : {
        level: 'cannot-say',
        code: 'undecided',
        sentence: {
          en: `No filter died or woke. Whether the answers changed cannot be said on ${String(summary.patients)} patient(s).`,
          fr: `Aucun filtre n’est mort ni réveillé. Sur ${String(summary.patients)} patient(s), on ne peut dire si les réponses ont changé.`,
        },
      };
}

const dots = ['low', 'moderate', 'high'] as const;

/** "What changed?" in one page. *Source* design of the verdicts: three dots, one less for each doubt. */
export function compareVerdict(summary: CompareSummary): Verdict {
  const { reference, patients } = summary;
  const changes = Object.keys(summary.networks)
    .filter((name) => name !== reference)
    .map((name) => changeOf(summary, name));
  const main = mostChanged(changes);
  if (!main) throw new Error('two networks are compared');
  const finding = findingOf(main, reference, summary);
  const undecided = summary.tests.filter(({ cannotDecide }) => cannotDecide).length;
  const caveats: Words[] = [summary.attribution.said];
  if (patients < 20)
    caveats.push({
      en: `${String(patients)} patient(s): below 20 intervals are rough, below 6 no paired test can decide.`,
      fr: `${String(patients)} patient(s) : sous 20 les intervalles sont grossiers, sous 6 aucun test apparié ne conclut.`,
    });
  if (changes.some(({ together }) => together))
    caveats.push({
      en: 'Many filters of one layer went together: compatible with too high a learning rate, as with other causes; missing to say more: the checkpoints in between and the curve of the loss.',
      fr: 'Beaucoup de filtres d’une couche ont cédé ensemble : compatible avec un taux d’apprentissage trop élevé, comme avec d’autres causes ; manquent pour en dire plus : les points de sauvegarde intermédiaires et la courbe de perte.',
    });
  if (undecided > 0)
    caveats.push({
      en: `${String(undecided)} of ${String(summary.tests.length)} tests had too few differing patients to decide.`,
      fr: `${String(undecided)} tests sur ${String(summary.tests.length)} avaient trop peu de patients différents pour conclure.`,
    });
  const doubts =
    Number(patients < 20) + Number(finding.code !== 'same-weights' && patients < 6) + Number(undecided > 0);
  return {
    ...finding,
    confidence: dots[Math.max(0, 2 - doubts)] ?? 'low',
    detail: {
      en: `${String(changes.length + 1)} networks, ${String(patients)} patient(s), ${String(summary.tests.length)} paired tests (Holm).`,
      fr: `${String(changes.length + 1)} réseaux, ${String(patients)} patient(s), ${String(summary.tests.length)} tests appariés (Holm).`,
    },
    evidence: changes.flatMap((change) => [
      {
        label: { en: `${change.network}: filters lost, awakened`, fr: `${change.network} : filtres perdus, réveillés` },
        value: `${String(change.killed)}, ${String(change.awakened)}`,
      },
      {
        label: {
          en: `${change.network}: layers whose weights moved`,
          fr: `${change.network} : couches dont les poids ont bougé`,
        },
        value: `${String(change.moved)} / ${String(change.layers)}`,
      },
      ...significant(change).map((test) => ({
        label: { en: `${change.network}: ${test.said.en}`, fr: `${change.network} : ${test.said.fr}` },
        value: `${figures(test.reference)} → ${figures(test.value)} ${test.unit}, p ${figures(test.holm, 2)}`,
      })),
      ...summary.paths
        .filter(({ network, barrier }) => network === change.network && barrier !== null)
        .map(({ network, barrier, loss }) => ({
          label: { en: `${network}: barrier between the weights`, fr: `${network} : barrière entre les poids` },
          value:
            `${figures(typeof barrier === 'number' ? barrier : (barrier?.value ?? null))} ${loss?.unit ?? ''}`.trim(),
        })),
    ]),
    caveats,
  };
}

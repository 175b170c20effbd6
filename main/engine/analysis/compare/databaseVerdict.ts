import type { CompareSummary } from '../../../../shared/analysis/compare';
import type { DatabaseComparison, DatabaseTest } from '../../../../shared/analysis/compareDatabases';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';

const level = 0.05;
const figures = (value: number): string => String(Number(value.toPrecision(3)));
const french = (value: number): string => figures(value).replace('.', ',');

type Finding = Pick<Verdict, 'level' | 'code' | 'sentence'>;

const means = ({ databases, unit }: DatabaseTest, written: (value: number) => string, inside: string): string =>
  databases
    .map(({ database, mean }) => `${written(mean)}${unit === '' ? '' : ` ${unit}`} ${inside} ${database}`)
    .join(', ');

function findingOf({ tests, layers, databases }: DatabaseComparison): Finding {
  const [strongest] = tests.filter(({ holm }) => holm <= level).sort((a, b) => a.holm - b.holm);
  if (strongest)
    return {
      level: 'watch',
      code: 'databases-differ',
      sentence: {
        en: `${strongest.said.en} with ${strongest.network}: ${means(strongest, figures, 'in')}.`,
        fr: `${strongest.said.fr} avec ${strongest.network} : ${means(strongest, french, 'dans')}.`,
      },
    };
  const [farthest] = layers
    .filter(({ holm }) => holm <= level)
    .sort((a, b) => a.holm - b.holm || b.distance - a.distance);
  const named = databases.map(({ database }) => database);
  if (farthest) {
    const [first = '', other = ''] = farthest.databases.map(({ database }) => database);
    return {
      level: 'watch',
      code: 'features-differ',
      sentence: {
        en: `${farthest.node} of ${farthest.network} answers otherwise to the patients of ${other} than to those of ${first}; no measured answer is shown to differ.`,
        fr: `${farthest.node} de ${farthest.network} répond autrement aux patients de ${other} qu’à ceux de ${first} ; aucune réponse mesurée ne diffère de façon établie.`,
      },
    };
  }
  return {
    level: 'cannot-say',
    code: 'no-difference-shown',
    sentence: {
      en: `No difference between ${named.join(' and ')} is shown on these patients.`,
      fr: `Aucune différence entre ${named.join(' et ')} n’est établie sur ces patients.`,
    },
  };
}

const oneDatabase: Verdict = {
  level: 'cannot-say',
  code: 'one-database',
  confidence: 'low',
  sentence: {
    en: 'Patients of one database alone were answered: there is nothing to hold them against.',
    fr: 'Seuls des patients d’une même base ont eu une réponse : rien à quoi les comparer.',
  },
  evidence: [],
  caveats: [],
};

/** What two lists do to one network. */
export function databaseVerdict(summary: CompareSummary): Verdict {
  const { databases } = summary;
  if (!databases) return oneDatabase;
  const finding = findingOf(databases);
  const smallest = Math.min(...databases.databases.map(({ patients }) => patients));
  const undecided = databases.tests.filter(({ cannotDecide }) => cannotDecide).length;
  const caveats: Words[] = [
    summary.attribution.said,
    ...(smallest < 20
      ? [
          {
            en: `The smaller database has ${String(smallest)} patient(s): with fewer than 4 in each no test of other patients can decide, and below 20 small differences are missed.`,
            fr: `La plus petite base compte ${String(smallest)} patient(s) : à moins de 4 dans chacune aucun test entre patients différents ne conclut, et sous 20 les petites différences échappent.`,
          },
        ]
      : []),
    ...(databases.shared > 0
      ? [
          {
            en: `${String(databases.shared)} patient(s) are in several databases and count in none.`,
            fr: `${String(databases.shared)} patient(s) figurent dans plusieurs bases et ne comptent dans aucune.`,
          },
        ]
      : []),
    ...(undecided > 0
      ? [
          {
            en: `${String(undecided)} of ${String(databases.tests.length)} tests had too few patients to decide.`,
            fr: `${String(undecided)} tests sur ${String(databases.tests.length)} avaient trop peu de patients pour conclure.`,
          },
        ]
      : []),
  ];
  const doubts = Number(smallest < 20) + Number(smallest < 6) + Number(databases.shared > 0);
  const sizes = databases.databases.map(({ database, patients }) => `${database} ${String(patients)}`).join(', ');
  return {
    ...finding,
    confidence: (['high', 'moderate', 'low'] as const)[doubts] ?? 'low',
    detail: {
      en: `Patients: ${sizes}. ${String(databases.tests.length)} measures, ${String(databases.layers.length)} layers (Holm).`,
      fr: `Patients : ${sizes}. ${String(databases.tests.length)} mesures, ${String(databases.layers.length)} couches (Holm).`,
    },
    evidence: [
      ...databases.tests
        .filter(({ holm }) => holm <= level)
        .map((test) => ({
          label: { en: `${test.network}: ${test.said.en}`, fr: `${test.network} : ${test.said.fr}` },
          value: `${test.databases.map(({ mean }) => figures(mean)).join(' / ')} ${test.unit}, p ${figures(test.holm)}`,
        })),
      ...databases.layers
        .filter(({ holm }) => holm <= level)
        .map(({ network, node, distance, holm }) => ({
          label: { en: `${network}: ${node}, energy distance`, fr: `${network} : ${node}, distance d’énergie` },
          value: `${figures(distance)}, p ${figures(holm)}`,
        })),
    ],
    caveats,
  };
}

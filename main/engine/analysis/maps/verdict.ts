import type { ChannelStatus } from '../../../../shared/analysis/channelStatuses';
import type { LayerFigures } from '../../../../shared/analysis/maps';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';

/** The layers in which filters are counted: of each set of filters the last node that shows them, where an activation decides. */
export function filterLayers(layers: readonly LayerFigures[]): readonly LayerFigures[] {
  const last = new Map<string, LayerFigures>();
  for (const layer of layers) if (layer.filters !== null) last.set(layer.filters, layer);
  return [...last.values()];
}

const isDead = (status: ChannelStatus): boolean => status === 'dead' || status === 'dead-certified';

const suspects: readonly ChannelStatus[] = [
  'frozen',
  'position-only',
  'border-only',
  'saturated',
  'nearly-dead',
  'dormant',
  'one-sided',
];

interface Count {
  readonly layers: readonly { readonly name: string; readonly hits: number; readonly channels: number }[];
  readonly hits: number;
  readonly channels: number;
}

function countOf(layers: readonly LayerFigures[], hit: (status: ChannelStatus) => boolean): Count {
  const rows = layers.map(({ filters, node, channels }) => ({
    name: filters ?? node,
    hits: channels.filter(({ status }) => hit(status)).length,
    channels: channels.length,
  }));
  return {
    layers: rows.filter(({ hits }) => hits > 0),
    hits: rows.reduce((sum, { hits }) => sum + hits, 0),
    channels: rows.reduce((sum, { channels }) => sum + channels, 0),
  };
}

/** "5 of the 32 filters of conv2 are dead." in both languages; over several layers the worst is named. */
function counted(
  { layers, hits, channels }: Count,
  en: readonly [string, string],
  fr: readonly [string, string],
): Words {
  const one = hits === 1;
  const [only, ...more] = [...layers].sort((a, b) => b.hits - a.hits);
  const [is, est] = one ? [en[0], fr[0]] : [en[1], fr[1]];
  const whole = more.length === 0 ? (only?.channels ?? channels) : channels;
  const whereEn = more.length === 0 ? `of ${only?.name ?? ''} ` : '';
  const whereFr = more.length === 0 ? `de ${only?.name ?? ''} ` : '';
  const tailEn = more.length === 0 ? '' : `, in ${String(layers.length)} layers (most in ${only?.name ?? ''})`;
  const tailFr = more.length === 0 ? '' : `, dans ${String(layers.length)} couches (surtout ${only?.name ?? ''})`;
  return {
    en: `${String(hits)} of the ${String(whole)} filters ${whereEn}${is}${tailEn}.`,
    fr: `${String(hits)} des ${String(whole)} filtres ${whereFr}${est}${tailFr}.`,
  };
}

const patientsEn = (n: number): string => (n === 1 ? '1 patient' : `${String(n)} patients`);
const layersEn = (n: number): string => (n === 1 ? '1 layer' : `${String(n)} layers`);
const layersFr = (n: number): string => (n === 1 ? '1 couche' : `${String(n)} couches`);

interface Finding {
  readonly level: Verdict['level'];
  readonly code: string;
  readonly sentence: Words;
}

function findingOf(layers: readonly LayerFigures[], everything: readonly LayerFigures[], patients: number): Finding {
  const invalid = countOf(everything, (status) => status === 'invalid');
  if (invalid.hits > 0) {
    const first = invalid.layers[0]?.name ?? '';
    return {
      level: 'problem',
      code: 'invalid',
      sentence: {
        en: `The network gives values that are not numbers, first in ${first}.`,
        fr: `Le réseau donne des valeurs qui ne sont pas des nombres, d'abord dans ${first}.`,
      },
    };
  }
  const dead = countOf(layers, isDead);
  if (dead.hits > 0) {
    const words = counted(dead, ['is dead', 'are dead'], ['est mort', 'sont morts']);
    return { level: 'problem', code: 'dead', sentence: { en: `Yes. ${words.en}`, fr: `Oui. ${words.fr}` } };
  }
  const silent = countOf(layers, (status) => status === 'silent-so-far');
  if (silent.hits > 0) {
    const words = counted(silent, ['was silent', 'were silent'], ['est resté muet', 'sont restés muets']);
    return { level: 'watch', code: 'silent', sentence: { en: `Perhaps. ${words.en}`, fr: `Peut-être. ${words.fr}` } };
  }
  const suspect = countOf(layers, (status) => suspects.includes(status));
  const all = countOf(layers, () => true);
  if (suspect.hits > 0) {
    const words = counted(suspect, ['hardly works', 'hardly work'], ['ne travaille guère', 'ne travaillent guère']);
    return {
      level: 'watch',
      code: 'suspect',
      sentence: { en: `None is dead. ${words.en}`, fr: `Aucun n'est mort. ${words.fr}` },
    };
  }
  const size = { channels: String(all.channels), layers: layers.length };
  return {
    level: 'fine',
    code: 'alive',
    sentence: {
      en: `No dead filter in ${layersEn(size.layers)} (${size.channels} channels, ${patientsEn(patients)}).`,
      fr: `Aucun filtre mort dans ${layersFr(size.layers)} (${size.channels} canaux, ${patientsEn(patients)}).`,
    },
  };
}

/**
 * "Are any filters dead?" in words. `stricter` are the same layers under other thresholds: where they change the answer, it is less sure.
 * *Source* design of the verdicts: three dots, one less for each doubt.
 */
export function mapsVerdict(
  layers: readonly LayerFigures[],
  stricter: readonly LayerFigures[],
  patients: number,
  unfinished: boolean,
): Verdict {
  if (patients === 0) {
    return {
      level: 'cannot-say',
      code: 'no-input',
      confidence: 'low',
      sentence: {
        en: 'We cannot tell: no input could be run.',
        fr: "On ne peut pas conclure : aucune entrée n'a pu être passée.",
      },
      evidence: [],
      caveats: [],
    };
  }
  const counting = filterLayers(layers);
  const finding = findingOf(counting, layers, patients);
  const other = findingOf(filterLayers(stricter), stricter, patients);
  const caveats: Words[] = [];
  const certified = countOf(counting, (status) => status === 'dead-certified').hits;
  const few = patients < 20;
  const moved = other.code !== finding.code;
  // A certificate holds for every input: neither few patients nor a threshold can undo it.
  const proven = finding.code === 'dead' && certified === countOf(counting, isDead).hits;
  if (few && !proven) {
    caveats.push(
      patients === 1
        ? { en: 'one patient', fr: 'un seul patient' }
        : { en: `only ${String(patients)} patients`, fr: `seulement ${String(patients)} patients` },
    );
  }
  if (unfinished) caveats.push({ en: 'the run was stopped before its end', fr: 'le calcul a été arrêté avant la fin' });
  if (moved && !proven)
    caveats.push({ en: 'another threshold changes the answer', fr: 'un autre seuil change la réponse' });
  const dots = 3 - ((few || unfinished) && !proven ? 1 : 0) - (moved && !proven ? 1 : 0);

  const evidence: Verdict['evidence'] = [
    { label: { en: 'Patients', fr: 'Patients' }, value: patients },
    { label: { en: 'Layers with filters', fr: 'Couches à filtres' }, value: counting.length },
    { label: { en: 'Channels', fr: 'Canaux' }, value: countOf(counting, () => true).channels },
    { label: { en: 'Dead, certified for every input', fr: 'Morts, certifié pour toute entrée' }, value: certified },
  ];
  const bound = counting.flatMap(({ channels }) => channels).find(({ bound95 }) => bound95 !== null)?.bound95 ?? null;
  if (bound !== null) {
    evidence.push({
      label: {
        en: 'Patients that could still wake a silent filter, at most (95 %)',
        fr: 'Patients qui pourraient encore réveiller un filtre muet, au plus (95 %)',
      },
      value: bound,
    });
  }
  for (const status of ['silent-so-far', ...suspects] as const) {
    const { hits } = countOf(counting, (own) => own === status);
    if (hits > 0) evidence.push({ label: { en: status, fr: frenchStatus[status] ?? status }, value: hits });
  }
  const detail: Words | undefined =
    bound === null || finding.code === 'alive'
      ? undefined
      : {
          en: `Silent in ${String(patients)} of ${patientsEn(patients)}; at most ${percent(bound, '.')} of such patients (95 %).`,
          fr: `Muets chez ${String(patients)} patients sur ${String(patients)} ; au plus ${percent(bound, ',')} de tels patients (95 %).`,
        };
  return {
    level: finding.level,
    code: finding.code,
    confidence: dots >= 3 ? 'high' : dots === 2 ? 'moderate' : 'low',
    sentence: finding.sentence,
    ...(detail ? { detail } : {}),
    evidence,
    caveats,
  };
}

const percent = (share: number, point: string): string =>
  `${(100 * share).toFixed(share < 0.1 ? 1 : 0).replace('.', point)}\u202f%`;

const frenchStatus: Partial<Record<ChannelStatus, string>> = {
  'silent-so-far': "muet jusqu'ici",
  frozen: 'figé',
  'position-only': 'position seule',
  'border-only': 'bord seul',
  saturated: 'saturé',
  'nearly-dead': 'presque mort',
  dormant: 'dormant',
  'one-sided': "d'un seul côté",
};

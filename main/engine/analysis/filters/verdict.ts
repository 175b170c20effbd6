import type { FilterLayer, FilterStatus } from '../../../../shared/analysis/filters';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';
import { benjaminiHochberg } from '../statistics/multiplicity';
import { layerName } from '../kernelLayer';
import { leastP } from './layerTests';

/** A layer as the verdict sees it. */
export interface JudgedLayer {
  readonly layer: Pick<FilterLayer, 'node' | 'weight' | 'layer' | 'status'>;
  /** The same under a stricter and a looser rule: where these change the answer, it is less sure. */
  readonly others: readonly FilterStatus[];
}

/** Names of at most three, then "and 4 more". */
function listed(names: readonly string[], and: string, more: (n: number) => string): string {
  const shown = names.length <= 3 ? names : [...names.slice(0, 2), more(names.length - 2)];
  if (shown.length <= 1) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} ${and} ${shown.at(-1) ?? ''}`;
}

const inEnglish = (names: readonly string[]): string => listed(names, 'and', (n) => `${String(n)} more`);
const inFrench = (names: readonly string[]): string => listed(names, 'et', (n) => `${String(n)} autres`);

interface Finding {
  readonly level: Verdict['level'];
  readonly code: string;
  readonly sentence: Words;
}

const layersEn = (n: number): string => (n === 1 ? '1 layer' : `${String(n)} layers`);
const layersFr = (n: number): string => (n === 1 ? '1 couche' : `${String(n)} couches`);

function findingOf(layers: readonly JudgedLayer[], statuses: readonly FilterStatus[]): Finding {
  const named = (wanted: FilterStatus): string[] =>
    layers.flatMap(({ layer }, at) => (statuses[at] === wanted ? [layerName(layer)] : []));
  const invalid = layers.filter(({ layer }) => layer.layer.notFinite > 0).map(({ layer }) => layerName(layer));
  if (invalid.length > 0) {
    return {
      level: 'problem',
      code: 'invalid',
      sentence: {
        en: `Weights of ${inEnglish(invalid)} are not numbers.`,
        fr: `Des poids de ${inFrench(invalid)} ne sont pas des nombres.`,
      },
    };
  }
  const noise = named('noise-like');
  const structured = named('structured');
  if (noise.length + structured.length === 0) {
    return {
      level: 'cannot-say',
      code: layers.length === 0 ? 'no-kernels' : 'too-few-kernels',
      sentence:
        layers.length === 0
          ? {
              en: 'We cannot tell: no layer has kernels.',
              fr: 'On ne peut pas conclure : aucune couche n’a de noyaux.',
            }
          : {
              en: 'We cannot tell: no layer has enough kernels.',
              fr: 'On ne peut pas conclure : aucune couche n’a assez de noyaux.',
            },
    };
  }
  if (noise.length === 0) {
    return {
      level: 'fine',
      code: 'structured',
      sentence: {
        en:
          structured.length === 1
            ? `Yes. ${inEnglish(structured)}, the only layer that can be tested, does not look like its random start.`
            : `Yes. None of the ${String(structured.length)} layers tested looks like its random start.`,
        fr:
          structured.length === 1
            ? `Oui. ${inFrench(structured)}, seule couche testable, ne ressemble pas à son départ aléatoire.`
            : `Oui. Aucune des ${String(structured.length)} couches testées ne ressemble à son départ aléatoire.`,
      },
    };
  }
  if (structured.length === 0) {
    return {
      level: 'problem',
      code: 'noise-like',
      sentence:
        noise.length === 1
          ? {
              en: `No. ${inEnglish(noise)}, the only layer that can be tested, still looks like its random start.`,
              fr: `Non. ${inFrench(noise)}, seule couche testable, ressemble encore à son départ aléatoire.`,
            }
          : {
              en: `No. All ${layersEn(noise.length)} that can be tested still look like their random start.`,
              fr: `Non. Les ${layersFr(noise.length)} testables ressemblent encore à leur départ aléatoire.`,
            },
    };
  }
  const [looks, ressemble, their, leur] =
    noise.length === 1 ? ['looks', 'ressemble', 'its', 'son'] : ['look', 'ressemblent', 'their', 'leur'];
  return {
    level: 'watch',
    code: 'partly-noise-like',
    sentence: {
      en: `Not fully. ${inEnglish(noise)} still ${looks} like ${their} random start.`,
      fr: `Pas tout à fait. ${inFrench(noise)} ${ressemble} encore à ${leur} départ aléatoire.`,
    },
  };
}

export interface NetworkCount {
  readonly layers: number;
  readonly testable: number;
  readonly noiseLike: number;
  readonly structured: number;
  readonly structuredAcrossLayers: number;
}

/** How many layers are what, the last after Benjamini–Hochberg over the testable ones. */
export function networkCount(layers: readonly JudgedLayer['layer'][], level: number): NetworkCount {
  const testable = layers.filter(({ status }) => status !== 'undetermined');
  const ps = testable.map(({ layer }) => leastP(layer.tests) ?? 1);
  return {
    layers: layers.length,
    testable: testable.length,
    noiseLike: testable.filter(({ status }) => status === 'noise-like').length,
    structured: testable.filter(({ status }) => status === 'structured').length,
    structuredAcrossLayers: benjaminiHochberg(ps).filter((p) => p <= level).length,
  };
}

/** Weights that a longer training would have left further from each other than this are said to remember their start. */
const remembers = 0.95;

function caveatsOf(layers: readonly JudgedLayer[], count: NetworkCount, unfinished: boolean, moved: boolean): Words[] {
  const caveats: Words[] = [];
  if (unfinished) caveats.push({ en: 'the run was stopped before its end', fr: 'le calcul a été arrêté avant la fin' });
  if (moved) caveats.push({ en: 'another threshold changes the answer', fr: 'un autre seuil change la réponse' });
  if (count.noiseLike > 0) {
    caveats.push({
      en: 'a layer can be useful while near its start',
      fr: 'une couche peut être utile tout près de son départ',
    });
  } else if (count.structured > 0) {
    caveats.push({
      en: 'pattern in the weights does not show that they serve this task',
      fr: 'un motif dans les poids ne montre pas qu’ils servent cette tâche',
    });
  }
  const few = count.layers - count.testable;
  if (few > 0 && count.testable > 0) {
    caveats.push({
      en: `${layersEn(few)} with too few kernels to tell`,
      fr: `${layersFr(few)} avec trop peu de noyaux pour conclure`,
    });
  }
  if (layers.some(({ layer }) => layer.layer.change !== null)) return caveats;
  caveats.push({ en: 'the starting weights were not given', fr: "les poids de départ n'ont pas été donnés" });
  return caveats;
}

const two = (value: number): string => value.toFixed(2);

/** How far the layers of the sentence have travelled, or how many differ from chance. */
function detailOf(layers: readonly JudgedLayer[], count: NetworkCount): Words {
  const noise = layers.filter(({ layer }) => layer.status === 'noise-like');
  const asked = noise.length > 0 ? noise : layers;
  const travelled = asked.flatMap(({ layer }) => (layer.layer.change ? [layer.layer.change] : []));
  const within = {
    en: `${String(count.structuredAcrossLayers)} of ${layersEn(count.testable)} tested differ from chance.`,
    fr: `${String(count.structuredAcrossLayers)} sur ${layersFr(count.testable)} testées diffèrent du hasard.`,
  };
  if (travelled.length === 0) return within;
  const far = travelled.map(({ relativeDistance }) => relativeDistance);
  const [low, high] = [Math.min(...far), Math.max(...far)];
  const range = travelled.length === 1 ? two(low) : `${two(low)}–${two(high)}`;
  const same = travelled.filter(({ cosine }) => cosine !== null && cosine > remembers).length;
  return {
    en: `${range} away from the starting weights (0 = untouched); ${String(same)} of ${String(travelled.length)} point as they did (cosine above 0.95). ${within.en}`,
    fr: `À ${range.replaceAll('.', ',')} des poids de départ (0 = intact) ; ${String(same)} sur ${String(travelled.length)} pointent comme au départ (cosinus au-dessus de 0,95). ${within.fr}`,
  };
}

/** "Does it look trained enough?" in words. *Source* methods §1.2, the layer verdict; design of the verdicts (dots). */
export function filtersVerdict(layers: readonly JudgedLayer[], level: number, unfinished: boolean): Verdict {
  const own = layers.map(({ layer }) => layer);
  const count = networkCount(own, level);
  const finding = findingOf(
    layers,
    own.map(({ status }) => status),
  );
  const rules = layers[0]?.others.length ?? 0;
  const moved = Array.from({ length: rules }, (_, at) =>
    findingOf(
      layers,
      layers.map(({ layer, others }) => others[at] ?? layer.status),
    ),
  ).some(({ code, sentence }) => code !== finding.code || sentence.en !== finding.sentence.en);
  const answers = finding.level !== 'cannot-say' && finding.code !== 'invalid';
  const dots = 3 - (answers && moved ? 1 : 0) - (unfinished ? 1 : 0);
  const violated = own.filter(({ layer }) => (layer.initialiser?.supportViolation ?? 0) > 0).length;
  const evidence: Verdict['evidence'] = [
    { label: { en: 'Layers with kernels', fr: 'Couches à noyaux' }, value: count.layers },
    { label: { en: 'Structured', fr: 'Structurées' }, value: count.structured },
    { label: { en: 'Noise-like', fr: 'Semblables au bruit' }, value: count.noiseLike },
    { label: { en: 'Undetermined', fr: 'Indéterminées' }, value: count.layers - count.testable },
    {
      label: {
        en: 'With weights beyond their initialiser’s limit',
        fr: 'Avec des poids hors des bornes de la loi de départ',
      },
      value: violated,
    },
  ];
  return {
    level: finding.level,
    code: finding.code,
    confidence: finding.level === 'cannot-say' ? 'low' : dots >= 3 ? 'high' : dots === 2 ? 'moderate' : 'low',
    sentence: finding.sentence,
    ...(answers ? { detail: detailOf(layers, count) } : {}),
    evidence,
    caveats: caveatsOf(layers, count, unfinished, answers && moved),
  };
}

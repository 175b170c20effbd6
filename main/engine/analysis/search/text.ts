import type { SearchNeuron, SearchPlace } from '../../../../shared/analysis/search';
import type { Words } from '../../../../shared/words';

const comma = (text: string): string => text.replace('.', ',').replace('-', '−');
const dot = (text: string): string => text.replace('-', '−');

/** A number with as many digits as tell it apart. */
export function figure(value: number): { readonly en: string; readonly fr: string } {
  const size = Math.abs(value);
  const text = size === 0 ? '0' : size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toPrecision(2);
  return { en: dot(text), fr: comma(text) };
}

export const patientsIn = (n: number): Words =>
  n === 1 ? { en: '1 patient', fr: '1 patient' } : { en: `${String(n)} patients`, fr: `${String(n)} patients` };

const joined = (parts: readonly (Words | null)[]): Words => {
  const said = parts.filter((part) => part !== null);
  return { en: said.map(({ en }) => en).join(' '), fr: said.map(({ fr }) => fr).join(' ') };
};

/** Where the strongest places lie. */
function whereWords({ top, lying }: Pick<SearchNeuron, 'top' | 'lying'>): Words | null {
  if (lying.length === 0) return null;
  const often = lying.filter(({ inside }) => inside > 0).sort((a, b) => b.inside - a.inside || a.p - b.p);
  const [first, second] = often;
  if (!first)
    return {
      en: `None of the ${String(top.length)} places lies in a structure.`,
      fr: `Aucun des ${String(top.length)} lieux n’est dans une structure.`,
    };
  const expected = figure(first.expected);
  const also = second && second.inside * 2 >= first.inside ? second : null;
  return {
    en:
      `The strongest place lies in ${first.name} in ${String(first.inside)} of ${String(first.patients)} patients (by chance ${expected.en})` +
      (also ? `, in ${also.name} in ${String(also.inside)} of ${String(also.patients)}.` : '.'),
    fr:
      `Le lieu le plus fort est dans ${first.name} chez ${String(first.inside)} patients sur ${String(first.patients)} (${expected.fr} par hasard)` +
      (also ? `, dans ${also.name} chez ${String(also.inside)} sur ${String(also.patients)}.` : '.'),
  };
}

/** What the input holds in the crops: mean over crops, and what they differ by. */
function contentWords(top: readonly SearchPlace[]): Words | null {
  const told = top.flatMap(({ channels }) => (channels ? [channels] : []));
  const [first] = told;
  if (!first) return null;
  const parts = first.flatMap(({ name, unit }, n): Words[] => {
    if (unit === '1') return [];
    const means = told.flatMap((own) => own[n]?.mean ?? []);
    const middles = told.flatMap((own) => own[n]?.centre ?? []);
    if (means.length === 0 || middles.length === 0) return [];
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    const [low, high] = [Math.min(...middles), Math.max(...middles)].map((v) => Math.round(v * 1000) / 1000);
    const round = (value: number): { en: string; fr: string } =>
      unit === 'HU' ? { en: dot(value.toFixed(0)), fr: comma(value.toFixed(0)) } : figure(value);
    const [whole, from, to] = [round(mean(means)), round(low ?? 0), round(high ?? 0)];
    const space = '\u202f';
    const [unitEn, unitFr] = [unit, unit === 'HU' ? 'UH' : unit === 'a.u.' ? 'u.a.' : unit];
    return [
      {
        en: `${name}: ${from.en} to ${to.en}${space}${unitEn} at the middle, ${whole.en}${space}${unitEn} on average over the crops`,
        fr: `${name} : ${from.fr} à ${to.fr}${space}${unitFr} au milieu, ${whole.fr}${space}${unitFr} en moyenne sur les extraits`,
      },
    ];
  });
  if (parts.length === 0) return null;
  const shown = parts.slice(0, 3);
  return { en: `${shown.map(({ en }) => en).join('; ')}.`, fr: `${shown.map(({ fr }) => fr).join(' ; ')}.` };
}

function agreementWords({ dissection }: Pick<SearchNeuron, 'dissection'>): Words | null {
  const best = dissection?.regions.find(({ lift }) => (lift ?? 0) > 1);
  if (!dissection || !best) return null;
  const [iou, lift] = [figure(best.iou), figure(best.lift ?? 0)];
  const few = dissection.patients < 10;
  return {
    en: `Its strongest voxels agree most with ${best.name}: IoU ${iou.en}, ×${lift.en} chance${few ? ` (only ${patientsIn(dissection.patients).en}; 10 are needed for a name)` : ''}.`,
    fr: `Ses voxels les plus forts s’accordent le mieux avec ${best.name} : IoU ${iou.fr}, ×${lift.fr} le hasard${few ? ` (seulement ${patientsIn(dissection.patients).fr} ; il en faut 10 pour un nom)` : ''}.`,
  };
}

function clippingWords(top: readonly SearchPlace[]): Words | null {
  const cut = top.filter(({ clipped }) => clipped > 0).length;
  if (cut === 0) return null;
  return {
    en: `${String(cut)} of the ${String(top.length)} crops reach beyond the input and are cut there.`,
    fr: `${String(cut)} des ${String(top.length)} extraits dépassent l’entrée et y sont coupés.`,
  };
}

/** What the crops share, in words: places, contents, agreement, clipping; never what the neuron "detects". Source: methods §5. */
export function textOf(neuron: Omit<SearchNeuron, 'text'>): Words {
  const { top, constant } = neuron;
  const [first] = top;
  if (!first) return { en: 'No place: no value could be had.', fr: 'Aucun lieu : aucune valeur n’a pu être obtenue.' };
  if (constant) {
    const value = figure(first.value);
    return {
      en: `The same value (${value.en}) in all of the ${String(top.length)} places: the list only follows the order of the inputs.`,
      fr: `La même valeur (${value.fr}) aux ${String(top.length)} lieux : la liste ne fait que suivre l’ordre des entrées.`,
    };
  }
  return joined([whereWords(neuron), agreementWords(neuron), contentWords(top), clippingWords(top)]);
}

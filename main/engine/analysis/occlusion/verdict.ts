import type { OcclusionCode } from '../../../../shared/analysis/occlusion';
import type { Figure } from '../../../../shared/result';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';
import { rankedOverInputs, type Kept } from './summary';
import type { Ruling } from './verdictRules';

/** Below this, two fillings do not tell the same story. Source: methods §1.4. */
const leastAgreement = 0.6;

const levels: Readonly<Record<OcclusionCode, Verdict['level']>> = {
  undetermined: 'cannot-say',
  'outside-body': 'problem',
  'structure-driven': 'fine',
  'context-driven': 'watch',
  mixed: 'watch',
};

function sentenceOf({ code, because }: Ruling, structure: string, agreement: number | null): Words {
  switch (code) {
    case 'outside-body':
      return {
        en: 'It looks outside the body: what lies there changes its answer.',
        fr: "Il regarde hors du corps : ce qui s'y trouve change sa réponse.",
      };
    case 'structure-driven':
      return { en: `It decides mostly from ${structure}.`, fr: `Il décide surtout d'après ${structure}.` };
    case 'context-driven':
      return {
        en: `It decides mostly from the surroundings, not ${structure}.`,
        fr: `Il décide surtout d'après l'entourage, pas ${structure}.`,
      };
    case 'mixed':
      return {
        en: `It uses both ${structure} and the surroundings.`,
        fr: `Il se sert de ${structure} et de son entourage.`,
      };
    case 'undetermined':
      if (because === 'fills') {
        return agreement === null
          ? {
              en: 'We cannot tell: the answer changes with the filling.',
              fr: 'On ne peut pas conclure : la réponse change avec le remplissage.',
            }
          : {
              en: `We cannot tell: the answer changes with the filling (r ${agreement.toFixed(2)}).`,
              fr: `On ne peut pas conclure : la réponse change avec le remplissage (r ${agreement.toFixed(2).replace('.', ',')}).`,
            };
      }
      if (because === 'unusable') {
        return {
          en: 'We cannot tell: hiding everything hardly moves the answer in most patients.',
          fr: 'On ne peut pas conclure : tout cacher ne change presque rien chez la plupart des patients.',
        };
      }
      return {
        en: 'We cannot tell yet whether it looks at the structure or around it: too few patients.',
        fr: "On ne peut pas encore dire s'il regarde la structure ou son entourage : trop peu de patients.",
      };
  }
}

/** Where the support lies, as far as the maps go: said whatever the verdict is. */
function detailOf(parts: readonly Kept[]): Words | null {
  const ranked = rankedOverInputs(parts);
  const outside = numberOf(ranked.find(({ kind }) => kind === 'outside')?.share ?? null);
  const inside = detailInside(ranked.filter(({ kind }) => kind !== 'outside'));
  if (outside === null || outside < leastOutside) return inside;
  const told = (point: string, of: string): string =>
    outside < 1
      ? `${percent(outside, point)} ${of}`
      : `${outside.toFixed(outside < 10 ? 1 : 0).replace('.', point)} × `;
  return {
    en: `Outside the body: ${told('.', 'of ')}the support of the whole body.${inside ? ` ${inside.en}` : ''}`,
    fr: `Hors du corps : ${told(',', 'de ')}l'appui de tout le corps.${inside ? ` ${inside.fr}` : ''}`,
  };
}

/** A smaller share outside the body, of that in it, is what windows at its edge bring. */
const leastOutside = 0.25;

function detailInside([first, second]: ReturnType<typeof rankedOverInputs>): Words | null {
  if (!first) return null;
  const share = numberOf(first.share);
  if (share === null) return null;
  const more = second ? numberOf(second.share) : null;
  const en = `${nameEn(first.name)} ${percent(share, '.')}`;
  const fr = `${nameFr(first.name)} ${percent(share, ',')}`;
  return {
    en: `Of the support in the body: ${en}${second && more !== null ? `, ${nameEn(second.name)} ${percent(more, '.')}` : ''}.`,
    fr: `De l'appui dans le corps : ${fr}${second && more !== null ? `, ${nameFr(second.name)} ${percent(more, ',')}` : ''}.`,
  };
}

const nameEn = (name: string): string => name;
const nameFr = (name: string): string => (name === 'unlabelled tissue' ? 'tissu hors contours' : name);

const numberOf = (figure: Figure): number | null =>
  figure === null || typeof figure === 'number' ? figure : figure.value;

const percent = (share: number, point: string): string =>
  `${(100 * share).toFixed(share < 0.1 ? 1 : 0).replace('.', point)}\u202f%`;

/** "Where does it look?" in words: the ruling, its numbers, and what speaks against trusting it. */
export function occlusionVerdict(
  ruled: Ruling,
  parts: readonly Kept[],
  structure: string | null,
  unfinished: boolean,
): Verdict {
  const patients = new Set(parts.map(({ patient }) => patient)).size;
  const agreements = parts.flatMap(({ fillAgreement }) => (fillAgreement === null ? [] : [fillAgreement]));
  const agreement = agreements.length === 0 ? null : agreements.reduce((sum, r) => sum + r, 0) / agreements.length;
  const caveats: Words[] = [];
  if (patients === 1) caveats.push({ en: 'one patient', fr: 'un seul patient' });
  else if (patients < 20)
    caveats.push({ en: `only ${String(patients)} patients`, fr: `seulement ${String(patients)} patients` });
  if (unfinished) caveats.push({ en: 'the run was stopped before its end', fr: 'le calcul a été arrêté avant la fin' });
  const unlike = agreement !== null && agreement < leastAgreement;
  if (unlike) {
    caveats.push({
      en: `another filling gives another map (r ${agreement.toFixed(2)})`,
      fr: `un autre remplissage donne une autre carte (r ${agreement.toFixed(2).replace('.', ',')})`,
    });
  }
  if (parts.every(({ hasStructures }) => !hasStructures)) {
    caveats.push({
      en: 'arrays have no structures to hold the map against',
      fr: "des tableaux n'ont pas de structures à confronter à la carte",
    });
  } else if (structure === null) {
    caveats.push({
      en: 'no structure was named to hold against its surroundings',
      fr: "aucune structure n'a été nommée pour être opposée à son entourage",
    });
  }
  if (parts.some(({ ownLabel }) => ownLabel)) {
    caveats.push({
      en: 'the label’s own structure is left out of its score',
      fr: 'la structure de l’étiquette est exclue de son propre score',
    });
  }
  const dots = 3 - (patients < 20 || unfinished ? 1 : 0) - (unlike || ruled.because === 'fills' ? 1 : 0);
  const { figures } = ruled;
  const detail = detailOf(parts);
  return {
    level: levels[ruled.code],
    code: ruled.code,
    confidence: ruled.code === 'undetermined' ? 'low' : dots >= 3 ? 'high' : dots === 2 ? 'moderate' : 'low',
    sentence: sentenceOf(ruled, structure ?? 'the structure', agreement),
    ...(detail ? { detail } : {}),
    evidence: [
      { label: { en: 'Usable patients', fr: 'Patients exploitables' }, value: figures.usable },
      {
        label: { en: 'Part of the structure', fr: 'Part de la structure' },
        value: numberOf(figures.players.structure),
      },
      {
        label: { en: 'Part of the surroundings', fr: "Part de l'entourage" },
        value: numberOf(figures.players.context),
      },
      {
        label: { en: 'Part of what lies outside', fr: "Part de l'extérieur" },
        value: numberOf(figures.players.outside),
      },
      {
        label: { en: 'The structure alone suffices by', fr: 'La structure seule suffit à' },
        value: numberOf(figures.sufficiency.structure),
      },
      { label: { en: 'Agreement of fillings (r)', fr: 'Accord des remplissages (r)' }, value: agreement },
    ],
    caveats,
  };
}

import type { CompareValues } from '../../../../shared/analysis/compare';
import { occlusion } from '../../../../shared/analysis/occlusion';
import { predict, type PredictValues } from '../../../../shared/analysis/predict';
import { robustness, type RobustnessValues } from '../../../../shared/analysis/robustness';
import type { Words } from '../../../../shared/words';
import type { ComparedNetwork, OpenInput } from '../analysis';

type Value = number | boolean | null;
type Measured = Map<string, Value>;

/** What one number of a patient is, and how far apart two of them may lie and still be called the same. */
export interface Measure {
  readonly said: Words;
  readonly unit: string;
  readonly margin: number | null;
}

/** The database an input comes from: a tag of that name, where its list gives one. */
export function databaseOf({ tags }: OpenInput): string | null {
  const named = tags?.['database'];
  return named === undefined ? null : String(named);
}

function ofPredict(values: PredictValues, measured: Measured): void {
  if (typeof values.right === 'boolean') measured.set('predict/right', values.right);
  for (const { label, dice, hd95Mm, volumeCc } of values.labels ?? []) {
    measured.set(`predict/dice/${label}`, dice);
    if (hd95Mm !== null) measured.set(`predict/hd95Mm/${label}`, hd95Mm);
    if (volumeCc !== null) measured.set(`predict/volumeCc/${label}`, volumeCc);
  }
  if (values.dose) {
    measured.set('predict/meanAbsoluteDifferenceGy', values.dose.meanAbsoluteDifferenceGy);
    for (const { structure, meanGy } of values.dose.structures) measured.set(`predict/meanGy/${structure}`, meanGy);
  }
}

function ofOcclusion(values: OcclusionLike, measured: Measured): void {
  for (const { name, share } of values.structures) measured.set(`occlusion/share/${name}`, share);
}
interface OcclusionLike {
  readonly structures: readonly { readonly name: string; readonly share: number | null }[];
}

/** A severity that was never reached counts as the largest one tried: it is at least that. */
function ofRobustness(values: RobustnessValues, measured: Measured): void {
  const { right, confidence, confidentWrong } = values.clean;
  if (right !== null) measured.set('robustness/right', right);
  if (confidence !== null) measured.set('robustness/confidence', confidence);
  if (confidentWrong !== null) measured.set('robustness/confidentWrong', confidentWrong);
  for (const { id, steps, unit, flip } of values.families) {
    const sizes = steps.flatMap(({ severity }) => (typeof severity === 'number' ? [Math.abs(severity)] : []));
    if (sizes.length === 0) continue;
    const first = typeof flip.severity === 'number' ? Math.abs(flip.severity) : null;
    measured.set(`robustness/firstFlip/${id}/${unit}`, first ?? Math.max(...sizes));
    measured.set(`robustness/censored/${id}`, first === null);
  }
}

const readers: Readonly<Record<string, (values: never, measured: Measured) => void>> = {
  [predict.id]: ofPredict,
  [occlusion.id]: ofOcclusion,
  [robustness.id]: ofRobustness,
};

/** What was measured of this input in each network, by measure. */
export function measuresOf(networks: readonly ComparedNetwork[]): CompareValues['measures'] {
  const all: Record<string, Record<string, Value>> = {};
  for (const { name, parts } of networks) {
    const measured: Measured = new Map();
    for (const [id, part] of parts) if (part) readers[id]?.(part.result.values as never, measured);
    for (const [key, value] of measured) (all[key] ??= {})[name] = value;
  }
  return all;
}

/** Not a measure of its own: it says which values of another are only bounds. */
export const isCensoring = (key: string): boolean => key.startsWith('robustness/censored/');
export const censoringOf = (key: string): string | null => {
  const [analysis, what, family] = key.split('/');
  return analysis === robustness.id && what === 'firstFlip' ? `robustness/censored/${family ?? ''}` : null;
};

const names: Readonly<Record<string, (subject: string) => Measure>> = {
  'predict/right': () => ({ said: { en: 'Right answers', fr: 'Bonnes réponses' }, unit: '', margin: 0.05 }),
  'predict/dice': (label) => ({ said: { en: `Dice of ${label}`, fr: `Dice de ${label}` }, unit: '', margin: 0.02 }),
  'predict/hd95Mm': (label) => ({ said: { en: `HD95 of ${label}`, fr: `HD95 de ${label}` }, unit: 'mm', margin: null }),
  'predict/volumeCc': (label) => ({
    said: { en: `Volume of ${label}`, fr: `Volume de ${label}` },
    unit: 'cc',
    margin: null,
  }),
  'predict/meanAbsoluteDifferenceGy': () => ({
    said: { en: 'Mean dose error', fr: 'Erreur de dose moyenne' },
    unit: 'Gy',
    margin: 0.5,
  }),
  'predict/meanGy': (structure) => ({
    said: { en: `Mean dose in ${structure}`, fr: `Dose moyenne dans ${structure}` },
    unit: 'Gy',
    margin: 0.5,
  }),
  'occlusion/share': (structure) => ({
    said: { en: `Share of the effect in ${structure}`, fr: `Part de l’effet dans ${structure}` },
    unit: '',
    margin: 0.05,
  }),
  'robustness/right': () => ({
    said: { en: 'Right on the intact input', fr: 'Juste sur l’entrée intacte' },
    unit: '',
    margin: 0.05,
  }),
  'robustness/confidence': () => ({ said: { en: 'Confidence', fr: 'Confiance' }, unit: '', margin: 0.05 }),
  'robustness/confidentWrong': () => ({
    said: { en: 'Confidently wrong', fr: 'Trompé avec assurance' },
    unit: '',
    margin: 0.05,
  }),
};

/** What a measure is called; of breaking points the unit stands last in its name. */
export function measureOf(key: string): Measure {
  const [analysis = '', what = '', ...rest] = key.split('/');
  if (what === 'firstFlip') {
    const [family = '', ...unit] = rest;
    return {
      said: { en: `First change of the answer, ${family}`, fr: `Premier changement de réponse, ${family}` },
      unit: unit.join('/'),
      margin: null,
    };
  }
  const named = names[`${analysis}/${what}`];
  return named ? named(rest.join('/')) : { said: { en: key, fr: key }, unit: '', margin: null };
}

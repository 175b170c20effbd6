import type { PredictMetrics, PredictValues } from '../../../../shared/analysis/predict';
import type { Figure, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { meanInterval } from '../statistics/meanInterval';

/** What one input leaves for the means over patients. */
export interface Kept {
  readonly patient: string;
  readonly values: Pick<PredictValues, 'right' | 'labels' | 'dose'>;
}

type Pick1 = (values: Kept['values']) => number | null | undefined;

/** One number a patient: the mean of those of its inputs that have one. */
function byPatient(kept: readonly Kept[], pick: Pick1): readonly number[] {
  const patients = new Map<string, number[]>();
  for (const { patient, values } of kept) {
    const value = pick(values);
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    patients.set(patient, [...(patients.get(patient) ?? []), value]);
  }
  return [...patients.values()].map((own) => own.reduce((sum, value) => sum + value, 0) / own.length);
}

const wordsIn = (kept: readonly Kept[], names: (values: Kept['values']) => readonly string[]): readonly string[] => [
  ...new Set(kept.flatMap(({ values }) => names(values))),
];

/** Means over patients with their 95 % intervals: none below 5 patients, Student's t below 20, from there the bootstrap. */
export function metricsOf(kept: readonly Kept[]): {
  readonly metrics: PredictMetrics;
  readonly warnings: readonly Warning[];
} {
  const rough: boolean[] = [];
  const figure = (pick: Pick1): Figure => {
    const values = byPatient(kept, pick);
    if (values.length === 0) return null;
    const { value, ci95, approximate } = meanInterval(values);
    if (ci95 === null) return value;
    rough.push(approximate);
    return { value, ci95: [ci95[0], ci95[1]] };
  };
  const labels = wordsIn(kept, ({ labels: own }) => (own ?? []).map(({ label }) => label));
  const ofLabel = (key: 'dice' | 'hd95Mm' | 'volumeCc' | 'truthVolumeCc'): Record<string, Figure> =>
    Object.fromEntries(
      labels.map((label) => [label, figure(({ labels: own }) => own?.find((one) => one.label === label)?.[key])]),
    );
  const structures = wordsIn(kept, ({ dose }) => (dose?.structures ?? []).map(({ structure }) => structure));
  const ofStructure = (name: string, key: 'meanDifferenceGy' | 'meanAbsoluteDifferenceGy'): Figure =>
    figure(({ dose }) => dose?.structures.find(({ structure }) => structure === name)?.[key]);
  const judged = kept.some(({ values }) => typeof values.right === 'boolean');
  const dosed = kept.some(({ values }) => values.dose !== undefined);

  const metrics: PredictMetrics = {
    patients: new Set(kept.map(({ patient }) => patient)).size,
    inputs: kept.length,
    ...(judged ? { accuracy: figure(({ right }) => (typeof right === 'boolean' ? Number(right) : null)) } : {}),
    ...(labels.length > 0
      ? {
          dice: ofLabel('dice'),
          hd95Mm: ofLabel('hd95Mm'),
          volumeCc: ofLabel('volumeCc'),
          truthVolumeCc: ofLabel('truthVolumeCc'),
        }
      : {}),
    ...(dosed
      ? {
          meanDifferenceGy: figure(({ dose }) => dose?.meanDifferenceGy),
          meanAbsoluteDifferenceGy: figure(({ dose }) => dose?.meanAbsoluteDifferenceGy),
          structures: Object.fromEntries(
            structures.map((name) => [
              name,
              {
                meanDifferenceGy: ofStructure(name, 'meanDifferenceGy'),
                meanAbsoluteDifferenceGy: ofStructure(name, 'meanAbsoluteDifferenceGy'),
              },
            ]),
          ),
        }
      : {}),
  };
  return { metrics, warnings: rough.includes(true) ? [warningOf('analysis/interval-approximate')] : [] };
}

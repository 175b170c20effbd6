import type { Figure } from '../../../../shared/result';
import {
  defaultBins,
  equalMassBins,
  expectedCalibrationError,
  fewestForCalibration,
  type Judged,
} from '../statistics/calibration';
import { meanInterval } from '../statistics/meanInterval';
import { clopperPearson } from '../statistics/proportion';

/** Set where an interval of few patients was given. */
export interface Rough {
  approximate: boolean;
}

/** One number a patient: the mean of those of its inputs that have one. */
export function byPatient(
  values: readonly { readonly patient: string; readonly value: number | null | undefined }[],
): readonly number[] {
  const patients = new Map<string, number[]>();
  for (const { patient, value } of values) {
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    patients.set(patient, [...(patients.get(patient) ?? []), value]);
  }
  return [...patients.values()].map((own) => own.reduce((sum, value) => sum + value, 0) / own.length);
}

/** The mean over patients; of yes and no an exact interval, of other numbers that of a mean. */
export function patientFigure(
  values: readonly { readonly patient: string; readonly value: number | null | undefined }[],
  rough: Rough,
  proportion = false,
): Figure {
  const own = byPatient(values);
  if (own.length === 0) return null;
  if (proportion && own.every((value) => value === 0 || value === 1)) {
    const k = own.filter((value) => value === 1).length;
    const [low, high] = clopperPearson(k, own.length);
    return { value: k / own.length, ci95: [low, high] };
  }
  const { value, ci95, approximate } = meanInterval(own);
  if (ci95 === null) return value;
  if (approximate) rough.approximate = true;
  return { value, ci95: [ci95[0], ci95[1]] };
}

/** Inputs with a truth and a confidence, and how many patients they are of. */
export function judgedOf(
  cases: readonly { readonly patient: string; readonly right: boolean | null; readonly confidence: number | null }[],
): { readonly judged: readonly Judged[]; readonly patients: number } {
  const known = cases.filter(({ right, confidence }) => right !== null && confidence !== null);
  return {
    judged: known.map(({ right, confidence }) => ({ right: right === true ? 1 : 0, confidence: confidence as number })),
    patients: new Set(known.map(({ patient }) => patient)).size,
  };
}

/** null below 100 patients: a perfect network of fewer would show as much. */
export function calibrationErrorOf(cases: Parameters<typeof judgedOf>[0]): number | null {
  const { judged, patients } = judgedOf(cases);
  return patients < fewestForCalibration
    ? null
    : expectedCalibrationError(equalMassBins(judged, defaultBins(judged.length)));
}

import type { Figure } from '../../../../shared/result';
import { meanInterval } from '../statistics/meanInterval';

export interface PatientValue {
  readonly patient: string;
  readonly value: number | null;
}

/** One value a patient: the mean of its inputs. */
export function byPatient(rows: readonly PatientValue[]): number[] {
  const groups = new Map<string, number[]>();
  for (const { patient, value } of rows)
    if (value !== null) groups.set(patient, [...(groups.get(patient) ?? []), value]);
  return [...groups.values()].map((values) => values.reduce((sum, v) => sum + v, 0) / values.length);
}

/** The mean over patients with its interval, where there are enough of them; null of none. */
export function figureOf(rows: readonly PatientValue[]): Figure {
  const { n, value, ci95 } = meanInterval(byPatient(rows));
  if (n === 0) return null;
  return ci95 ? { value, ci95: [ci95[0], ci95[1]] } : value;
}

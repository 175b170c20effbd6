import type { RobustnessValues } from '../../../../shared/analysis/robustness';
import {
  familyFacts,
  type FamilyFacts,
  type FamilyId,
  type Severity,
} from '../../../../shared/analysis/robustnessFamilies';

/** What one input leaves for the figures over patients. */
export interface Kept {
  readonly patient: string;
  readonly values: RobustnessValues;
  readonly refused: readonly FamilyId[];
  /** A classifier's scores and true class, where both are known. */
  readonly scored: { readonly scores: readonly number[]; readonly truth: number | null } | null;
}

/** Breaking points of patients: the earliest of each one's inputs; those that never broke are censored at the worst severity tried. */
export function patientLifetimes(
  kept: readonly Kept[],
  id: FamilyId,
  pick: (
    family: RobustnessValues['families'][number],
  ) => { readonly severity: Severity | null; readonly recovers: number } | null,
  sizeOf: (facts: FamilyFacts, severity: number) => number,
  worst: number,
): readonly {
  readonly patient: string;
  readonly severity: Severity | null;
  readonly time: number;
  readonly recovers: boolean;
}[] {
  const facts = familyFacts[id];
  const byPatient = new Map<string, { patient: string; severity: Severity | null; time: number; recovers: boolean }>();
  for (const { patient, values } of kept) {
    const family = values.families.find((one) => one.id === id);
    const broken = family ? pick(family) : null;
    if (broken === null) continue;
    const { severity } = broken;
    const time = severity === null ? worst : typeof severity === 'string' ? worst : sizeOf(facts, severity);
    const known = byPatient.get(patient);
    const earlier = known === undefined || (severity !== null && (known.severity === null || time < known.time));
    const recovers = broken.recovers > 0 || known?.recovers === true;
    byPatient.set(patient, earlier ? { patient, severity, time, recovers } : { ...known, recovers });
  }
  return [...byPatient.values()];
}

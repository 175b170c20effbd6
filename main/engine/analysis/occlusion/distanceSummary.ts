import type { DistanceSummary } from '../../../../shared/analysis/occlusionFurther';
import type { Figure, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { cloudOf, distanceFrom } from '../statistics/mahalanobis';
import { quantile } from '../statistics/quantile';
import type { FeatureRows } from './featureRows';
import { figureOf } from './figure';

export interface PatientRows {
  readonly patient: string;
  readonly features: FeatureRows;
}

/** Patients are judged by those of the other parts, so that none is near because it is itself part of the cloud. */
const mostFolds = 10;
const fewestPatients = 5;
/** Below so many intact entries nothing lies beyond 99 % of them. */
const fewestForPercentile = 100;

/**
 * Mahalanobis distances of hidden entries from the intact ones of other patients, against the distances of intact ones. null with fewer than five
 * patients. *Source* methods §1.4, Disagreement.
 */
export function distanceSummary(parts: readonly PatientRows[]): {
  readonly summary: DistanceSummary | null;
  readonly warnings: readonly Warning[];
} {
  const patients = [...new Set(parts.map(({ patient }) => patient))];
  const [first] = parts;
  if (!first) return { summary: null, warnings: [] };
  if (patients.length < fewestPatients)
    return { summary: null, warnings: [warningOf('analysis/few-for-distance', { patients: patients.length })] };
  const folds = Math.min(mostFolds, patients.length);
  const foldOf = (patient: string): number => patients.indexOf(patient) % folds;
  const clouds = Array.from({ length: folds }, (_, fold) =>
    cloudOf(parts.flatMap(({ patient, features }) => (foldOf(patient) === fold ? [] : features.intact))),
  );
  const far = (patient: string, rows: readonly (readonly number[])[]): number[] => {
    const cloud = clouds[foldOf(patient)];
    return cloud ? rows.map((row) => distanceFrom(cloud, row)).filter((distance) => !Number.isNaN(distance)) : [];
  };
  const intact = parts.flatMap(({ patient, features }) => far(patient, features.intact));
  if (intact.length === 0) return { summary: null, warnings: [] };
  const middle = quantile(intact, 0.5);
  const limit = intact.length >= fewestForPercentile ? quantile(intact, 0.99) : null;
  const fills = first.features.hidden.map(({ fill }) => {
    const found = parts.map(({ patient, features }) => ({
      patient,
      distances: far(patient, features.hidden.find((own) => own.fill === fill)?.rows ?? []),
    }));
    const over = (of: (distances: readonly number[]) => number): Figure =>
      figureOf(
        found.map(({ patient, distances }) => ({ patient, value: distances.length > 0 ? of(distances) : null })),
      );
    const every = found.flatMap(({ distances }) => distances);
    const typical = every.length > 0 ? quantile(every, 0.5) : NaN;
    return {
      fill,
      n: new Set(found.filter(({ distances }) => distances.length > 0).map(({ patient }) => patient)).size,
      relative: over((distances) => quantile(distances, 0.5) / middle),
      percentile: every.length > 0 ? intact.filter((distance) => distance <= typical).length / intact.length : null,
      beyond99:
        limit === null ? null : over((distances) => distances.filter((d) => d > limit).length / distances.length),
    };
  });
  const beyond = fills.filter(({ percentile }) => limit !== null && percentile !== null && percentile > 0.99);
  return {
    summary: {
      node: first.features.node,
      channels: first.features.intact[0]?.length ?? 0,
      patients: patients.length,
      intact: intact.length,
      fills,
    },
    warnings: [
      ...beyond.map(({ fill }) => warningOf('analysis/hidden-far-from-database', { fill })),
      ...(limit === null ? [warningOf('analysis/few-for-percentile', { entries: intact.length })] : []),
    ],
  };
}

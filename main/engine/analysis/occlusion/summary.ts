import type { OcclusionSummary, OcclusionValues, RankedStructure } from '../../../../shared/analysis/occlusion';
import type { Figure } from '../../../../shared/result';
import { figureOf } from './figure';
import { distanceSummary } from './distanceSummary';
import type { FeatureRows } from './featureRows';
import type { Further } from './inquiry';
import { furtherSummary } from './furtherSummary';
import type { PatientGame } from './verdictRules';

/** What one input leaves for the summary. */
export interface Kept {
  readonly patient: string;
  readonly structures: OcclusionValues['structures'];
  readonly game: PatientGame | null;
  readonly further: Further;
  readonly features: FeatureRows | null;
  readonly fillAgreement: number | null;
  readonly ownLabel: boolean;
  readonly hasStructures: boolean;
}

const sizeOf = (figure: Figure): number => (figure === null ? -1 : typeof figure === 'number' ? figure : figure.value);

/** Structures over inputs, one line a name, falling by mean share. */
export function rankedOverInputs(parts: readonly Kept[]): RankedStructure[] {
  const names = new Map(
    parts.flatMap(({ structures }) => structures.map(({ name, kind }) => [`${kind} ${name}`, { name, kind }])),
  );
  const rows = [...names.values()].map(({ name, kind }): RankedStructure => {
    const found = parts.flatMap(({ patient, structures }) =>
      structures.filter((own) => own.name === name && own.kind === kind).map((own) => ({ patient, own })),
    );
    const over = (of: (own: OcclusionValues['structures'][number]) => number | null): Figure =>
      figureOf(found.map(({ patient, own }) => ({ patient, value: of(own) })));
    return {
      name,
      kind,
      n: new Set(found.map(({ patient }) => patient)).size,
      share: over(({ share }) => share),
      perVolume: over(({ perVolume }) => perVolume),
      mean: over(({ mean }) => mean),
      peak: over(({ peak }) => peak),
    };
  });
  return rows.sort((a, b) => sizeOf(b.share) - sizeOf(a.share));
}

/** The game of each patient: the first input's where a patient has several, so that no patient counts twice. */
export function gamesOf(parts: readonly Kept[]): readonly PatientGame[] {
  const games = new Map<string, PatientGame>();
  for (const { patient, game } of parts) if (game && !games.has(patient)) games.set(patient, game);
  return [...games.values()];
}

/** Distances of hidden inputs from the database, where they were asked for, with what has to be said of them. */
export const distancesOf = (parts: readonly Kept[]): ReturnType<typeof distanceSummary> =>
  distanceSummary(parts.flatMap(({ patient, features }) => (features ? [{ patient, features }] : [])));

export const summaryOf = (
  parts: readonly Kept[],
  verdict: OcclusionSummary['verdict'],
  distances: OcclusionSummary['databaseDistance'] | null,
): OcclusionSummary => ({
  patients: new Set(parts.map(({ patient }) => patient)).size,
  structures: rankedOverInputs(parts),
  verdict,
  ...furtherSummary(parts),
  ...(distances ? { databaseDistance: distances } : {}),
});

import { robustness, type RobustnessSummary } from '../../../shared/analysis/robustness';
import { familyFacts, type FamilyId, type Severity } from '../../../shared/analysis/robustnessFamilies';
import type { Figure } from '../../../shared/result';

/** What a run found over its inputs; null where the figures cannot be read. */
export function robustnessSummary(summary: unknown): RobustnessSummary | null {
  const read = robustness.summary.safeParse(summary);
  return read.success ? read.data : null;
}

export const valueOf = (figure: Figure | undefined): number | null =>
  figure === null || figure === undefined ? null : typeof figure === 'number' ? figure : figure.value;

export const intervalOf = (figure: Figure | undefined): readonly [number, number] | null =>
  figure === null || figure === undefined || typeof figure === 'number' ? null : figure.ci95;

/** How far a severity lies from the clean input, as a share of the largest tried: what lets families share an axis. */
export function strengthOf(id: FamilyId, severity: Severity, tested: readonly Severity[]): number | null {
  if (typeof severity === 'string') return null;
  const { clean } = familyFacts[id];
  const worst = Math.max(...tested.map((one) => (typeof one === 'number' ? Math.abs(one - clean) : 0)));
  return worst === 0 ? null : Math.abs(severity - clean) / worst;
}

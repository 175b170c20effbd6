import type { AnalysisResult, ErrorEntry } from '../../../shared/result';
import type { Context, Part } from '../analysis/analysis';
import type { Illustration } from '../result/illustrate';
import type { Plan, PlannedAnalysis } from './plan';

/** What one input of a run has left so far. */
export interface InputOutcome {
  /** Its place among the job's inputs, from 0. */
  readonly n: number;
  /** One entry an analysis of the plan; null where there is none. */
  readonly parts: (Part | null)[];
  /** The names of the parts that are kept in the folder. */
  readonly names: (string | null)[];
  readonly errors: ErrorEntry[];
  readonly illustrations: Illustration[];
}

export const noOutcome = ({ analyses }: Plan, n: number): InputOutcome => ({
  n,
  parts: analyses.map(() => null),
  names: analyses.map(() => null),
  errors: [],
  illustrations: [],
});

function analysisResultOf(step: PlannedAnalysis, parts: readonly Part[], context: Context): AnalysisResult {
  const { definition } = step.analysis;
  const { summary, verdict, warnings } = step.analysis.conclude(parts, context, step.parameters);
  return {
    id: definition.id,
    parameters: step.parameters as Record<string, unknown>,
    verdict,
    summary,
    inputs: parts.map(({ result }) => result),
    ...(warnings && warnings.length > 0 ? { warnings: [...warnings] } : {}),
    ...(parts.some(({ partial }) => partial === true) ? { partial: true } : {}),
  };
}

/** What inputs left, in the job's order, as results: a run and the shards of one come to the same here. */
export function concluded(
  plan: Plan,
  outcomes: readonly InputOutcome[],
  context: Context,
): { readonly analyses: AnalysisResult[]; readonly errors: ErrorEntry[] } {
  const ordered = [...outcomes].sort((a, b) => a.n - b.n);
  return {
    analyses: plan.analyses.map((step, at) =>
      analysisResultOf(
        step,
        ordered.flatMap(({ parts }) => parts[at] ?? []),
        context,
      ),
    ),
    errors: ordered.flatMap(({ errors }) => errors),
  };
}

import type { AnalysisResult, ErrorEntry, InputResult } from '../../../shared/result';
import type { Context, Part } from '../analysis/analysis';
import type { Illustration } from '../result/illustrate';
import type { NamedNetwork, Plan, PlannedAnalysis } from './plan';
import { comparedOf, contextOf } from './stepContext';

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

/** Its entry with further files; what lies on the disk is read when it is looked at. */
const withFiles = (result: InputResult, files: InputResult['files']): InputResult => ({
  id: result.id,
  get values() {
    return result.values;
  },
  get files() {
    return { ...result.files, ...files };
  },
  get warnings() {
    return result.warnings;
  },
});

function analysisResultOf(step: PlannedAnalysis, parts: readonly Part[], context: Context): AnalysisResult {
  const { definition } = step.analysis;
  const { summary, verdict, ...more } = step.analysis.conclude(parts, context, step.parameters);
  const alone = context.alone?.result;
  const warnings = [...(alone?.warnings ?? []), ...(more.warnings ?? [])];
  return {
    id: definition.id,
    parameters: step.parameters as Record<string, unknown>,
    verdict,
    summary,
    inputs: parts.map(({ result }) => {
      const files = more.inputFiles?.[result.id];
      return files ? withFiles(result, files) : result;
    }),
    ...(alone && Object.keys(alone.files).length > 0 ? { files: alone.files } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
    ...([...parts, context.alone].some((part) => part?.partial === true) ? { partial: true } : {}),
  };
}

/** What inputs left, in the job's order, as results: a run and the shards of one come to the same here. `folder`: where files lie. */
export function concluded(
  plan: Plan,
  outcomes: readonly InputOutcome[],
  context: Context,
  alone: readonly (Part | null)[],
  folder: string,
): { readonly analyses: AnalysisResult[]; readonly errors: ErrorEntry[] } {
  const ordered = [...outcomes].sort((a, b) => a.n - b.n);
  const handed = new Map<NamedNetwork, Map<string, AnalysisResult>>();
  const results = plan.analyses.map((step, at) => {
    const own = { ...contextOf(plan, step, context, folder), networks: step.networks, alone: alone[at] ?? null };
    const compared = own.compared && comparedOf(plan, folder, undefined, (of) => handed.get(of) ?? new Map());
    const parts = ordered.flatMap(({ parts }) => parts[at] ?? []);
    const result = analysisResultOf(step, parts, compared ? { ...own, compared } : own);
    if (step.of) handed.set(step.of, (handed.get(step.of) ?? new Map<string, AnalysisResult>()).set(result.id, result));
    return result;
  });
  return {
    analyses: results.filter((_, at) => plan.analyses[at]?.of === undefined),
    errors: ordered.flatMap(({ errors }) => errors),
  };
}

import {
  CleanState as Clean,
  robustness as definition,
  type InputFamilyFigures,
  type RobustnessParameters,
  type RobustnessValues,
} from '../../../../shared/analysis/robustness';
import {
  familyFacts,
  metadataFaults,
  sizeOf,
  type FamilyId,
  type Severity,
} from '../../../../shared/analysis/robustnessFamilies';
import { IsolensError, sentencesOf } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { InputWriter } from '../../result/inputWriter';
import type { Analysis, Context, OpenInput } from '../analysis';
import { ask } from './ask';
import { saveDegraded } from './degraded';
import { equivarianceOf, periodOf, shiftsOf } from './equivariance';
import type { Family } from './family';
import type { State } from './judge';
import { judgeOf } from './judgeOf';
import { familyOf } from './list';
import type { Subject } from './subject';
import { subjectOf } from './subjectOf';
import type { Kept } from './kept';
import { concluded } from './summary';
import { sweep, type SweepOutcome } from './sweep';

/** The seeds that a job names, or as many as it asks for, from 1. */
const seedsOf = ({ seeds }: RobustnessParameters): readonly number[] =>
  typeof seeds === 'number' ? Array.from({ length: seeds }, (_, n) => n + 1) : seeds;

/** The grid of a family: what the job names, else its own; "on" stands for every fault. */
function severitiesOf({ id, severities }: RobustnessParameters['families'][number]): readonly Severity[] {
  const asked = severities.length > 0 ? severities : familyFacts[id].severities;
  return id === 'metadata' ? asked.flatMap((one) => (one === 1 ? [...metadataFaults] : [one])) : asked;
}

/** States that a draw's bisections take, as often as not. */
const bisections = 3;

/** States of the grid, and of the bisections. */
function statesOf(parameters: RobustnessParameters): number {
  const seeds = seedsOf(parameters).length;
  return parameters.families.reduce((sum, family) => {
    const draws = familyFacts[family.id].stochastic === true ? seeds : 1;
    return sum + draws * (severitiesOf(family).length + bisections);
  }, 1);
}

/**
 * Degrading, preparing anew and judging, roughly, of each voxel of the input and state: of an array, of a study, and where each voxel of
 * the answer is judged.
 */
const secondsAVoxel = { array: 3e-8, study: 2.5e-7, voxelwise: 1e-6 } as const;

function besidesOf({ prepared }: OpenInput, { recipe }: Context, parameters: RobustnessParameters): number {
  const voxels = prepared.array.values.length / (prepared.array.shape.at(-1) ?? 1);
  const kind = recipe?.output.kind;
  const voxelwise = kind === 'segmentation' || kind === 'regression';
  const each = voxelwise ? secondsAVoxel.voxelwise : prepared.grid ? secondsAVoxel.study : secondsAVoxel.array;
  return statesOf(parameters) * voxels * each;
}

/** A state as results.json holds it, without what only its judge reads. */
const plain = (state: State): RobustnessValues['clean'] => Clean.parse(state);

const untested = (id: FamilyId, alreadyWrong: boolean): InputFamilyFigures => ({
  id,
  unit: familyFacts[id].unit,
  steps: [],
  flip: { severity: null, first: null, reached: 0, draws: 0, recovers: 0 },
  confidentlyWrong: { severity: null, first: null, reached: 0, draws: 0, recovers: 0 },
  alreadyWrong,
});

/** Severities of lengths and values are taken as voxels and network units where nothing says what those are: that is told once. */
function scaleWarnings(subject: Subject, families: readonly FamilyId[]): readonly Warning[] {
  const units = families.map((id) => familyFacts[id].unit);
  return [
    ...(!subject.inUnits && units.includes('HU') ? [warningOf('robustness/network-units')] : []),
    ...(families.includes('low-dose') ? [warningOf('robustness/low-dose-optimistic')] : []),
    ...(!subject.inMm && units.includes('mm') ? [warningOf('robustness/voxel-units')] : []),
  ];
}

/** Families that the input admits, the others with what is said of them. */
function admitted(
  subject: Subject,
  parameters: RobustnessParameters,
): {
  readonly families: readonly { family: Family; severities: readonly Severity[] }[];
  readonly warnings: readonly Warning[];
  readonly refused: readonly FamilyId[];
} {
  const warnings: Warning[] = [];
  const refused: FamilyId[] = [];
  const families = parameters.families.flatMap((asked) => {
    const family = familyOf(asked.id);
    const refusal = family.refusal(subject);
    const grid = severitiesOf(asked);
    const severities = grid.filter((severity) => family.admits?.(subject, severity) ?? true);
    const left = grid.filter((severity) => !severities.includes(severity));
    if (refusal !== null) warnings.push(refusal);
    else if (left.length > 0)
      warnings.push(warningOf('robustness/severities-not-here', { family: asked.id, severities: left.join(', ') }));
    if (refusal === null && severities.length > 0) return [{ family, severities }];
    refused.push(asked.id);
    return [];
  });
  return {
    families,
    warnings: [
      ...warnings,
      ...scaleWarnings(
        subject,
        families.map(({ family }) => family.id),
      ),
    ],
    refused,
  };
}

/** How much worse an input may get before the answer changes, family by family. */
export const robustness: Analysis<RobustnessParameters> = {
  definition,

  passes: ({ prepared }, context, parameters) =>
    (prepared.array.shape[0] ?? 1) *
    (statesOf(parameters) + (parameters.equivariance ? 1 + shiftsOf(periodOf(context)).length : 0)),
  besides: besidesOf,

  async *onInput(input, context: Context, parameters, writer: InputWriter, signal) {
    const { prepared } = input;
    const subject = await subjectOf(input, context);
    const judge = await judgeOf(context, input, parameters, async (fetches) => {
      const [outputs] = await ask(context, [prepared], fetches, signal);
      return outputs as NonNullable<typeof outputs>;
    });
    const { clean } = judge;
    const alreadyWrong = clean.right === false;
    const { families, warnings: told, refused: notAdmitted } = admitted(subject, parameters);
    const [warnings, refused] = [[...told], [...notAdmitted]];
    const results: InputFamilyFigures[] = [];
    const files: Record<string, Record<string, string>> = {};
    let passes = prepared.array.shape[0] ?? 1;
    for (const [n, { family, severities }] of families.entries()) {
      const shown: Record<string, string> = {};
      const running = sweep({
        subject,
        family,
        severities,
        seeds: seedsOf(parameters),
        judge,
        move: parameters.move,
        context,
        signal,
        alreadyWrong,
        ...(parameters.degraded
          ? {
              shown: async (severity, degraded) => {
                shown[String(severity)] = await saveDegraded(family.id, severity, degraded.prepared, writer);
              },
            }
          : {}),
      });
      let step: IteratorResult<number, SweepOutcome>;
      try {
        for (step = await running.next(); step.done !== true; step = await running.next())
          yield { kind: 'progress', done: (n + step.value) / families.length, stage: family.id };
      } catch (thrown) {
        // One degradation that this input cannot bear (no tissue to measure, no gradient) leaves the others standing.
        if (!(thrown instanceof IsolensError) || signal.aborted || thrown.problem.code === 'engine/cancelled')
          throw thrown;
        const reason = sentencesOf(thrown.problem, 'en').message;
        warnings.push(warningOf('robustness/family-failed', { family: family.id, reason }));
        refused.push(family.id);
        continue;
      }
      const { steps, flip, confidentlyWrong, found } = step.value;
      passes += step.value.passes;
      const attack =
        found === null
          ? {}
          : { attack: { l2Hu: found.l2Hu, linfHu: found.linfHu, rmsHu: found.rmsHu, l2: found.l2, linf: found.linf } };
      results.push({
        id: family.id,
        unit: familyFacts[family.id].unit,
        steps: [...steps],
        flip,
        confidentlyWrong,
        alreadyWrong,
        ...attack,
      });
      if (parameters.degraded) files[family.id] = shown;
    }
    const all = [...results, ...refused.map((id) => untested(id, alreadyWrong))];
    const first = (pick: (one: InputFamilyFigures) => Severity | null): Partial<Record<FamilyId, Severity | null>> =>
      Object.fromEntries(all.map((one) => [one.id, pick(one)]));
    const equivariance = parameters.equivariance ? await equivarianceOf(input, context, signal) : undefined;
    if (equivariance) passes += (prepared.array.shape[0] ?? 1) * (1 + equivariance.shifts.length);
    const values: RobustnessValues = {
      kind: judge.kind,
      truth: judge.truth,
      clean: plain(clean),
      families: results,
      firstFlip: first(({ flip }) => flip.severity),
      firstConfidentlyWrong: first(({ confidentlyWrong }) => confidentlyWrong.severity),
      ...(equivariance === undefined ? {} : { equivariance }),
      passes,
    };
    const kept: Kept = {
      patient: prepared.patient,
      values,
      refused: [...refused],
      scored: clean.logits
        ? { scores: [...clean.logits], truth: truthIndex(context, input, clean.logits.length) }
        : null,
    };
    return {
      result: {
        id: prepared.id,
        values,
        files: parameters.degraded ? { degraded: files } : {},
        warnings: [...prepared.warnings, ...judge.warnings, ...warnings],
      },
      kept,
    };
  },

  conclude: (parts, context, parameters) =>
    concluded(
      parts.map(({ kept }) => kept as Kept),
      context,
      parameters,
      { severitiesOf, sizeOf },
    ),
};

/** The number of the true class among the scores; null where the job does not say it. */
function truthIndex({ recipe }: Context, { label }: OpenInput, count: number): number | null {
  if (label === null) return null;
  if (recipe?.output.kind !== 'classification') return Number(label) < count ? Number(label) : null;
  const { labels } = recipe.output;
  return labels.length === 1 ? 1 - labels.indexOf(label) : labels.indexOf(label);
}

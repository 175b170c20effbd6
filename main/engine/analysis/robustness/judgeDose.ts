import type { DoseState, RobustnessParameters } from '../../../../shared/analysis/robustness';
import { multiply } from '../../../../shared/geometry';
import type { Output } from '../../../../shared/recipe';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import type { Volume } from '../../../../shared/volume';
import { warningOf } from '../../../../shared/warning';
import type { Context, OpenInput } from '../analysis';
import { placingOf } from '../placing';
import type { Fetch, NetworkArray } from '../../network/network';
import { hasVolume, planDoseFor, sameFrame } from '../../recipe/source';
import type { Study } from '../../study/study';
import { quantile } from '../statistics/quantile';
import { maskOf } from '../../volume/mask';
import { resample } from '../../volume/resample';
import type { Judge, Outputs, State } from './judge';
import type { DegradedInput } from './subject';

type Regression = Extract<Output, { kind: 'regression' }>;

/** Share of the prescription, and Gy where there is none. */
const toleranceShare = 0.03;
const toleranceGy = 2;
/** Voxels below this share of the largest dose do not count: air would make every network look right. */
const lowDose = 0.1;

function toleranceOf({ study }: OpenInput, parameters: RobustnessParameters): number {
  if (parameters.toleranceGy !== undefined) return parameters.toleranceGy;
  const prescribed = Math.max(0, ...(study?.plans[0]?.shape.prescriptions ?? []).map(({ doseGy }) => doseGy));
  return prescribed > 0 ? toleranceShare * prescribed : toleranceGy;
}

const largestOf = (values: Float32Array): number =>
  values.reduce((most, value) => (value > most ? value : most), -Infinity);

/** Mean |a − b| where the reference is not low, and the share of voxels there that differ by more than the tolerance. */
function difference(a: Float32Array, b: Float32Array, limitGy: number): { mean: number; failing: number } | null {
  const low = lowDose * largestOf(b);
  let [sum, failing, count] = [0, 0, 0];
  for (let v = 0; v < a.length; v++) {
    const [one, other] = [a[v] as number, b[v] as number];
    if (!(other >= low) || Number.isNaN(one)) continue;
    const apart = Math.abs(one - other);
    sum += apart;
    if (apart > limitGy) failing++;
    count++;
  }
  return count === 0 ? null : { mean: sum / count, failing: failing / count };
}

/**
 * A predicted dose against the plan's: right where its mean absolute error is within the tolerance. It has no confidence, and its answer counts
 * as changed where it has moved from its clean self by more than the tolerance. *Problems* analysis/labels-do-not-fit.
 */
export async function judgeDose(
  context: Context,
  input: OpenInput,
  recipe: Regression,
  parameters: RobustnessParameters,
  clean: (fetches: readonly Fetch[]) => Promise<Outputs>,
): Promise<Judge> {
  const node = context.network.graph.outputs[0]?.node ?? '';
  const fetches: readonly Fetch[] = [{ node, stage: 'output' }];
  const limitGy = toleranceOf(input, parameters);
  const warnings: Warning[] = [];

  function doseIn(
    outputs: Outputs,
    { prepared }: Pick<DegradedInput, 'prepared'>,
  ): Volume<Float32Array> | Float32Array {
    const output = outputs.get(node) as NetworkArray;
    if (output.shape.at(-1) !== 1)
      throw new IsolensError('analysis/labels-do-not-fit', { labels: 1, given: `[${output.shape.join(', ')}]` });
    const inGy = output.values.map((value) => value * recipe.unitGy);
    const placing = prepared.grid === null ? null : placingOf(context.network, prepared, node, output.shape);
    return placing === null ? inGy : { ...prepared.toVolume(inGy, placing), unit: 'Gy' };
  }
  const valuesOf = (dose: Volume<Float32Array> | Float32Array): Float32Array =>
    dose instanceof Float32Array ? dose : dose.values;

  let planned: { readonly study: Study; readonly key: string; readonly values: Float32Array } | null = null;
  function truthOf(dose: Volume<Float32Array> | Float32Array, { study }: DegradedInput): Float32Array | null {
    if (dose instanceof Float32Array || study === null) {
      const { truth } = input;
      return truth?.values.length === valuesOf(dose).length ? truth.values.map((value) => value * recipe.unitGy) : null;
    }
    const key = dose.grid.affine.join();
    if (planned?.study === study && planned.key === key) return planned.values;
    try {
      const { volume } = planDoseFor(study, dose.frameOfReference);
      planned = { study, key, values: resample(volume, dose.grid, 'trilinear', NaN).values };
      return planned.values;
    } catch (thrown) {
      // Without a plan's dose the prediction still stands; only the comparison is missing, and is said.
      if (thrown instanceof IsolensError) return null;
      throw thrown;
    }
  }

  const masks = new Map<string, readonly { readonly structure: string; readonly mask: Uint8Array }[]>();
  function structuresIn(dose: Volume<Float32Array> | Float32Array, { study }: DegradedInput): DoseState['structures'] {
    if (dose instanceof Float32Array || study === null) return [];
    const key = `${String(study === input.study)} ${dose.grid.affine.join()}`;
    const known =
      (study === input.study ? masks.get(key) : undefined) ??
      (study.structureSets[0]?.structures ?? [])
        .filter((one) => hasVolume(one) && sameFrame(one.frameOfReference, dose.frameOfReference))
        .map((one) => ({ structure: one.name, mask: maskOf(one, dose.grid) }));
    if (study === input.study) masks.set(key, known);
    return known.flatMap(({ structure, mask }) => {
      const inside = [...dose.values].filter((value, v) => mask[v] === 1 && !Number.isNaN(value));
      if (inside.length === 0) return [];
      return [
        {
          structure,
          meanGy: inside.reduce((sum, value) => sum + value, 0) / inside.length,
          d95Gy: quantile(inside, 0.05),
          d2Gy: quantile(inside, 0.98),
        },
      ];
    });
  }

  function referenceOn(dose: Volume<Float32Array> | Float32Array, { change }: DegradedInput): Float32Array | null {
    if (dose instanceof Float32Array || start instanceof Float32Array)
      return change.moved || valuesOf(start).length !== valuesOf(dose).length ? null : valuesOf(start);
    const affine = change.moved ? multiply(change.moved, start.grid.affine) : start.grid.affine;
    if (!change.moved && dose.grid.affine.join() === start.grid.affine.join()) return start.values;
    return resample({ ...start, grid: { ...start.grid, affine } }, dose.grid, 'trilinear', NaN).values;
  }

  function judged(dose: Volume<Float32Array> | Float32Array, degraded: DegradedInput): State {
    const truth = truthOf(dose, degraded);
    const error = truth === null ? null : difference(valuesOf(dose), truth, limitGy);
    const reference = referenceOn(dose, degraded);
    const change = reference === null ? null : difference(valuesOf(dose), reference, limitGy);
    return {
      right: error === null ? null : error.mean <= limitGy,
      confidence: null,
      confidentWrong: null,
      dose: {
        meanAbsoluteDifferenceGy: error?.mean ?? null,
        failingShare: error?.failing ?? null,
        meanChangeGy: change?.mean ?? null,
        structures: structuresIn(dose, degraded),
      },
    };
  }

  const outputs = await clean(fetches);
  const start = doseIn(outputs, input);
  const cleanState = judged(start, { prepared: input.prepared, study: input.study, change: {} });
  if (cleanState.right === null) warnings.push(warningOf('analysis/no-plan-dose'));
  const high = lowDose * largestOf((outputs.get(node) as NetworkArray).values);
  const counted = Uint8Array.from((outputs.get(node) as NetworkArray).values, (value) => (value >= high ? 1 : 0));
  const count = counted.reduce((sum, one) => sum + one, 0);
  const perEntry = counted.length / Math.max(1, outputs.get(node)?.shape[0] ?? 1);
  return {
    kind: 'regression',
    fetches,
    truth: cleanState.right === null ? null : 'dose',
    clean: cleanState,
    warnings,
    state: (found, degraded) => judged(doseIn(found, degraded), degraded),
    flipped: ({ dose }) => (dose?.meanChangeGy ?? 0) > limitGy,
    // The dose where there is any is pushed up as a whole; a distance from itself would have no slope to begin with.
    attack: {
      fetch: { node, stage: 'output' },
      weight: () => 1,
      value: ({ values, from = 0 }) => {
        const at = from * perEntry;
        return -values.reduce((sum, value, v) => (counted[at + v] === 1 ? sum + value : sum), 0) / Math.max(1, count);
      },
      cotangent: ({ values, from = 0 }) =>
        Float32Array.from(values, (_, v) => (counted[from * perEntry + v] === 1 ? -1 / Math.max(1, count) : 0)),
    },
  };
}

import type { RobustnessParameters } from '../../../../shared/analysis/robustness';
import { multiply } from '../../../../shared/geometry';
import type { Output } from '../../../../shared/recipe';
import type { Warning } from '../../../../shared/result';
import type { Grid } from '../../../../shared/volume';
import { warningOf } from '../../../../shared/warning';
import type { Context, OpenInput } from '../analysis';
import { truthMap } from '../labelFigures';
import { labelMapOf, maskOfLabel, type MapLabel } from '../labelMap';
import { placingOf } from '../placing';
import { fileActivationOf, probabilities } from '../probability';
import type { Fetch, NetworkArray } from '../../network/network';
import { aliasesIn, hasVolume, sameFrame, structureNamed } from '../../recipe/source';
import type { Study } from '../../study/study';
import { maskOf } from '../../volume/mask';
import { dice } from '../../volume/overlap';
import { resample } from '../../volume/resample';
import { labelState, trueMask, type TrueMask } from './contours';
import type { Judge, Outputs, State } from './judge';
import { labelAttack } from './labelAttack';
import type { DegradedInput } from './subject';

type Segmentation = Extract<Output, { kind: 'segmentation' }>;

/** How sure each voxel is of its label: the largest probability, of sigmoids that of what they chose or of none. */
function voxelConfidence(output: NetworkArray, recipe: Segmentation, fileActivation: string | null): Float32Array {
  const channels = output.shape.at(-1) ?? 1;
  const wanted = channels === 1 && recipe.activation === 'softmax' ? 'sigmoid' : recipe.activation;
  const { values, applied } = probabilities(output, wanted, fileActivation);
  const confidence = new Float32Array(values.length / channels);
  for (let v = 0; v < confidence.length; v++) {
    let most = -Infinity;
    for (let c = 0; c < channels; c++) most = Math.max(most, values[v * channels + c] as number);
    confidence[v] = applied === 'sigmoid' || channels === 1 ? Math.max(most, 1 - most) : most;
  }
  return confidence;
}

/** A label map with what each voxel's confidence is, in space where it has a place. */
interface Drawn {
  readonly map: Uint8Array;
  readonly confidence: Float32Array;
  readonly labels: readonly MapLabel[];
  readonly grid: Grid | null;
  /** 0 on planes that the recipe left out. */
  readonly seen: Uint8Array | null;
  readonly spatial: readonly number[];
}

/**
 * A segmenter's contours against the structures of the same names: right where every label is, by Dice and HD95 (small organs by surface Dice).
 * Its answer counts as changed where that changes, or where a label no longer overlaps with its clean self. *Problems* analysis/labels-do-not-fit.
 */
export async function judgeLabels(
  context: Context,
  input: OpenInput,
  recipe: Segmentation,
  parameters: RobustnessParameters,
  clean: (fetches: readonly Fetch[]) => Promise<Outputs>,
): Promise<Judge> {
  const node = context.network.graph.outputs[0]?.node ?? '';
  const fileActivation = fileActivationOf(context.network);
  const fetches: readonly Fetch[] = [{ node, stage: 'output' }];
  const warnings: Warning[] = [];

  function drawn(outputs: Outputs, { prepared }: Pick<DegradedInput, 'prepared'>): Drawn {
    const output = outputs.get(node) as NetworkArray;
    const { map, labels } = labelMapOf(output, recipe, fileActivation);
    const confidence = voxelConfidence(output, recipe, fileActivation);
    const placing = prepared.grid === null ? null : placingOf(context.network, prepared, node, output.shape);
    const spatial = output.shape[0] === 1 ? output.shape.slice(1, -1) : output.shape.slice(0, -1);
    if (placing === null) return { map, confidence, labels, grid: null, seen: null, spatial };
    const placed = prepared.toVolume(Float32Array.from(map), placing);
    const sure = prepared.toVolume(confidence, placing).values;
    const whole = !placed.values.some(Number.isNaN);
    return {
      map: Uint8Array.from(placed.values),
      confidence: sure,
      labels,
      grid: placed.grid,
      seen: whole ? null : Uint8Array.from(placed.values, (value) => (Number.isNaN(value) ? 0 : 1)),
      spatial,
    };
  }

  /** True masks by label, remembered while study and grid stay the same. */
  const remembered = new Map<string, readonly (TrueMask | null)[]>();
  let ofStudy: Study | null = null;
  const arrayTruth = input.truth;

  function truthOf(
    { grid, labels, seen, spatial }: Drawn,
    { study, follow }: DegradedInput,
  ): readonly (TrueMask | null)[] {
    if (study === null || context.recipe === null) {
      if (arrayTruth === null) return labels.map(() => null);
      const known = truthMap(arrayTruth, spatial, labels);
      const moved = follow ? follow(known) : known;
      return labels.map(({ value }) => trueMask(maskOfLabel(moved, value), null));
    }
    if (grid === null) return labels.map(() => null);
    if (study !== ofStudy) remembered.clear();
    ofStudy = study;
    const key = `${grid.size.join()} ${grid.affine.join()} ${seen === null ? '' : seen.indexOf(1).toString()}`;
    const own = context.recipe;
    const found =
      remembered.get(key) ??
      labels.map(({ label }) => {
        const structure = structureNamed(study, label, aliasesIn(own, label));
        if (structure === null || !hasVolume(structure)) return null;
        if (!sameFrame(structure.frameOfReference, input.prepared.frameOfReference)) return null;
        const mask = maskOf(structure, grid);
        return trueMask(seen === null ? mask : mask.map((voxel, v) => (seen[v] === 1 ? voxel : 0)), grid);
      });
    remembered.set(key, found);
    return found;
  }

  /** The clean answer where it would lie had it moved along, on the grid of another state; null where the two cannot be laid on one another. */
  function referenceOn(state: Drawn, { change, follow }: DegradedInput): Uint8Array | null {
    if (start.grid === null || state.grid === null)
      return start.map.length === state.map.length ? (follow ? follow(start.map) : start.map) : null;
    const affine = change.moved ? multiply(change.moved, start.grid.affine) : start.grid.affine;
    if (!change.moved && state.grid.affine.join() === start.grid.affine.join() && state.map.length === start.map.length)
      return start.map;
    const there = { values: start.map, unit: '1', frameOfReference: '', grid: { ...start.grid, affine } } as const;
    return Uint8Array.from(resample(there, state.grid, 'nearest', 0).values);
  }

  const rule = { diceMin: parameters.diceMin, hausdorffMaxMm: parameters.hausdorffMaxMm, tau: parameters.tau };

  function judged(own: Drawn, degraded: DegradedInput): State & { readonly changed: boolean } {
    const truths = truthOf(own, degraded);
    const masks = own.labels.map(({ value }) => maskOfLabel(own.map, value));
    const states = own.labels.map(({ label }, n) =>
      labelState(label, masks[n] as Uint8Array, truths[n] ?? null, own.confidence, own.grid, rule),
    );
    const known = states.filter(({ right }) => right !== null);
    const sure = states.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]));
    const reference = referenceOn(own, degraded);
    const changed =
      reference !== null &&
      own.labels.some(({ value }, n) => {
        const overlap = dice(masks[n] as Uint8Array, maskOfLabel(reference, value));
        return overlap !== null && overlap < parameters.diceMin;
      });
    return {
      right: known.length === 0 ? null : known.every(({ right }) => right === true),
      confidence: sure.length === 0 ? null : sure.reduce((sum, value) => sum + value, 0) / sure.length,
      confidentWrong: known.length === 0 ? null : known.some(({ confidentWrong }) => confidentWrong === true),
      labels: states.map(({ confidentWrong: _, ...state }) => state),
      changedShare: reference === null ? null : shareWhere(own.map, (v) => own.map[v] !== reference[v], own.seen),
      wrongShare: known.length === 0 ? null : wrongShare(own, masks, truths),
      changed,
    };
  }

  const outputs = await clean(fetches);
  const start = drawn(outputs, input);
  const still: DegradedInput = { prepared: input.prepared, study: input.study, change: {} };
  const cleanState = judged(start, still);
  truthOf(start, still).forEach((truth, n) => {
    if (truth === null || truth.voxels === 0)
      warnings.push(warningOf('analysis/no-truth', { label: start.labels[n]?.label ?? '' }));
  });
  if (start.grid === null) warnings.push(warningOf('analysis/no-geometry'));
  return {
    kind: 'segmentation',
    fetches,
    truth: cleanState.right === null ? null : start.labels.map(({ label }) => label).join(', '),
    clean: cleanState,
    warnings,
    state: (found, degraded) => judged(drawn(found, degraded), degraded),
    flipped: (state) =>
      (cleanState.right !== null && state.right !== null && state.right !== cleanState.right) ||
      (state as Partial<{ changed: boolean }>).changed === true,
    attack: labelAttack(context, outputs.get(node) as NetworkArray, fileActivation),
  };
}

function shareWhere(map: Uint8Array, test: (voxel: number) => boolean, seen: Uint8Array | null): number {
  let [yes, all] = [0, 0];
  for (let v = 0; v < map.length; v++) {
    if (seen !== null && seen[v] === 0) continue;
    all++;
    if (test(v)) yes++;
  }
  return all === 0 ? 0 : yes / all;
}

/** Of the voxels within 10 mm of a true structure, or in a predicted one, those with a wrong label; of an array, of all voxels. */
function wrongShare(
  { map, labels, grid, seen }: Drawn,
  masks: readonly Uint8Array[],
  truths: readonly (TrueMask | null)[],
): number {
  const known = labels.flatMap((_, n) => {
    const truth = truths[n] ?? null;
    return truth === null ? [] : [{ mask: masks[n] as Uint8Array, truth }];
  });
  const aroundMm = 10;
  const near = grid === null ? null : known.map(({ truth }) => truth.distance());
  let [wrong, all] = [0, 0];
  for (let v = 0; v < map.length; v++) {
    if (seen !== null && seen[v] === 0) continue;
    const counts =
      near === null ||
      known.some(
        ({ mask, truth }, n) =>
          mask[v] === 1 || truth.mask[v] === 1 || ((near[n] as Float32Array)[v] as number) <= aroundMm,
      );
    if (!counts) continue;
    all++;
    if (known.some(({ mask, truth }) => mask[v] !== truth.mask[v])) wrong++;
  }
  return all === 0 ? 0 : wrong / all;
}

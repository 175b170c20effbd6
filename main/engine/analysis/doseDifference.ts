import type { DoseFigures } from '../../../shared/analysis/predict';
import { IsolensError } from '../../../shared/problem/problem';
import type { Warning } from '../../../shared/result';
import { warningOf } from '../../../shared/warning';
import type { Volume } from '../../../shared/volume';
import { hasVolume, planDoseFor, sameFrame } from '../recipe/source';
import type { Study } from '../study/study';
import { maskOf } from '../volume/mask';
import { resample } from '../volume/resample';

interface Difference {
  readonly voxels: number;
  readonly meanGy: number;
  readonly planMeanGy: number;
  readonly meanDifferenceGy: number;
  readonly meanAbsoluteDifferenceGy: number;
}

/** Means over the voxels (of a mask) at which both doses are known; null where there is none. */
export function differenceOf(predicted: Float32Array, plan: Float32Array, mask: Uint8Array | null): Difference | null {
  let [voxels, own, theirs, signed, size] = [0, 0, 0, 0, 0];
  for (let v = 0; v < predicted.length; v++) {
    const [a, b] = [predicted[v] as number, plan[v] as number];
    if ((mask !== null && mask[v] === 0) || Number.isNaN(b) || Number.isNaN(a)) continue;
    voxels++;
    own += a;
    theirs += b;
    signed += a - b;
    size += Math.abs(a - b);
  }
  if (voxels === 0) return null;
  return {
    voxels,
    meanGy: own / voxels,
    planMeanGy: theirs / voxels,
    meanDifferenceGy: signed / voxels,
    meanAbsoluteDifferenceGy: size / voxels,
  };
}

const none = { voxels: 0, meanDifferenceGy: null, meanAbsoluteDifferenceGy: null, structures: [] };

/** A predicted dose (Gy, on its own grid) against the plan's, all over and by structure. *Sign* predicted − planned. */
export function doseFigures(
  predicted: Volume<Float32Array>,
  study: Study,
): { readonly dose: DoseFigures; readonly warnings: readonly Warning[] } {
  let plan: Float32Array;
  try {
    plan = resample(planDoseFor(study, predicted.frameOfReference).volume, predicted.grid, 'trilinear', NaN).values;
  } catch (thrown) {
    // Without a plan's dose the prediction still stands; only the comparison is missing, and is said.
    if (thrown instanceof IsolensError) return { dose: none, warnings: [warningOf('analysis/no-plan-dose')] };
    throw thrown;
  }
  const whole = differenceOf(predicted.values, plan, null);
  if (whole === null) return { dose: none, warnings: [warningOf('analysis/no-plan-dose')] };
  const structures = (study.structureSets[0]?.structures ?? [])
    .filter((structure) => hasVolume(structure) && sameFrame(structure.frameOfReference, predicted.frameOfReference))
    .flatMap((structure) => {
      const found = differenceOf(predicted.values, plan, maskOf(structure, predicted.grid));
      return found === null ? [] : [{ structure: structure.name, ...found }];
    });
  const { voxels, meanDifferenceGy, meanAbsoluteDifferenceGy } = whole;
  return { dose: { voxels, meanDifferenceGy, meanAbsoluteDifferenceGy, structures }, warnings: [] };
}

import type { Recipe } from '../../../shared/recipe';
import { prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { resample } from '../../../main/engine/volume/resample';
import type { TrainingPatient } from './patient';
import { scanOnly } from './scanOnly';

/** One axial plane as the network sees it, and its truth. `drawn[c]` is 0 where nobody drew label c in this patient. */
export interface Slice {
  readonly image: Float32Array;
  readonly truth: Uint8Array;
  readonly drawn: readonly number[];
}

/** Every plane of a patient, made by the same recipe that the application uses, so that both see the same numbers. */
export async function slicesOf(patient: TrainingPatient, recipe: Recipe): Promise<readonly Slice[]> {
  const input = { name: 'ct', shape: [null, 128, 128, 1], multiple: [1, 1] };
  const { array, grid } = await prepareStudy(scanOnly(patient.id, patient.ct), recipe, input, {
    id: patient.id,
    patient: patient.id,
  });
  if (!grid) throw new Error('a study has a grid');
  const plane = grid.size[0] * grid.size[1];
  const truth = new Uint8Array(plane * grid.size[2]);
  patient.masks.forEach((mask, n) => {
    if (!mask) return;
    const { values } = resample({ ...patient.ct, values: mask, unit: '1' }, grid, 'nearest', 0);
    values.forEach((inside, voxel) => {
      if (inside > 0.5) truth[voxel] = n + 1;
    });
  });
  const drawn = [1, ...patient.masks.map((mask) => (mask ? 1 : 0))];
  return Array.from({ length: grid.size[2] }, (_, k) => ({
    image: array.values.subarray(k * plane, (k + 1) * plane),
    truth: truth.subarray(k * plane, (k + 1) * plane),
    drawn,
  }));
}

/** Planes worth a step: all that hold a label, and every fourth of the others that hold any of the patient. */
export function worthTraining(slices: readonly Slice[]): readonly Slice[] {
  return slices.filter(
    ({ image, truth }, k) => truth.some((label) => label > 0) || (k % 4 === 0 && image.some((v) => v > 0.3)),
  );
}

import { affineOf, applyAffine, stepsOf } from '../../../shared/geometry';
import { voxelCc, type Grid } from '../../../shared/volume';
import { doseAtVolume, doseVolumeHistogram } from '../volume/doseVolumeHistogram';
import type { DistanceField } from './distanceField';
import { extentOf } from './extent';
import type { DrawnStructure, PhantomPatient } from './phantomPatient';
import { syntheticNote } from './study';

export const truthSchema = 'isolens/truth@1';
/** Raised whenever the same seed would make another patient. */
export const generator = 'isolens/phantom@2';

/** Lengths of the alternating runs of 0 and 1 of a structure's mask, beginning with 0, in the order of the grid ([k][j][i], i fastest). */
export function runsOf({ start, size: box, distance }: DistanceField, { size }: Pick<Grid, 'size'>): readonly number[] {
  const runs: number[] = [];
  let begun = 0;
  let ended = 0;
  let at = 0;
  const close = (): void => {
    if (ended > begun) runs.push(ended - begun);
  };
  for (let k = 0; k < box[2]; k++) {
    for (let j = 0; j < box[1]; j++) {
      const row = start[0] + size[0] * (start[1] + j + size[1] * (start[2] + k));
      for (let i = 0; i < box[0]; i++, at++) {
        if ((distance[at] ?? 1) >= 0) continue;
        // A voxel after a gap begins a run; those before it are done.
        if (row + i !== ended || runs.length === 0) {
          close();
          runs.push(row + i - ended);
          begun = row + i;
        }
        ended = row + i + 1;
      }
    }
  }
  close();
  const rest = size[0] * size[1] * size[2] - ended;
  if (rest > 0 || runs.length === 0) runs.push(rest);
  return runs;
}

/** The mask of runs; throws when they do not fill `length` voxels. */
export function maskOfRuns(runs: readonly number[], length: number): Uint8Array {
  const mask = new Uint8Array(length);
  let at = 0;
  runs.forEach((run, n) => {
    if (n % 2 === 1) mask.fill(1, at, at + run);
    at += run;
  });
  if (at !== length) throw new Error('the runs do not fill the grid');
  return mask;
}

const rounded = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toFixed(digits));

/** The part of the grid that holds a structure, and its mask there: a histogram need not walk the whole scan. */
export function boxedMask({ field }: DrawnStructure, grid: Grid): { readonly grid: Grid; readonly mask: Uint8Array } {
  const [stepI, stepJ, stepK] = stepsOf(grid.affine);
  const start = applyAffine(grid.affine, field.start);
  const mask = new Uint8Array(field.distance.length);
  for (let i = 0; i < mask.length; i++) if ((field.distance[i] ?? 1) < 0) mask[i] = 1;
  return { grid: { size: field.size, affine: affineOf(stepI, stepJ, stepK, start) }, mask };
}

/** What is known of a synthetic patient because it was made: what varied, the masks, and the dose's figures. */
export function truthOf(patient: PhantomPatient, id: string): Readonly<Record<string, unknown>> {
  const { ct, dose, structures, plan } = patient;
  return {
    schema: truthSchema,
    generator,
    note: syntheticNote,
    synthetic: true,
    id,
    seed: patient.seed,
    varied: { person: patient.person, scanner: patient.scanner, anatomy: patient.anatomy },
    ...(patient.marker ? { marker: 'a bright bar in the couch, outside the body' } : {}),
    grid: { size: ct.grid.size, affine: ct.grid.affine },
    plan: {
      beams: plan.fields.map(({ gantryDegrees }) => gantryDegrees),
      isocentreMm: plan.isocentre,
      prescriptions: plan.levels,
      normalisation: 'D95 of the highest target is its prescription',
    },
    structures: structures.map((structure) => {
      const { name, type } = structure;
      const boxed = boxedMask(structure, ct.grid);
      const histogram = doseVolumeHistogram(dose, boxed.mask, boxed.grid);
      const extent = extentOf(boxed.mask, boxed.grid.size);
      return {
        name,
        type,
        voxels: histogram.voxels,
        cc: rounded(histogram.voxels * voxelCc(ct.grid), 3),
        centroidMm: extent && applyAffine(boxed.grid.affine, extent.mean).map((mm) => rounded(mm, 2)),
        doseGy: {
          coverage: rounded(histogram.coverage, 4),
          mean: rounded(histogram.mean, 3),
          max: rounded(histogram.max, 3),
          d95: rounded(doseAtVolume(histogram, 95), 3),
          d50: rounded(doseAtVolume(histogram, 50), 3),
          d2: rounded(doseAtVolume(histogram, 2), 3),
        },
        runs: runsOf(structure.field, ct.grid),
      };
    }),
  };
}

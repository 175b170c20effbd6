import { applyAffine, type Vec3 } from '../../../shared/geometry';
import { voxelCc } from '../../../shared/volume';
import { doseAtVolume, doseVolumeHistogram } from '../volume/doseVolumeHistogram';
import type { PhantomPatient } from './phantomPatient';
import { syntheticNote } from './study';

export const truthSchema = 'isolens/truth@1';
/** Raised whenever the same seed would make another patient. */
export const generator = 'isolens/phantom@1';

/** Lengths of the alternating runs of 0 and 1, beginning with 0, in the order of the grid ([k][j][i], i fastest). */
export function runsOf(mask: Uint8Array): readonly number[] {
  const runs: number[] = [];
  let [value, start] = [0, 0];
  for (let i = 0; i <= mask.length; i++) {
    if (i < mask.length && mask[i] === value) continue;
    runs.push(i - start);
    [value, start] = [1 - value, i];
  }
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

function centroidMm(mask: Uint8Array, { ct }: PhantomPatient): Vec3 {
  const [nx, ny] = ct.grid.size;
  let [i, j, k, n] = [0, 0, 0, 0];
  for (let index = 0; index < mask.length; index++) {
    if (mask[index] === 0) continue;
    i += index % nx;
    j += Math.floor(index / nx) % ny;
    k += Math.floor(index / (nx * ny));
    n++;
  }
  const [x, y, z] = applyAffine(ct.grid.affine, [i / n, j / n, k / n]);
  return [Number(x.toFixed(2)), Number(y.toFixed(2)), Number(z.toFixed(2))];
}

/** What is known of a synthetic patient because it was made: what varied, the masks, and the dose's figures. */
export function truthOf(patient: PhantomPatient, id: string): Readonly<Record<string, unknown>> {
  const { ct, dose, masks, structures, plan } = patient;
  return {
    schema: truthSchema,
    generator,
    note: syntheticNote,
    synthetic: true,
    id,
    seed: patient.seed,
    varied: { person: patient.person, scanner: patient.scanner, anatomy: patient.anatomy },
    grid: { size: ct.grid.size, affine: ct.grid.affine },
    plan: {
      beams: plan.fields.map(({ gantryDegrees }) => gantryDegrees),
      isocentreMm: plan.isocentre,
      prescriptions: plan.levels,
      normalisation: 'D95 of the highest target is its prescription',
    },
    structures: structures.map(({ name, type }) => {
      const mask = masks[name] ?? new Uint8Array(0);
      const histogram = doseVolumeHistogram(dose, mask, ct.grid);
      return {
        name,
        type,
        voxels: histogram.voxels,
        cc: rounded(histogram.voxels * voxelCc(ct.grid), 3),
        centroidMm: centroidMm(mask, patient),
        doseGy: {
          coverage: rounded(histogram.coverage, 4),
          mean: rounded(histogram.mean, 3),
          max: rounded(histogram.max, 3),
          d95: rounded(doseAtVolume(histogram, 95), 3),
          d50: rounded(doseAtVolume(histogram, 50), 3),
          d2: rounded(doseAtVolume(histogram, 2), 3),
        },
        runs: runsOf(mask),
      };
    }),
  };
}

import { multiply, type Affine } from '../../../../../shared/geometry';
import type { FamilyId } from '../../../../../shared/analysis/robustnessFamilies';
import { resample } from '../../../volume/resample';
import { refusalOf, type Family } from '../family';
import { rigidAbout, type Physical } from '../physical';

/** A field moved within its own grid; air, or nothing, comes in from beyond. */
export function movedField({ values, grid, modality }: Physical, affine: Affine): Float32Array {
  const unit = modality === 'dose' ? 'Gy' : 'HU';
  const there = {
    values,
    unit,
    frameOfReference: '',
    grid: { ...grid, affine: multiply(affine, grid.affine) },
  } as const;
  return resample(there, grid, 'trilinear', modality === 'CT' ? -1000 : 0).values;
}

const rigid = (id: FamilyId, affineOf: (centre: Physical['centreMm'], severity: number) => Affine): Family => ({
  id,
  refusal: (subject) => refusalOf(id, { reads: 'image' }, subject),
  begin: ({ subject, move, signal }) =>
    Promise.resolve({
      at: (severity) => {
        const affine = affineOf(subject.centreMm, Number(severity));
        return subject.apply(
          move === 'all' ? { moved: affine } : { image: (field) => movedField(field, affine) },
          signal,
        );
      },
    }),
});

/** To the patient's left. Everything moves and the answer should follow, or the image alone does (misregistration). */
export const shift = rigid('shift', (centre, mm) => rigidAbout(centre, 0, [mm, 0, 0]));

/** About the isocentre, in the axial plane. */
export const rotation = rigid('rotation', (centre, degrees) => rigidAbout(centre, degrees, [0, 0, 0]));

import type { MetadataFault, Severity } from '../../../../../shared/analysis/robustnessFamilies';
import { affineOf, applyAffine, scale, spacingOf, stepsOf } from '../../../../../shared/geometry';
import type { Grid } from '../../../../../shared/volume';
import type { Study } from '../../../study/study';
import type { Change, Values } from '../change';
import { refusalOf, type Family } from '../family';
import { rigidAbout, type Physical } from '../physical';
import type { Subject } from '../subject';
import { movedField } from './shift';

/** Rescale intercept of most CT series, and the ends of what 12 bits hold, HU. */
const intercept = -1024;
const storedEnds = intercept + 4095 + intercept;
const unsignedSpan = 65536;
const frameShiftMm = 10;

/** The grid's axis that lies nearest to one of the patient's. */
function axisAlong({ affine }: Grid, patientAxis: 0 | 1 | 2): 0 | 1 | 2 {
  const along = stepsOf(affine).map((step) => Math.abs(step[patientAxis]));
  return ([0, 1, 2] as const).reduce((best, own) => ((along[own] as number) > (along[best] as number) ? own : best));
}

/** The values in reverse along some axes of the grid. */
export function reversed({ values, grid: { size } }: Physical, axes: readonly (0 | 1 | 2)[]): Float32Array {
  const turned = new Float32Array(values.length);
  const [nx, ny, nz] = size;
  const at = (axis: 0 | 1 | 2, n: number): number => (axes.includes(axis) ? size[axis] - 1 - n : n);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        turned[at(0, i) + nx * (at(1, j) + ny * at(2, k))] = values[i + nx * (j + ny * k)] as number;
  return turned;
}

const alongPatient =
  (...axes: readonly (0 | 1 | 2)[]): Values =>
  (field) =>
    reversed(
      field,
      axes.map((axis) => axisAlong(field.grid, axis)),
    );

/** Another spacing (i, j, k) about the same first voxel. */
function spaced(grid: Grid, spacing: readonly [number, number, number]): Grid {
  const old = spacingOf(grid.affine);
  const [i, j, k] = stepsOf(grid.affine).map((step, axis) =>
    scale(step, (spacing[axis] as number) / (old[axis] as number)),
  );
  if (!i || !j || !k) throw new Error('a grid has three axes');
  return { size: grid.size, affine: affineOf(i, j, k, applyAffine(grid.affine, [0, 0, 0])) };
}

const withGrid =
  (change: (grid: Grid) => Grid) =>
  (study: Study): Study => ({
    ...study,
    images: study.images.map((image) => ({
      ...image,
      load: async (signal) => {
        const volume = await image.load(signal);
        return { ...volume, grid: change(volume.grid) };
      },
    })),
  });

const faults: Readonly<Record<MetadataFault, Change>> = {
  'no-rescale': { image: ({ values }) => values.map((hu) => hu - intercept), unclipped: true },
  unsigned: { image: ({ values }) => values.map((hu) => (hu < 0 ? hu + unsignedSpan : hu)), unclipped: true },
  mirrored: { image: alongPatient(0) },
  'reversed-slices': { image: alongPatient(2) },
  'feet-first': { image: alongPatient(0, 2) },
  prone: { image: alongPatient(0, 1) },
  'spacing-swapped': {
    study: withGrid((grid) => {
      const [i, j, k] = spacingOf(grid.affine);
      return spaced(grid, [j, i, k]);
    }),
  },
  'spacing-one': { study: withGrid((grid) => spaced(grid, [1, 1, 1])) },
  monochrome1: { image: ({ values }) => values.map((hu) => storedEnds - hu), unclipped: true },
  'dose-cgy': { dose: ({ values }) => values.map((gray) => 100 * gray) },
  'dose-unscaled': {
    dose: ({ values }) => {
      const largest = values.reduce((most, gray) => Math.max(most, gray), 0);
      return largest === 0 ? values : values.map((gray) => (gray * (unsignedSpan - 1)) / largest);
    },
  },
  'frame-shift': { image: (field) => movedField(field, rigidAbout(field.centreMm, 0, [frameShiftMm, 0, 0])) },
};

/** What a fault needs that this input may not have. */
function possible(subject: Subject, severity: Severity): boolean {
  const change = faults[severity as MetadataFault];
  if (change.study) return subject.input.study !== null;
  if (change.dose) return subject.reads.has('dose');
  if (!subject.reads.has('image')) return false;
  if (change.unclipped === true) return subject.inUnits && subject.modalities.includes('CT');
  if (severity === 'reversed-slices' || severity === 'feet-first') return subject.slices > 1;
  return true;
}

/** A header that is read wrongly: does the network notice, or does it answer as surely as before? */
export const metadata: Family = {
  id: 'metadata',
  refusal: (subject) => refusalOf('metadata', { reads: subject.reads.has('image') ? 'image' : 'dose' }, subject),
  admits: possible,
  begin: ({ subject, signal }) =>
    Promise.resolve({ at: (severity) => subject.apply(faults[severity as MetadataFault], signal) }),
};

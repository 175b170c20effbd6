import { applyAffine, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Contour, Structure } from '../../../shared/structure';
import { voxelCount, type Grid, type Volume } from '../../../shared/volume';
import type { Dose, ImageSeries, ImageVolume, Study } from '../../../main/engine/study/study';

/** A study made in memory, for tests of the rooms behind it. */
export interface StudyParts {
  readonly images?: readonly ImageVolume[];
  readonly structures?: readonly Structure[];
  readonly doses?: readonly Dose[];
  readonly isocentresMm?: readonly Vec3[];
  readonly referencedSeriesUid?: string | null;
}

export const frame = '1.2.3.frame';

export function imageOf(
  grid: Grid,
  values: Int16Array | Float32Array = new Int16Array(voxelCount(grid)),
  more: Partial<ImageVolume> = {},
): ImageVolume {
  return {
    grid,
    values,
    unit: 'HU',
    frameOfReference: frame,
    seriesUid: '1.2.3.series',
    modality: 'CT',
    sha256: 'ab'.repeat(32),
    gapsMm: [],
    range: [-1000, 1000],
    notes: [],
    ...more,
  };
}

const seriesOf = (image: ImageVolume): ImageSeries => ({
  uid: image.seriesUid,
  modality: image.modality,
  frameOfReference: image.frameOfReference,
  sliceCount: image.grid.size[2],
  label: image.seriesUid,
  notes: [],
  load: () => Promise.resolve(image),
});

export function studyOf(parts: StudyParts): Study {
  const { images = [], structures = [], doses = [], isocentresMm = [], referencedSeriesUid = null } = parts;
  return {
    summary: {
      id: 'study',
      path: 'patients/P1',
      patient: { name: '', id: 'P1' },
      description: '',
      synthetic: true,
      objects: [],
      notes: [],
    },
    images: images.map(seriesOf),
    structureSets: [{ sopInstanceUid: '1.2.3.set', label: 'set', structures, referencedSeriesUid }],
    doses,
    plans:
      isocentresMm.length === 0
        ? []
        : [
            {
              uid: '1.2.3.plan',
              structureSetUid: null,
              shape: {
                label: '',
                approval: '',
                intent: '',
                patientPosition: 'HFS',
                fractions: null,
                prescriptions: [],
                beams: [],
                ion: false,
              },
              isocentresMm,
              notes: [],
            },
          ],
    notes: [],
  };
}

/** A structure whose contours are the rectangles around voxels low … high (inclusive) of a grid, on each of its slices. */
export function boxStructure(
  name: string,
  grid: Grid,
  low: Vec3,
  high: Vec3,
  more: Partial<Structure> = {},
): Structure {
  const contours: Contour[] = [];
  for (let k = low[2]; k <= high[2]; k++) {
    const corners: Vec3[] = [
      [low[0] - 0.5, low[1] - 0.5, k],
      [high[0] + 0.5, low[1] - 0.5, k],
      [high[0] + 0.5, high[1] + 0.5, k],
      [low[0] - 0.5, high[1] + 0.5, k],
    ];
    contours.push({
      kind: 'CLOSED_PLANAR',
      points: Float64Array.from(corners.flatMap((corner) => applyAffine(grid.affine, corner))),
    });
  }
  return { number: 1, name, type: 'ORGAN', colour: [255, 0, 0], frameOfReference: frame, contours, ...more };
}

export function doseOf(grid: Grid, values: Float32Array, more: Partial<Dose> = {}): Dose {
  const volume: Volume<Float32Array> = { grid, values, unit: 'Gy', frameOfReference: frame };
  return {
    uid: '1.2.3.dose',
    volume,
    maximum: 70,
    doseType: 'PHYSICAL',
    summationType: 'PLAN',
    planUid: null,
    beamNumber: null,
    label: 'PLAN',
    notes: [],
    ...more,
  };
}

/** An axial grid, head first, supine: voxel (0, 0, 0) at `origin`. */
export const axialGrid = (size: Vec3, spacing: Vec3, origin: Vec3 = [0, 0, 0]): Grid => ({
  size,
  affine: [spacing[0], 0, 0, origin[0], 0, spacing[1], 0, origin[1], 0, 0, spacing[2], origin[2], 0, 0, 0, 1] as Affine,
});

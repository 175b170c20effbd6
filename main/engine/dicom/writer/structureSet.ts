import { applyAffine, type Affine } from '../../../../shared/geometry';
import type { Attributes } from './encode';
import { common, decimal, fileOf, madeAt, madeOn, reference, retiredStudyClass, sopClass, uidsOf } from './object';
import { keyholed, type Loop } from './trace';
import type { WritableStructure, WritableStudy } from './writableStudy';

/** Longest value that an explicit VR decimal string can hold, in characters. */
const longestValue = 65534;

function contourOf(loop: Loop, k: number, affine: Affine, number: number, sliceUid: string): Attributes {
  const data: string[] = [];
  // Along the axes, as written grids are: all points have the height of their slice.
  const height = decimal(applyAffine(affine, [0, 0, k])[2]);
  for (let p = 0; p < loop.length; p += 2) {
    const [x, y] = applyAffine(affine, [loop[p] ?? 0, loop[p + 1] ?? 0, k]);
    data.push(decimal(x, 3), decimal(y, 3), height);
  }
  if (data.reduce((sum, text) => sum + text.length + 1, 0) > longestValue)
    throw new Error('a contour is too long to write');
  return {
    ContourImageSequence: [reference(sopClass.ct, sliceUid)],
    ContourGeometricType: 'CLOSED_PLANAR',
    NumberOfContourPoints: String(loop.length / 2),
    ContourNumber: String(number),
    ContourData: data,
  };
}

/** The RTSTRUCT of a study. */
export function structureSet(study: WritableStudy): Uint8Array {
  const uids = uidsOf(study.identity);
  const { grid } = study.ct;
  const sliceUids = Array.from({ length: grid.size[2] }, (_, k) => uids.slice(k));
  const contours = ({ slices }: WritableStructure): readonly Attributes[] => {
    const list: Attributes[] = [];
    for (const { k, loops } of slices) {
      for (const loop of keyholed(loops)) {
        list.push(contourOf(loop, k, grid.affine, list.length + 1, sliceUids[k] ?? ''));
      }
    }
    return list;
  };
  return fileOf({
    ...common(study, 'RTSTRUCT', { sopClass: sopClass.structures, uid: uids.structures, series: 2, number: 1 }),
    StructureSetLabel: 'STRUCTURES',
    StructureSetName: study.provenance.description.slice(0, 64),
    StructureSetDescription: study.provenance.comment,
    StructureSetDate: madeOn,
    StructureSetTime: madeAt,
    ApprovalStatus: 'UNAPPROVED',
    ReferencedFrameOfReferenceSequence: [
      {
        FrameOfReferenceUID: uids.frame,
        RTReferencedStudySequence: [
          {
            ...reference(retiredStudyClass, uids.study),
            RTReferencedSeriesSequence: [
              {
                SeriesInstanceUID: uids.series('CT'),
                ContourImageSequence: sliceUids.map((uid) => reference(sopClass.ct, uid)),
              },
            ],
          },
        ],
      },
    ],
    StructureSetROISequence: study.structures.map(({ name }, n) => ({
      ROINumber: String(n + 1),
      ReferencedFrameOfReferenceUID: uids.frame,
      ROIName: name,
      ROIGenerationAlgorithm: 'AUTOMATIC',
    })),
    ROIContourSequence: study.structures.map((structure, n) => ({
      ROIDisplayColor: structure.colour.map(String),
      ContourSequence: contours(structure),
      ReferencedROINumber: String(n + 1),
    })),
    RTROIObservationsSequence: study.structures.map(({ type }, n) => ({
      ObservationNumber: String(n + 1),
      ReferencedROINumber: String(n + 1),
      RTROIInterpretedType: type,
      ROIInterpreter: '',
    })),
  });
}

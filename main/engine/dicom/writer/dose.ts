import { applyAffine, spacingOf } from '../../../../shared/geometry';
import type { Volume } from '../../../../shared/volume';
import { common, decimal, fileOf, madeAt, madeOn, reference, sopClass, uidsOf } from './object';
import type { WritableStudy } from './writableStudy';

/** Gy per stored step: exact for doses in whole milligray, and finer than any dose is known. */
export const doseStepGy = 0.0001;

/** The RTDOSE of a study: 32 bits unsigned, offsets relative to its first plane. */
export function doseFile(study: WritableStudy, dose: Volume<Float32Array>): Uint8Array {
  const uids = uidsOf(study.identity);
  const [nx, ny, nz] = dose.grid.size;
  const [dx, dy, dz] = spacingOf(dose.grid.affine);
  const stored = new Uint32Array(nx * ny * nz);
  for (let i = 0; i < stored.length; i++) stored[i] = Math.round(Math.max(0, dose.values[i] ?? 0) / doseStepGy);
  return fileOf({
    ...common(study, 'RTDOSE', { sopClass: sopClass.dose, uid: uids.dose, series: 4, number: 1 }),
    ContentDate: madeOn,
    ContentTime: madeAt,
    ImageComments: study.provenance.comment,
    SliceThickness: decimal(dz),
    ImagePositionPatient: applyAffine(dose.grid.affine, [0, 0, 0]).map((mm) => decimal(mm)),
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: String(nz),
    FrameIncrementPointer: 0x3004000c,
    Rows: ny,
    Columns: nx,
    PixelSpacing: [decimal(dy, 10), decimal(dx, 10)],
    BitsAllocated: 32,
    BitsStored: 32,
    HighBit: 31,
    PixelRepresentation: 0,
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseComment: study.provenance.comment.slice(0, 64),
    DoseSummationType: 'PLAN',
    GridFrameOffsetVector: Array.from({ length: nz }, (_, k) => decimal(k * dz)),
    DoseGridScaling: String(doseStepGy),
    TissueHeterogeneityCorrection: 'IMAGE',
    ...(study.plan === null ? {} : { ReferencedRTPlanSequence: [reference(sopClass.plan, uids.plan)] }),
    PixelData: stored.buffer,
    _vrMap: { PixelData: 'OW' },
  });
}

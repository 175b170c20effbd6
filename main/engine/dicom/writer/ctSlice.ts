import { applyAffine, spacingOf } from '../../../../shared/geometry';
import { common, decimal, fileOf, madeAt, madeOn, sopClass, uidsOf } from './object';
import type { WritableStudy } from './writableStudy';

/** Stored values are unsigned: HU + 1024. */
const offset = 1024;

/** One CT slice. */
export function ctSlice(study: WritableStudy, k: number): Uint8Array {
  const { grid, values } = study.ct;
  const [nx, ny] = grid.size;
  const [dx, dy, dz] = spacingOf(grid.affine);
  const origin = applyAffine(grid.affine, [0, 0, k]);
  const stored = new Uint16Array(nx * ny);
  for (let i = 0; i < stored.length; i++) {
    const value = (values[k * nx * ny + i] ?? -1000) + offset;
    stored[i] = value < 0 ? 0 : value > 65535 ? 65535 : value;
  }
  const { kvp, mAs, kernel } = study.scan;
  return fileOf({
    ...common(study, 'CT', { sopClass: sopClass.ct, uid: uidsOf(study.identity).slice(k), series: 1, number: k + 1 }),
    ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
    ContentDate: madeOn,
    ContentTime: madeAt,
    AcquisitionNumber: '1',
    BodyPartExamined: 'HEADNECK',
    DerivationDescription: study.provenance.comment,
    ImageComments: study.provenance.comment,
    ...(kvp === null ? { KVP: '' } : { KVP: decimal(kvp) }),
    ...(mAs === null ? {} : { Exposure: String(mAs) }),
    ...(kernel === null ? {} : { ConvolutionKernel: kernel }),
    PatientPosition: 'HFS',
    SliceThickness: decimal(dz),
    ReconstructionDiameter: decimal(nx * dx, 2),
    ImagePositionPatient: origin.map((mm) => decimal(mm)),
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    SliceLocation: decimal(origin[2]),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: ny,
    Columns: nx,
    PixelSpacing: [decimal(dy, 10), decimal(dx, 10)],
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    RescaleIntercept: String(-offset),
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: '40',
    WindowWidth: '400',
    PixelData: stored.buffer,
    _vrMap: { PixelData: 'OW' },
  });
}

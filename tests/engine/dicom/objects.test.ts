import { describe, expect, it } from 'vitest';
import { readDose } from '../../../main/engine/dicom/dose';
import { parseInstance, type Instance } from '../../../main/engine/dicom/instance';
import { readPlan } from '../../../main/engine/dicom/plan';
import { between, readRegistration } from '../../../main/engine/dicom/registration';
import { readStructureSet } from '../../../main/engine/dicom/structures';
import { samplerOf } from '../../../main/engine/volume/sample';
import { applyAffine, determinant } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import {
  dicomFile, doseGrid, longWords, sop, square, structureSet, words, type Attributes, type Encoding,
} from '../../samples/dicomFile'; // prettier-ignore

function instanceOf(attributes: Attributes, encoding: Encoding = 'explicit'): Instance {
  const instance = parseInstance(dicomFile(attributes, encoding), { upTo: 'end' });
  if (instance === null) throw new Error('not read');
  return instance;
}

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof IsolensError) return thrown.problem.code;
    throw thrown;
  }
  return 'none';
};

describe('a structure set', () => {
  const read = (attributes: Attributes) => readStructureSet(instanceOf(attributes).elements);
  const one = (contours: readonly (readonly number[])[]) => read(structureSet([{ name: 'A', contours }])).structures[0];

  it('is joined by number, whatever the order of its sequences', () => {
    const { ROIContourSequence, RTROIObservationsSequence, ...rest } = structureSet([
      { name: 'A', contours: [square(0, 0, 0, 1)] },
      { name: 'B', type: 'PTV', contours: [square(0, 0, 0, 2), square(0, 0, 1, 2)] },
    ]);
    const reversed = {
      ...rest,
      ROIContourSequence: [...(ROIContourSequence as Attributes[])].reverse(),
      RTROIObservationsSequence: [...(RTROIObservationsSequence as Attributes[])].reverse(),
    };
    const { structures } = read(reversed);
    expect(structures.map(({ name, type, contours }) => [name, type, contours.length])).toEqual([
      ['A', 'ORGAN', 1],
      ['B', 'PTV', 2],
    ]);
    expect([...(structures[0]?.contours[0]?.points ?? [])]).toEqual(square(0, 0, 0, 1));
  });

  it('keeps the first of two structures with one number and skips contours of none', () => {
    const set = structureSet([{ name: 'A', contours: [square(0, 0, 0, 1)] }]);
    const twice = {
      ...set,
      StructureSetROISequence: [...(set.StructureSetROISequence as Attributes[]), { ROINumber: 1, ROIName: 'AGAIN' }],
      ROIContourSequence: [
        ...(set.ROIContourSequence as Attributes[]),
        { ReferencedROINumber: 7, ContourSequence: [] },
      ],
    };
    const { structures, notes } = read(twice);
    expect(structures.map(({ name }) => name)).toEqual(['A']);
    expect(notes.map(({ code }) => code).sort()).toEqual(['dicom/structure-twice', 'dicom/structure-unknown']);
  });

  it('reads decimal strings with spaces, signs, exponents and a repeated last point', () => {
    const data = ' +1.0e0 \\-1\\0\\1\\ 1.000000000000000001\\0\\-1\\1\\0\\1\\-1\\0';
    const set = structureSet([{ name: 'A', contours: [[]] }], {
      ROIContourSequence: [
        {
          ReferencedROINumber: 1,
          ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', NumberOfContourPoints: 4, ContourData: data }],
        },
      ],
    });
    expect([...(read(set).structures[0]?.contours[0]?.points ?? [])]).toEqual([1, -1, 0, 1, 1, 0, -1, 1, 0]);
  });

  it('skips a contour that holds what is no number, and says so', () => {
    const set = structureSet([{ name: 'A', contours: [] }], {
      ROIContourSequence: [
        {
          ReferencedROINumber: 1,
          ContourSequence: [
            { ContourGeometricType: 'CLOSED_PLANAR', ContourData: '1\\2\\3\\1A\\2\\3\\4\\5\\3' },
            { ContourGeometricType: 'CLOSED_PLANAR', ContourData: '1\\2\\3\\\\2\\3\\4\\5\\3' },
            { ContourGeometricType: 'CLOSED_PLANAR', NumberOfContourPoints: 5, ContourData: square(0, 0, 0, 1) },
          ],
        },
      ],
    });
    const { structures } = read(set);
    expect(structures[0]?.contours).toHaveLength(1);
    expect(structures[0]?.notes).toEqual([{ code: 'dicom/structure-points', facts: { count: 3 }, where: {} }]);
  });

  it('says which structures are empty, lines, or not planar', () => {
    expect(one([])?.notes.map(({ code }) => code)).toEqual(['dicom/structure-empty']);
    expect(one([[0, 0, 0, 5, 0, 0, 5, 5, 2, 0, 5, 0]])?.notes.map(({ code }) => code)).toEqual([
      'dicom/structure-not-planar',
    ]);
    expect(one([[0, 0, 0, 5, 0, 0]])?.notes.map(({ code }) => code)).toEqual([
      'dicom/structure-lines',
      'dicom/structure-points',
    ]);
  });

  it('takes a colour of its own list where the file has none', () => {
    const set = structureSet(
      [
        { name: 'A', contours: [] },
        { name: 'B', contours: [] },
      ],
      {
        ROIContourSequence: [
          { ReferencedROINumber: 1, ROIDisplayColor: [10, 300, 0] },
          { ReferencedROINumber: 2, ROIDisplayColor: [1, 2, 3] },
        ],
      },
    );
    const { structures } = read(set);
    expect(structures[0]?.colour).toEqual([230, 159, 0]);
    expect(structures[1]?.colour).toEqual([1, 2, 3]);
  });
});

describe('a dose', () => {
  const read = (changes: Attributes = {}, encoding: Encoding = 'explicit') =>
    readDose(instanceOf(doseGrid(changes), encoding));

  it.each<Encoding>(['explicit', 'implicit', 'deflated'])(
    'is stored value × scaling on its own grid (%s)',
    (encoding) => {
      const { volume, maximum, notes } = read({}, encoding);
      expect([...volume.values]).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
      expect(volume.grid.affine).toEqual([3, 0, 0, -10, 0, 2, 0, -20, 0, 0, 2.5, 0, 0, 0, 0, 1]);
      expect(maximum).toBe(4);
      expect(notes).toEqual([]);
    },
  );

  it('keeps 32-bit values whole: the product is rounded, not the stored value', () => {
    const { volume } = read({
      DoseGridScaling: '1e-8',
      PixelData: longWords([4294967295, 16777217, 1, 1, 1, 1, 1, 1]),
    });
    expect(volume.values[0]).toBe(Math.fround(42.94967295));
    expect(volume.values[1]).toBe(Math.fround(0.16777217));
  });

  it('reads 16 bits as well', () => {
    const { volume } = read({
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelData: words([65535, 2, 3, 4, 5, 6, 7, 8]),
    });
    expect(volume.values[0]).toBe(32767.5);
  });

  it('places relative and absolute offsets alike, feet first too', () => {
    const relative = read({ ImagePositionPatient: [-10, -20, 30] });
    const absolute = read({ ImagePositionPatient: [-10, -20, 30], GridFrameOffsetVector: [30, 32.5] });
    expect(absolute.volume.grid).toEqual(relative.volume.grid);
    const feetFirst = { ImagePositionPatient: [10, -20, 30], ImageOrientationPatient: [-1, 0, 0, 0, 1, 0] };
    const down = read({ ...feetFirst, GridFrameOffsetVector: [0, 2.5] });
    const downAbsolute = read({ ...feetFirst, GridFrameOffsetVector: [30, 27.5] });
    expect(applyAffine(down.volume.grid.affine, [0, 0, 1])[2]).toBe(27.5);
    expect(downAbsolute.volume.grid).toEqual(down.volume.grid);
  });

  it('sorts frames that descend, and is never mirrored', () => {
    const up = read();
    const down = read({
      ImagePositionPatient: [-10, -20, 2.5],
      GridFrameOffsetVector: [0, -2.5],
      PixelData: longWords([5, 6, 7, 8, 1, 2, 3, 4]),
    });
    expect(determinant(down.volume.grid.affine)).toBeGreaterThan(0);
    for (const z of [0, 1, 2.5]) {
      expect(samplerOf(down.volume, 'trilinear')([-9, -19, z])).toBe(samplerOf(up.volume, 'trilinear')([-9, -19, z]));
    }
  });

  it('takes offsets from the first where that is neither zero nor the position, and says so', () => {
    const { volume, notes } = read({ GridFrameOffsetVector: [7, 9.5] });
    expect(volume.grid).toEqual(read().volume.grid);
    expect(notes.map(({ code }) => code)).toEqual(['dicom/dose-first-offset']);
  });

  it('interpolates uneven frames with their real positions', () => {
    const { volume, notes } = read({
      NumberOfFrames: 3,
      GridFrameOffsetVector: [0, 2, 6],
      PixelData: longWords([0, 0, 0, 0, 4, 4, 4, 4, 12, 12, 12, 12]),
    });
    expect(notes.map(({ code }) => code)).toEqual(['dicom/dose-uneven']);
    const at = samplerOf(volume, 'trilinear');
    for (const z of [0, 1, 2, 3, 4, 5.5, 6]) expect(at([-9, -19, z])).toBeCloseTo(z, 5);
  });

  it.each<[string, Attributes]>([
    ['dicom/dose-no-scale', { DoseGridScaling: '0' }],
    ['dicom/dose-no-scale', { DoseGridScaling: '' }],
    ['dicom/dose-no-scale', { DoseGridScaling: '1A' }],
    ['dicom/dose-offsets', { GridFrameOffsetVector: [0, 1, 2] }],
    [
      'dicom/dose-order',
      { NumberOfFrames: 3, GridFrameOffsetVector: [0, 2, 1], PixelData: longWords(new Array<number>(12).fill(1)) },
    ],
    ['dicom/dose-position', { PixelSpacing: [0, 3] }],
    ['dicom/dose-position', { ImageOrientationPatient: [1, 0, 0, 1, 0, 0] }],
    ['dicom/dose-signed', { PixelRepresentation: 1 }],
    ['dicom/dose-units', { DoseUnits: 'CGY' }],
    ['dicom/pixels-incomplete', { PixelData: longWords([1, 2, 3]) }],
  ])('is refused by name: %s', (code, changes) => {
    expect(codeOf(() => read(changes))).toBe(code);
  });

  describe('and the planning system’s own histograms', () => {
    const item = (more: Attributes = {}): Attributes => ({
      DVHType: 'CUMULATIVE',
      DoseUnits: 'GY',
      DVHDoseScaling: '2',
      DVHReferencedROISequence: [{ ReferencedROINumber: 7, DVHROIContributionType: 'INCLUDED' }],
      DVHData: ['0.5', '8', '0.5', '6', '1', '2'],
      ...more,
    });
    const histograms = (...items: Attributes[]) => read({ DVHSequence: items }).histograms;

    it('are cumulative shares of the volume at the lower edges of the bins, doses scaled', () => {
      const curve = [
        [0, 100],
        [1, 75],
        [2, 25],
        [4, 0],
      ];
      const differential = item({ DVHType: 'DIFFERENTIAL', DVHData: ['0.5', '2', '0.5', '4', '1', '2'] });
      expect(histograms(item(), differential)).toEqual([
        { structureNumber: 7, curve },
        { structureNumber: 7, curve },
      ]);
    });

    it('are left out where they are relative, of several structures, natural or no pairs', () => {
      const two = [{ ReferencedROINumber: 7 }, { ReferencedROINumber: 8 }];
      const wrong: Attributes[] = [
        { DoseUnits: 'RELATIVE' },
        { DVHReferencedROISequence: two },
        { DVHReferencedROISequence: [{ ReferencedROINumber: 7, DVHROIContributionType: 'EXCLUDED' }] },
        { DVHType: 'NATURAL' },
        { DVHData: ['0.5', '8', '0.5'] },
        { DVHData: ['-1', '8', '0.5', '6'] },
        { DVHData: ['1', '0', '1', '0'] },
        { DVHDoseScaling: '0' },
      ];
      expect(histograms(...wrong.map(item))).toEqual([]);
    });
  });

  it('is marked where it is relative, effective or implausible', () => {
    const relative = read({ DoseUnits: 'RELATIVE', DoseGridScaling: '0.125' });
    expect(relative.volume.unit).toBe('%');
    expect(relative.maximum).toBe(100);
    expect(read({ DoseType: 'EFFECTIVE' }).notes.map(({ code }) => code)).toEqual(['dicom/dose-effective']);
    expect(read({ DoseGridScaling: '100' }).notes).toEqual([
      { code: 'dicom/dose-implausible', facts: { maximumGy: 800 }, where: {} },
    ]);
  });
});

describe('a plan', () => {
  const base: Attributes = { SOPClassUID: sop.plan, SOPInstanceUID: '1.2.3.4', Modality: 'RTPLAN', RTPlanLabel: 'P' };
  const read = (changes: Attributes) => readPlan(instanceOf({ ...base, ...changes }).elements, false);
  const beams: Attributes[] = [
    {
      BeamNumber: 1, BeamName: 'ARC', RadiationType: 'PHOTON', BeamType: 'DYNAMIC', TreatmentDeliveryType: 'TREATMENT',
      ControlPointSequence: [
        { NominalBeamEnergy: 6, GantryAngle: 181, BeamLimitingDeviceAngle: 10, PatientSupportAngle: 0, IsocenterPosition: [1, 2, 3] },
        { GantryAngle: 179 },
      ],
    },
    { BeamNumber: 2, BeamName: 'SETUP', TreatmentDeliveryType: 'SETUP', ControlPointSequence: [{ GantryAngle: 0, IsocenterPosition: [9, 9, 9] }] },
  ]; // prettier-ignore
  const group: Attributes = {
    NumberOfFractionsPlanned: 30,
    ReferencedBeamSequence: [
      { ReferencedBeamNumber: 1, BeamMeterset: 210.5, BeamDose: 1.5 },
      { ReferencedBeamNumber: 2, BeamDose: 0.5 },
    ],
  };

  it('lists all prescriptions, highest first, by structure number only for a volume', () => {
    const { shape, prescribedTo } = read({
      DoseReferenceSequence: [
        {
          DoseReferenceType: 'TARGET',
          DoseReferenceStructureType: 'VOLUME',
          ReferencedROINumber: 4,
          TargetPrescriptionDose: 54,
        },
        {
          DoseReferenceType: 'TARGET',
          DoseReferenceStructureType: 'SITE',
          ReferencedROINumber: 5,
          TargetPrescriptionDose: 66,
        },
        { DoseReferenceType: 'ORGAN_AT_RISK', TargetPrescriptionDose: 99 },
      ],
    });
    expect(shape.prescriptions.map(({ doseGy, from }) => [doseGy, from])).toEqual([[66, 'plan'], [54, 'plan']]); // prettier-ignore
    expect(prescribedTo).toEqual([null, 4]);
  });

  it('falls back to fractions × beam doses, marked so, and never to the dose maximum', () => {
    const fallback = read({ FractionGroupSequence: [group], BeamSequence: beams }).shape;
    expect(fallback.prescriptions).toEqual([{ structure: null, doseGy: 60, from: 'beam doses' }]);
    const none = read({ BeamSequence: beams });
    expect(none.shape.prescriptions).toEqual([]);
    expect(none.notes.map(({ code }) => code)).toEqual(['dicom/plan-no-prescription']);
  });

  it('carries values forward along control points and keeps setup beams apart', () => {
    const { shape, isocentresMm } = read({ FractionGroupSequence: [group], BeamSequence: beams });
    expect(shape.beams[0]).toEqual({
      number: 1, name: 'ARC', radiation: 'PHOTON', energyMv: 6, technique: 'arc', gantryDeg: [181, 179],
      collimatorDeg: 10, couchDeg: 0, isocentreMm: [1, 2, 3], monitorUnits: 210.5,
    }); // prettier-ignore
    expect(shape.beams[1]?.technique).toBe('setup');
    expect(isocentresMm).toEqual([[1, 2, 3]]);
    expect(shape.fractions).toBe(30);
  });
});

describe('a registration', () => {
  const turn = [0, -1, 0, 10, 1, 0, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1];
  const shift = [1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const item = (frame: string, type: string, ...matrices: number[][]): Attributes => ({
    FrameOfReferenceUID: frame,
    MatrixRegistrationSequence: [
      {
        MatrixSequence: matrices.map((matrix) => ({
          FrameOfReferenceTransformationMatrixType: type,
          FrameOfReferenceTransformationMatrix: matrix,
        })),
      },
    ],
  });
  const read = (...items: Attributes[]) =>
    readRegistration(
      instanceOf({
        SOPClassUID: sop.registration,
        SOPInstanceUID: '1',
        FrameOfReferenceUID: '1.9',
        RegistrationSequence: items,
      }).elements,
    );

  it('maps from the item’s frame into the registered one, matrices in item order, and back', () => {
    const registration = read(item('1.8', 'RIGID', turn, shift), item('1.7', 'RIGID', shift));
    const there = between([registration], '1.8', '1.9');
    // Turned first, then shifted.
    expect(there && applyAffine(there, [1, 2, 3])).toEqual([-2 + 10 + 5, 1 + 20, 33]);
    const back = between([registration], '1.9', '1.8');
    const home = back && applyAffine(back, [13, 21, 33]);
    expect(home?.map((mm) => Math.round(mm * 1e9) / 1e9)).toEqual([1, 2, 3]);
    const across = between([registration], '1.8', '1.7');
    expect(across && applyAffine(across, [1, 2, 3])).toEqual([-2 + 10, 21, 33]);
    expect(between([registration], '1.8', '1.1')).toBeNull();
  });

  it('is refused where it is not rigid', () => {
    const scaled = turn.map((v) => v * 1.01);
    for (const one of [item('1.8', 'AFFINE', turn), item('1.8', 'RIGID', scaled), item('1.8', 'RIGID')]) {
      const registration = read(one);
      expect(registration.toRegistered.size).toBe(0);
      expect(registration.notes.map(({ code }) => code)).toEqual(['dicom/registration-unusable']);
    }
  });
});

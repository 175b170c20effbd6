import type { Attributes } from './encode';
import { common, decimal, fileOf, madeAt, madeOn, reference, sopClass, uidsOf } from './object';
import type { WritableBeam, WritablePlan, WritableStudy } from './writableStudy';

/** One static, coplanar photon beam with jaws alone: the fluence itself is not written. */
function beamOf(study: WritableStudy, { isocentre }: WritablePlan, beam: WritableBeam, number: number): Attributes {
  const jaws = (type: string, [low, high]: readonly [number, number]): Attributes => ({
    RTBeamLimitingDeviceType: type,
    LeafJawPositions: [decimal(low, 1), decimal(high, 1)],
  });
  const device = (type: string): Attributes => ({ RTBeamLimitingDeviceType: type, NumberOfLeafJawPairs: '1' });
  return {
    Manufacturer: study.provenance.manufacturer,
    TreatmentMachineName: 'SYNTHETIC',
    PrimaryDosimeterUnit: 'MU',
    SourceAxisDistance: '1000',
    BeamLimitingDeviceSequence: [device('ASYMX'), device('ASYMY')],
    BeamNumber: String(number),
    BeamName: `G${String(beam.gantryDegrees).padStart(3, '0')}`,
    BeamType: 'STATIC',
    RadiationType: 'PHOTON',
    TreatmentDeliveryType: 'TREATMENT',
    NumberOfWedges: '0',
    NumberOfCompensators: '0',
    NumberOfBoli: '0',
    NumberOfBlocks: '0',
    FinalCumulativeMetersetWeight: '1',
    NumberOfControlPoints: '2',
    ReferencedPatientSetupNumber: '1',
    ControlPointSequence: [
      {
        ControlPointIndex: '0',
        NominalBeamEnergy: '6',
        DoseRateSet: '600',
        BeamLimitingDevicePositionSequence: [jaws('ASYMX', beam.x), jaws('ASYMY', beam.y)],
        GantryAngle: decimal(beam.gantryDegrees, 1),
        GantryRotationDirection: 'NONE',
        BeamLimitingDeviceAngle: '0',
        BeamLimitingDeviceRotationDirection: 'NONE',
        PatientSupportAngle: '0',
        PatientSupportRotationDirection: 'NONE',
        TableTopEccentricAngle: '0',
        TableTopEccentricRotationDirection: 'NONE',
        TableTopVerticalPosition: '',
        TableTopLongitudinalPosition: '',
        TableTopLateralPosition: '',
        IsocenterPosition: isocentre.map((mm) => decimal(mm, 2)),
        CumulativeMetersetWeight: '0',
      },
      { ControlPointIndex: '1', CumulativeMetersetWeight: '1' },
    ],
  };
}

/** The RTPLAN of a study. */
export function planFile(study: WritableStudy, plan: WritablePlan): Uint8Array {
  const uids = uidsOf(study.identity);
  const numberOf = (name: string): number => study.structures.findIndex((structure) => structure.name === name) + 1;
  const highest = Math.max(0, ...plan.prescriptions.map(({ gy }) => gy));
  const perBeam = highest / plan.fractions / plan.beams.length;
  return fileOf({
    ...common(study, 'RTPLAN', { sopClass: sopClass.plan, uid: uids.plan, series: 3, number: 1 }),
    RTPlanLabel: plan.label.slice(0, 16),
    RTPlanName: study.provenance.description.slice(0, 64),
    RTPlanDescription: study.provenance.comment,
    RTPlanDate: madeOn,
    RTPlanTime: madeAt,
    PlanIntent: 'RESEARCH',
    RTPlanGeometry: 'PATIENT',
    ApprovalStatus: 'UNAPPROVED',
    DoseReferenceSequence: plan.prescriptions.map(({ structure, gy }, n) => ({
      ReferencedROINumber: String(numberOf(structure)),
      DoseReferenceNumber: String(n + 1),
      DoseReferenceUID: uids.target(structure),
      DoseReferenceStructureType: 'VOLUME',
      DoseReferenceDescription: structure,
      DoseReferenceType: 'TARGET',
      TargetPrescriptionDose: decimal(gy),
    })),
    FractionGroupSequence: [
      {
        FractionGroupNumber: '1',
        NumberOfFractionsPlanned: String(plan.fractions),
        NumberOfBeams: String(plan.beams.length),
        NumberOfBrachyApplicationSetups: '0',
        ReferencedBeamSequence: plan.beams.map((_, n) => ({
          BeamDose: decimal(perBeam, 6),
          BeamMeterset: '100',
          ReferencedBeamNumber: String(n + 1),
        })),
      },
    ],
    BeamSequence: plan.beams.map((beam, n) => beamOf(study, plan, beam, n + 1)),
    PatientSetupSequence: [{ PatientPosition: 'HFS', PatientSetupNumber: '1' }],
    ReferencedStructureSetSequence: [reference(sopClass.structures, uids.structures)],
  });
}

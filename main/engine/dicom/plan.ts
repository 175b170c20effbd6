import type { Vec3 } from '../../../shared/geometry';
import type { Problem } from '../../../shared/problem/problem';
import type { PlanShape } from '../../../shared/study';
import { uidOrNull, type Elements } from './elements';

type Beam = PlanShape['beams'][number];
type Prescription = PlanShape['prescriptions'][number];

/** An RTPLAN, read-only. Prescriptions still name their structure by number; linking turns it into a name. */
export interface ReadPlan {
  readonly uid: string;
  readonly frameOfReference: string;
  readonly structureSetUid: string | null;
  readonly shape: PlanShape;
  /** ROI number of each prescription of `shape`, where it has one. */
  readonly prescribedTo: readonly (number | null)[];
  readonly isocentresMm: readonly Vec3[];
  readonly notes: readonly Problem[];
}

/**
 * Reads an RTPLAN or RT Ion Plan: prescription, fractions, beams, isocentres. Angles are IEC 61217 as sent. *Source:* DICOM PS3.3
 * C.8.8.9 to C.8.8.25.
 */
export function readPlan(elements: Elements, ion: boolean): ReadPlan {
  const notes: Problem[] = [];
  const groups = elements.items('FractionGroupSequence');
  const perBeam = new Map<number, { doseGy: number; units: number | null }>();
  for (const beam of groups.flatMap((group) => group.items('ReferencedBeamSequence'))) {
    const number = beam.number('ReferencedBeamNumber');
    if (number === null || perBeam.has(number)) continue;
    perBeam.set(number, { doseGy: beam.number('BeamDose') ?? 0, units: beam.number('BeamMeterset') });
  }
  const fractions = groups[0]?.number('NumberOfFractionsPlanned') ?? null;
  const { prescriptions, prescribedTo } = prescriptionsOf(elements, groups, fractions);
  if (prescriptions.length === 0) notes.push({ code: 'dicom/plan-no-prescription', facts: {}, where: {} });
  const read = elements
    .items(ion ? 'IonBeamSequence' : 'BeamSequence')
    .map((beam) => beamOf(beam, ion, perBeam.get(beam.number('BeamNumber') ?? NaN)?.units ?? null));
  const position =
    elements
      .items('PatientSetupSequence')
      .map((setup) => setup.text('PatientPosition'))
      .find((text) => text !== '') ?? '';
  return {
    uid: elements.text('SOPInstanceUID'),
    frameOfReference: elements.text('FrameOfReferenceUID'),
    structureSetUid: uidOrNull(elements.items('ReferencedStructureSetSequence')[0]?.text('ReferencedSOPInstanceUID')),
    shape: {
      label: elements.text('RTPlanLabel') || elements.text('RTPlanName'),
      approval: elements.text('ApprovalStatus'),
      intent: elements.text('PlanIntent'),
      patientPosition: position,
      fractions,
      prescriptions: [...prescriptions],
      beams: read.map(({ beam }) => beam),
      ion,
    },
    prescribedTo,
    isocentresMm: distinct(read.flatMap(({ isocentres }) => isocentres)),
    notes,
  };
}

/** All target prescriptions, highest first; without any, fractions × the beams' doses, marked so. */
function prescriptionsOf(
  elements: Elements,
  groups: readonly Elements[],
  fractions: number | null,
): { readonly prescriptions: readonly Prescription[]; readonly prescribedTo: readonly (number | null)[] } {
  const targets = elements
    .items('DoseReferenceSequence')
    .filter((item) => item.text('DoseReferenceType').toUpperCase() === 'TARGET')
    .map((item) => {
      const byVolume = item.text('DoseReferenceStructureType').toUpperCase() === 'VOLUME';
      return {
        doseGy: item.number('TargetPrescriptionDose') ?? 0,
        number: byVolume ? item.number('ReferencedROINumber') : null,
        // A site, point or coordinates name no structure.
        structure: byVolume ? item.text('DoseReferenceDescription') || null : null,
      };
    })
    .filter(({ doseGy }) => doseGy > 0)
    .sort((a, b) => b.doseGy - a.doseGy);
  if (targets.length > 0) {
    return {
      prescriptions: targets.map(({ doseGy, structure }) => ({ structure, doseGy, from: 'plan' })),
      prescribedTo: targets.map(({ number }) => number),
    };
  }
  // Prescriptions of several fraction groups are never added.
  const first = groups[0]?.items('ReferencedBeamSequence') ?? [];
  const perFraction = first.reduce((sum, beam) => sum + (beam.number('BeamDose') ?? 0), 0);
  const doseGy = Math.round(perFraction * (fractions ?? 0) * 1e6) / 1e6;
  return doseGy > 0
    ? { prescriptions: [{ structure: null, doseGy, from: 'beam doses' }], prescribedTo: [null] }
    : { prescriptions: [], prescribedTo: [] };
}

function beamOf(
  item: Elements,
  ion: boolean,
  units: number | null,
): { readonly beam: Beam; readonly isocentres: readonly Vec3[] } {
  const points = item.items(ion ? 'IonControlPointSequence' : 'ControlPointSequence');
  // A control point repeats only what changes: the first one that says it holds until the next.
  const firstOf = (keyword: Parameters<Elements['number']>[0]): number | null =>
    points.map((point) => point.number(keyword)).find((value) => value !== null) ?? null;
  const angles = points.flatMap((point) => point.number('GantryAngle') ?? []);
  const isocentres = points.flatMap((point): Vec3[] => {
    const at = point.numbers('IsocenterPosition');
    return at?.length === 3 ? [[at[0] as number, at[1] as number, at[2] as number]] : [];
  });
  const moves = points.flatMap((point) =>
    point
      .items('BeamLimitingDevicePositionSequence')
      .filter((device) => device.text('RTBeamLimitingDeviceType').startsWith('MLC'))
      .map((device) => device.text('LeafJawPositions')),
  );
  const arc = new Set(angles).size > 1;
  const setup = item.text('TreatmentDeliveryType').toUpperCase() === 'SETUP';
  const kind = setup ? 'setup' : arc ? 'arc' : item.text('BeamType').toLowerCase() || 'static';
  const technique = new Set(moves).size > 1 ? `${kind}, moving MLC` : moves.length > 0 ? `${kind}, MLC` : kind;
  const start = angles[0];
  const stop = angles.at(-1);
  return {
    beam: {
      number: item.number('BeamNumber') ?? 0,
      name: item.text('BeamName'),
      radiation: item.text('RadiationType'),
      energyMv: firstOf('NominalBeamEnergy'),
      technique,
      gantryDeg: start === undefined || stop === undefined ? null : [start, stop],
      collimatorDeg: firstOf('BeamLimitingDeviceAngle'),
      couchDeg: firstOf('PatientSupportAngle'),
      isocentreMm: isocentres[0] === undefined ? null : [...isocentres[0]],
      monitorUnits: setup ? null : units,
    },
    isocentres: setup ? [] : isocentres,
  };
}

function distinct(points: readonly Vec3[]): readonly Vec3[] {
  const kept: Vec3[] = [];
  for (const point of points) {
    if (!kept.some((one) => one.every((mm, axis) => Math.abs(mm - (point[axis] as number)) < 0.01))) kept.push(point);
  }
  return kept;
}

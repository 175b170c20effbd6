import { encodeFile, type Attributes } from './encode';
import { uidOf } from './uid';
import type { WritableStudy } from './writableStudy';

export const sopClass = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  dose: '1.2.840.10008.5.1.4.1.1.481.2',
  structures: '1.2.840.10008.5.1.4.1.1.481.3',
  plan: '1.2.840.10008.5.1.4.1.1.481.5',
} as const;
export const retiredStudyClass = '1.2.840.10008.3.1.2.3.1';

/** Every date of a made study: one that nobody takes for an appointment. */
export const madeOn = '20000101';
export const madeAt = '120000';

/** The UIDs of a study's parts. */
export function uidsOf(identity: string): {
  readonly study: string;
  readonly frame: string;
  readonly series: (modality: string) => string;
  readonly slice: (k: number) => string;
  readonly structures: string;
  readonly plan: string;
  readonly dose: string;
  readonly target: (name: string) => string;
} {
  const uid = (...words: readonly (string | number)[]): string => uidOf('isolens', identity, ...words);
  return {
    study: uid('study'),
    frame: uid('frame of reference'),
    series: (modality) => uid('series', modality),
    slice: (k) => uid('slice', k),
    structures: uid('structure set'),
    plan: uid('plan'),
    dose: uid('dose'),
    target: (name) => uid('dose reference', name),
  };
}

const [zero, point] = ['0'.charCodeAt(0), '.'.charCodeAt(0)];

/** A decimal string: at most 16 characters, `digits` after the point, no trailing zeros. */
export function decimal(value: number, digits = 4): string {
  const text = value.toFixed(digits);
  let end = text.length;
  if (text.includes('.')) {
    while (text.charCodeAt(end - 1) === zero) end--;
    if (text.charCodeAt(end - 1) === point) end--;
  }
  const short = text.slice(0, end);
  if (short.length > 16) throw new Error(`${short} does not fit a decimal string`);
  return short === '-0' ? '0' : short;
}

/** What all objects of a study say: whose, which study and frame, and that it is synthetic or made over. */
export function common(
  study: WritableStudy,
  modality: string,
  instance: { readonly sopClass: string; readonly uid: string; readonly series: number; readonly number: number },
): Attributes {
  const uids = uidsOf(study.identity);
  const { provenance } = study;
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    InstanceCreationDate: madeOn,
    InstanceCreationTime: madeAt,
    SOPClassUID: instance.sopClass,
    SOPInstanceUID: instance.uid,
    StudyDate: madeOn,
    SeriesDate: madeOn,
    StudyTime: madeAt,
    SeriesTime: madeAt,
    AccessionNumber: '',
    Modality: modality,
    Manufacturer: provenance.manufacturer,
    ReferringPhysicianName: '',
    StationName: 'NONE',
    StudyDescription: provenance.description,
    SeriesDescription: `${modality} ${provenance.description}`.slice(0, 64),
    OperatorsName: '',
    ManufacturerModelName: provenance.model,
    PatientName: study.patientName,
    PatientID: study.patientId,
    PatientBirthDate: '',
    PatientSex: 'O',
    PatientIdentityRemoved: 'YES',
    DeidentificationMethod: provenance.deidentification.slice(0, 64),
    PatientComments: provenance.comment,
    SoftwareVersions: '1',
    StudyInstanceUID: uids.study,
    SeriesInstanceUID: uids.series(modality),
    StudyID: '1',
    SeriesNumber: String(instance.series),
    InstanceNumber: String(instance.number),
    FrameOfReferenceUID: uids.frame,
    PositionReferenceIndicator: '',
  };
}

/** One Part 10 file: explicit VR little endian, the same bytes whenever the attributes are the same. */
export function fileOf(attributes: Attributes): Uint8Array {
  const meta = {
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: attributes['SOPClassUID'],
    MediaStorageSOPInstanceUID: attributes['SOPInstanceUID'],
    TransferSyntaxUID: '1.2.840.10008.1.2.1',
    ImplementationClassUID: uidOf('isolens', 'implementation'),
    ImplementationVersionName: 'ISOLENS_1',
  };
  return encodeFile(meta, attributes);
}

export const reference = (sopClassUid: string, uid: string): Attributes => ({
  ReferencedSOPClassUID: sopClassUid,
  ReferencedSOPInstanceUID: uid,
});

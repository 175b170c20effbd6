import type { Problem } from '../../../shared/problem/problem';
import { doseHeaderOf, type DoseHeader } from '../dicom/dose';
import { imageHeaderOf, type ImageHeader } from '../dicom/image';
import { parseInstance, type Instance } from '../dicom/instance';
import { readPlan, type ReadPlan } from '../dicom/plan';
import { readRegistration, type Registration } from '../dicom/registration';
import { sopClassOf } from '../dicom/sopClass';
import { structureReferencesOf } from '../dicom/structures';
import type { ByteSource } from '../files/source';
import { IsolensError, problemOf } from '../../../shared/problem/problem';

/** Whose object it is. `key` tells patients apart: the ID, or the name where there is none. */
export interface Patient {
  readonly key: string;
  readonly name: string;
  readonly id: string;
}

/** What the header of any object says. */
export interface FoundObject {
  readonly source: ByteSource;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
  readonly studyUid: string;
  readonly patient: Patient;
  readonly modality: string;
  readonly seriesNumber: string;
  readonly description: string;
  readonly studyDescription: string;
  readonly synthetic: boolean;
}

export interface FoundImage extends FoundObject, ImageHeader {
  readonly kind: 'image';
  /** Why its pixels cannot be read, where its transfer syntax already says so. */
  readonly refused: Problem | null;
}

export interface FoundStructures extends FoundObject {
  readonly kind: 'structures';
  readonly label: string;
  readonly when: string;
  readonly frameOfReference: string;
  readonly referencedSeriesUids: readonly string[];
  readonly referencedImageUids: readonly string[];
  readonly count: number;
}

export interface FoundDose extends FoundObject, DoseHeader {
  readonly kind: 'dose';
}

export interface FoundPlan extends FoundObject {
  readonly kind: 'plan';
  readonly plan: ReadPlan;
}

export interface FoundRegistration extends FoundObject {
  readonly kind: 'registration';
  readonly registration: Registration;
}

/** Listed, never drawn: `problem` says why. */
export interface FoundOther extends FoundObject {
  readonly kind: 'other';
  readonly name: string;
  readonly problem: Problem;
}

export type Found = FoundImage | FoundStructures | FoundDose | FoundPlan | FoundRegistration | FoundOther;

/** Bytes read first of each file; the header of an image is seldom longer. */
const firstRead = 64 * 1024;

/** A header longer than this is not one. */
const longestHeader = 256 * 2 ** 20;

/**
 * Reads what grouping needs of one file; null where it is not DICOM, or a DICOMDIR. *Problems* `files/unreadable`, `dicom/unreadable`,
 * `dicom/cut-short`, `dicom/inflate-limit`.
 */
export async function findIn(source: ByteSource): Promise<Found | null> {
  const instance = await headerOf(source);
  if (instance === null) return null;
  const { elements, transferSyntax, complete } = instance;
  const { kind, name, ion } = sopClassOf(elements.text('SOPClassUID'));
  if (kind === 'directory') return null;
  if (!elements.has('SOPInstanceUID') || !elements.has('SOPClassUID')) {
    throw new IsolensError(
      complete ? 'dicom/unreadable' : 'dicom/cut-short',
      { reason: 'no SOP instance' },
      { file: source.path },
    );
  }
  const object = objectOf(instance, source);
  const other = (problem: Problem): FoundOther => ({ ...object, kind: 'other', name, problem });
  const refuse = (code: Problem['code'], facts: Problem['facts'] = {}): FoundOther =>
    other({ code, facts, where: { file: source.path } });
  if (!complete) return refuse('dicom/cut-short');
  try {
    switch (kind) {
      case 'image': {
        const refused: Problem | null =
          transferSyntax.pixels === null
            ? {
                code: 'dicom/transfer-syntax-unsupported',
                facts: { name: transferSyntax.name },
                where: { file: source.path },
              }
            : null;
        const header = imageHeaderOf(instance);
        if (header.multiFrame) return refuse('dicom/multi-frame-unsupported', { object: name });
        return { ...object, ...header, kind, refused };
      }
      case 'structures': {
        const { names, ...references } = structureReferencesOf(elements);
        const when = `${elements.text('StructureSetDate')} ${elements.text('StructureSetTime')}`;
        return { ...object, ...references, kind, label: elements.text('StructureSetLabel'), when, count: names };
      }
      case 'dose':
        return { ...object, ...doseHeaderOf(elements), kind };
      case 'plan':
        return { ...object, kind, plan: readPlan(elements, ion) };
      case 'registration':
        return { ...object, kind, registration: readRegistration(elements) };
      case 'deformable-registration':
        return refuse('dicom/registration-unusable', { reason: 'deformable' });
      case 'multi-frame':
        return refuse('dicom/multi-frame-unsupported', { object: name });
      case 'other':
        return refuse('dicom/not-used', { object: name });
    }
  } catch (thrown) {
    return other(problemOf(thrown, { file: source.path }));
  }
}

/** Reads the beginning of a file, and more of it until the header is whole. */
async function headerOf(source: ByteSource): Promise<Instance | null> {
  for (let size = firstRead; ; size *= 8) {
    const bytes = await source.read(0, Math.min(size, longestHeader));
    const whole = bytes.length >= source.bytes || size >= longestHeader;
    try {
      const instance = parseInstance(bytes, { upTo: 'pixels', fileBytes: source.bytes, file: source.path });
      if (instance === null || whole || (instance.complete && instance.reachesPixels)) return instance;
    } catch (thrown) {
      if (whole) throw thrown;
    }
  }
}

function objectOf({ elements }: Instance, source: ByteSource): FoundObject {
  const id = elements.text('PatientID');
  const name = (elements.text('PatientName').split('=')[0] ?? '').replace(/\^+$/, '');
  const studyUid = elements.text('StudyInstanceUID');
  return {
    source,
    sopInstanceUid: elements.text('SOPInstanceUID'),
    seriesUid: elements.text('SeriesInstanceUID'),
    studyUid,
    patient: { key: id !== '' ? `id ${id}` : name !== '' ? `name ${name}` : `study ${studyUid}`, name, id },
    modality: elements.text('Modality'),
    seriesNumber: elements.text('SeriesNumber'),
    description: elements.text('SeriesDescription'),
    studyDescription: elements.text('StudyDescription'),
    synthetic: /synthetic/i.test(
      `${elements.text('PatientComments')} ${elements.text('PatientName')} ${elements.text('PatientID')}`,
    ),
  };
}

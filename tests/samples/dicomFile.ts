import { deflateRawSync } from 'node:zlib';
import { tag, type Keyword } from '../../main/engine/dicom/tag';

/** What an attribute may hold: text, numbers (as text or binary, as its VR asks), raw bytes, or the items of a sequence. */
export type Value = string | number | readonly number[] | readonly string[] | Uint8Array | readonly Attributes[];
export type Attributes = Readonly<Partial<Record<Keyword, Value>>>;

export type Encoding = 'implicit' | 'explicit' | 'big-endian' | 'deflated' | 'rle';

export const syntaxUid: Readonly<Record<Encoding, string>> = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  'big-endian': '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
  rle: '1.2.840.10008.1.2.5',
};

const binary = new Set<Keyword>([
  'SamplesPerPixel', 'PlanarConfiguration', 'Rows', 'Columns', 'BitsAllocated', 'BitsStored', 'HighBit',
  'PixelRepresentation', 'PixelPaddingValue', 'PixelPaddingRangeLimit', 'LUTDescriptor',
]); // prettier-ignore
const decimals = new Set<Keyword>(['ImagePositionPatient', 'ContourData', 'PixelSpacing', 'RescaleSlope']);

function vrOf(keyword: Keyword, value: Value): string {
  if (keyword.endsWith('Sequence')) return 'SQ';
  if (keyword.endsWith('UID')) return 'UI';
  if (binary.has(keyword)) return 'US';
  if (keyword === 'PixelData' || keyword === 'LUTData' || value instanceof Uint8Array) return 'OW';
  if (keyword === 'PatientName') return 'PN';
  return decimals.has(keyword) || typeof value !== 'string' ? 'DS' : 'LO';
}

const long = new Set(['OW', 'OB', 'SQ', 'UN']);

/** Writes data elements; tests build the files that they need, faults included, without another program. */
class Writer {
  private readonly parts: Buffer[] = [];
  private readonly little: boolean;
  private readonly explicit: boolean;
  constructor(little: boolean, explicit: boolean) {
    this.little = little;
    this.explicit = explicit;
  }

  private number(value: number, width: 2 | 4): Buffer {
    const bytes = Buffer.alloc(width);
    const unsigned = value < 0 ? value + 2 ** (8 * width) : value;
    if (this.little) bytes.writeUIntLE(unsigned, 0, width);
    else bytes.writeUIntBE(unsigned, 0, width);
    return bytes;
  }

  element(code: string, vr: string, body: Buffer, length = body.length): void {
    const [group, element] = [parseInt(code.slice(1, 5), 16), parseInt(code.slice(5), 16)];
    this.parts.push(this.number(group, 2), this.number(element, 2));
    if (!this.explicit) this.parts.push(this.number(length, 4));
    else if (long.has(vr)) this.parts.push(Buffer.from(vr), Buffer.alloc(2), this.number(length, 4));
    else this.parts.push(Buffer.from(vr), this.number(length, 2));
    this.parts.push(body);
  }

  private body(vr: string, value: Value): Buffer {
    if (vr === 'SQ') {
      const items = (value as readonly Attributes[]).map((item) => {
        const content = new Writer(this.little, this.explicit).attributes(item);
        return Buffer.concat([this.number(0xfffe, 2), this.number(0xe000, 2), this.number(content.length, 4), content]);
      });
      return Buffer.concat(items);
    }
    if (value instanceof Uint8Array) return padded(Buffer.from(value), 0);
    if (vr === 'US') return Buffer.concat([value].flat().map((one) => this.number(Number(one), 2)));
    const text = [value as string | number | readonly number[]].flat().join('\\');
    return padded(Buffer.from(text, 'latin1'), vr === 'UI' ? 0 : 32);
  }

  attributes(all: Attributes): Buffer {
    const sorted = (Object.entries(all) as [Keyword, Value][]).sort(([a], [b]) => (tag[a] < tag[b] ? -1 : 1));
    for (const [keyword, value] of sorted) {
      const vr = vrOf(keyword, value);
      this.element(tag[keyword], vr, this.body(vr, value));
    }
    return Buffer.concat(this.parts);
  }
}

const padded = (bytes: Buffer, filler: number): Buffer =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([filler])]);

/** The data set alone, without preamble and group 2. */
export function dataSet(attributes: Attributes, encoding: Encoding = 'explicit'): Buffer {
  return new Writer(encoding !== 'big-endian', encoding !== 'implicit').attributes(attributes);
}

/** A whole Part 10 file. */
export function dicomFile(
  attributes: Attributes,
  encoding: Encoding = 'explicit',
  statedSyntax = syntaxUid[encoding],
): Uint8Array {
  const meta = new Writer(true, true);
  if (statedSyntax !== '') meta.element('x00020010', 'UI', padded(Buffer.from(statedSyntax), 0));
  const body = dataSet(attributes, encoding);
  const rest = encoding === 'deflated' ? deflateRawSync(body) : body;
  return new Uint8Array(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta.attributes({}), rest]));
}

/** 16-bit words as bytes. */
export const words = (values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);

export const longWords = (values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

export const sop = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  mr: '1.2.840.10008.5.1.4.1.1.4',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
  structures: '1.2.840.10008.5.1.4.1.1.481.3',
  dose: '1.2.840.10008.5.1.4.1.1.481.2',
  plan: '1.2.840.10008.5.1.4.1.1.481.5',
  registration: '1.2.840.10008.5.1.4.1.1.66.1',
  secondaryCapture: '1.2.840.10008.5.1.4.1.1.7',
} as const;

/** One 4 × 3 CT image (columns × rows) at z, every attribute of which may be replaced. */
export function ctImage(z: number, changes: Attributes = {}): Attributes {
  return {
    SOPClassUID: sop.ct,
    SOPInstanceUID: `1.2.3.${Math.round(1000 + z * 10)}`,
    Modality: 'CT',
    PatientName: 'TEST^ONE',
    PatientID: 'T1',
    StudyInstanceUID: '1.2.9',
    SeriesInstanceUID: '1.2.10',
    FrameOfReferenceUID: '1.2.11',
    ImagePositionPatient: [-10, -20, z],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [2, 1.5],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: 3,
    Columns: 4,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    RescaleSlope: 1,
    RescaleIntercept: -1024,
    RescaleType: 'HU',
    PixelData: words(Array.from({ length: 12 }, (_, n) => 1000 + n + Math.round(z * 100))),
    ...changes,
  };
}

/** One square contour around (x, y) at z, 2·half wide. */
export const square = (x: number, y: number, z: number, half: number): readonly number[] => [
  x - half, y - half, z, x + half, y - half, z, x + half, y + half, z, x - half, y + half, z,
]; // prettier-ignore

/** A structure set of named structures, each with its contours' points. */
export function structureSet(
  structures: readonly {
    readonly name: string;
    readonly type?: string;
    readonly contours: readonly (readonly number[])[];
  }[],
  changes: Attributes = {},
): Attributes {
  return {
    SOPClassUID: sop.structures,
    SOPInstanceUID: '1.2.3.1',
    Modality: 'RTSTRUCT',
    PatientName: 'TEST^ONE',
    PatientID: 'T1',
    StudyInstanceUID: '1.2.9',
    SeriesInstanceUID: '1.2.20',
    StructureSetLabel: 'SET',
    StructureSetROISequence: structures.map(({ name }, n) => ({
      ROINumber: n + 1,
      ReferencedFrameOfReferenceUID: '1.2.11',
      ROIName: name,
    })),
    ROIContourSequence: structures.map(({ contours }, n) => ({
      ReferencedROINumber: n + 1,
      ContourSequence: contours.map((points) => ({
        ContourGeometricType: 'CLOSED_PLANAR',
        NumberOfContourPoints: points.length / 3,
        ContourData: points,
      })),
    })),
    RTROIObservationsSequence: structures.map(({ type }, n) => ({
      ReferencedROINumber: n + 1,
      RTROIInterpretedType: type ?? 'ORGAN',
    })),
    ...changes,
  };
}

/** A dose of 2 × 2 voxels and two frames: stored values 1 … 8. */
export function doseGrid(changes: Attributes = {}): Attributes {
  return {
    SOPClassUID: sop.dose,
    SOPInstanceUID: '1.2.3.2',
    Modality: 'RTDOSE',
    PatientName: 'TEST^ONE',
    PatientID: 'T1',
    StudyInstanceUID: '1.2.9',
    SeriesInstanceUID: '1.2.21',
    FrameOfReferenceUID: '1.2.11',
    ImagePositionPatient: [-10, -20, 0],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [2, 3],
    GridFrameOffsetVector: [0, 2.5],
    DoseGridScaling: '0.5',
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseSummationType: 'PLAN',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: 2,
    Rows: 2,
    Columns: 2,
    BitsAllocated: 32,
    BitsStored: 32,
    HighBit: 31,
    PixelRepresentation: 0,
    PixelData: longWords([1, 2, 3, 4, 5, 6, 7, 8]),
    ...changes,
  };
}

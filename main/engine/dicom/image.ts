import type { Vec3 } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import { decimalOf, type Elements } from './elements';
import { framesOf, pixelFormatOf, storedValues, frameLength, type PixelFormat } from './pixels';
import { parseInstance, type Instance } from './instance';

/** What the header of one image says about where it lies and what its values mean. */
export interface ImageHeader {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly frameOfReference: string;
  readonly rows: number;
  readonly columns: number;
  /** Distance between rows, and between columns, in mm; null where absent or not positive. */
  readonly pixelSpacingMm: readonly [rows: number, columns: number] | null;
  readonly rowDirection: Vec3 | null;
  readonly columnDirection: Vec3 | null;
  readonly positionMm: Vec3 | null;
  readonly imageType: readonly string[];
  /** What tells two images of one position apart: echo, b-value, time, acquisition. */
  readonly acquisition: readonly string[];
  readonly rescaleType: string;
  readonly hasRescale: boolean;
  readonly lossy: boolean;
  readonly colour: boolean;
  readonly multiFrame: boolean;
  /** How it was made and of whom, by keyword; empty ones left out. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What studies are told apart by: scanner, settings and kind of patient. No name, number or date. */
const telling = [
  'Manufacturer',
  'ManufacturerModelName',
  'InstitutionName',
  'StationName',
  'SoftwareVersions',
  'ProtocolName',
  'BodyPartExamined',
  'KVP',
  'XRayTubeCurrent',
  'Exposure',
  'ConvolutionKernel',
  'SliceThickness',
  'ContrastBolusAgent',
  'PatientPosition',
  'PatientSex',
  'PatientAge',
] as const;

export function imageHeaderOf({ elements, transferSyntax }: Instance): ImageHeader {
  const spacing = elements.numbers('PixelSpacing');
  const position = elements.numbers('ImagePositionPatient');
  const orientation = elements.numbers('ImageOrientationPatient');
  const photometric = elements.text('PhotometricInterpretation');
  const vec = (values: Float64Array, from: number): Vec3 => [
    values[from] as number,
    values[from + 1] as number,
    values[from + 2] as number,
  ];
  return {
    sopInstanceUid: elements.text('SOPInstanceUID'),
    sopClassUid: elements.text('SOPClassUID'),
    frameOfReference: elements.text('FrameOfReferenceUID'),
    rows: elements.uint16('Rows') ?? 0,
    columns: elements.uint16('Columns') ?? 0,
    pixelSpacingMm:
      spacing?.length === 2 && spacing.every((mm) => mm > 0) ? [spacing[0] as number, spacing[1] as number] : null,
    rowDirection: orientation?.length === 6 ? vec(orientation, 0) : null,
    columnDirection: orientation?.length === 6 ? vec(orientation, 3) : null,
    positionMm: position?.length === 3 ? vec(position, 0) : null,
    imageType: elements.texts('ImageType'),
    acquisition: [
      elements.text('EchoNumbers') || elements.text('EchoTime'),
      String(elements.double('DiffusionBValue') ?? ''),
      elements.text('TemporalPositionIdentifier'),
      elements.text('AcquisitionNumber'),
    ],
    rescaleType: elements.text('RescaleType'),
    hasRescale: elements.has('RescaleSlope') || elements.items('ModalityLUTSequence').length > 0,
    lossy: transferSyntax.lossy || elements.text('LossyImageCompression') === '01',
    colour: photometric !== '' && !photometric.startsWith('MONOCHROME'),
    multiFrame: (elements.number('NumberOfFrames') ?? 1) > 1,
    tags: Object.fromEntries(
      telling.map((word): [string, string] => [word, elements.text(word)]).filter(([, text]) => text !== ''),
    ),
  };
}

/** One image's values after rescale (HU for CT). Padded pixels hold `air` and are marked. */
export interface ImageValues {
  /** Int32 where whole numbers stay whole. */
  readonly values: Int32Array | Float64Array;
  /** 1 where the pixel is padding; null where the image has none. */
  readonly padding: Uint8Array | null;
  /** The stored values, for the identity of the series. */
  readonly stored: Int32Array;
  /** True: slope and intercept are whole numbers, so that integers stay integers. */
  readonly whole: boolean;
}

/** What padded CT voxels count as, in HU. */
export const airHu = -1000;

/**
 * Reads one image whole and rescales it by its own slope and intercept, or its modality LUT. *Problems* those of `pixelFormatOf`
 * and `framesOf`; `dicom/number-unreadable` where the rescale is no number. *Source:* DICOM PS3.3 C.11.1, C.7.5.1.1.2.
 */
export function readImage(bytes: Uint8Array, expected: ImageHeader, file?: string): ImageValues {
  const instance = parseInstance(bytes, { upTo: 'end', ...(file === undefined ? {} : { file }) });
  if (instance === null) throw new IsolensError('dicom/not-dicom', {}, { file });
  const { elements } = instance;
  const format = pixelFormatOf(elements);
  const changed = elements.text('SOPInstanceUID') !== expected.sopInstanceUid;
  if (changed || format.rows !== expected.rows || format.columns !== expected.columns || format.samples !== 1) {
    throw new IsolensError('dicom/unreadable', { reason: 'it changed since the folder was scanned' }, { file });
  }
  const frames = framesOf(instance, { ...format, frames: 1 }, file);
  const stored = storedValues(frames.bytes(0), frames.littleEndian, format, new Int32Array(frameLength(format)));
  const padding = paddingOf(elements, format, stored);
  const { values, whole } = rescaled(elements, format, stored, file);
  if (padding !== null) for (let v = 0; v < values.length; v++) if (padding[v] === 1) values[v] = airHu;
  return { values, padding, stored, whole };
}

/** Marks pixels whose stored value is the padding value, or lies between it and the range limit. */
function paddingOf(elements: Elements, { signed }: PixelFormat, stored: Int32Array): Uint8Array | null {
  const read = (keyword: 'PixelPaddingValue' | 'PixelPaddingRangeLimit'): number | null =>
    signed ? elements.int16(keyword) : elements.uint16(keyword);
  const value = read('PixelPaddingValue');
  if (value === null) return null;
  const limit = read('PixelPaddingRangeLimit') ?? value;
  const [low, high] = [Math.min(value, limit), Math.max(value, limit)];
  const marks = new Uint8Array(stored.length);
  let any = false;
  for (let v = 0; v < stored.length; v++) {
    if ((stored[v] as number) < low || (stored[v] as number) > high) continue;
    marks[v] = 1;
    any = true;
  }
  return any ? marks : null;
}

/** Stored values by the image's own rescale; `whole` where whole numbers stay whole. */
function rescaled(
  elements: Elements,
  format: PixelFormat,
  stored: Int32Array,
  file?: string,
): Pick<ImageValues, 'values' | 'whole'> {
  const lut = lookupOf(elements, format);
  if (lut !== null) {
    const last = lut.table.length - 1;
    const values = stored.map((value) => lut.table[Math.min(last, Math.max(0, value - lut.first))] as number);
    return { values, whole: true };
  }
  const read = (keyword: 'RescaleSlope' | 'RescaleIntercept', otherwise: number): number => {
    if (!elements.has(keyword)) return otherwise;
    const value = decimalOf(elements.texts(keyword)[0] ?? '');
    if (!Number.isFinite(value)) throw new IsolensError('dicom/number-unreadable', { tag: keyword }, { file });
    return value;
  };
  const slope = read('RescaleSlope', 1);
  const intercept = read('RescaleIntercept', 0);
  const whole = Number.isInteger(slope) && Number.isInteger(intercept);
  // Words of up to 16 bits times a small slope cannot leave 32 bits.
  const fits = format.bitsStored <= 16 && Math.abs(slope) <= 2 ** 14 && Math.abs(intercept) <= 2 ** 29;
  const unsigned32 = format.bitsStored === 32 && !format.signed;
  const values = whole && fits ? new Int32Array(stored.length) : new Float64Array(stored.length);
  for (let v = 0; v < values.length; v++) {
    const value = stored[v] as number;
    values[v] = (unsigned32 ? value >>> 0 : value) * slope + intercept;
  }
  return { values, whole };
}

/** The modality LUT, which stands in the place of slope and intercept. Source: DICOM PS3.3 C.11.1.1. */
function lookupOf(elements: Elements, { signed }: PixelFormat): { first: number; table: Uint16Array } | null {
  const item = elements.items('ModalityLUTSequence')[0];
  const data = item?.bytes('LUTData');
  if (item === undefined || data === null || data === undefined) return null;
  const sent = item.uint16('LUTDescriptor', 0) ?? 0;
  const entries = sent === 0 ? 65536 : sent;
  const first = (signed ? item.int16('LUTDescriptor', 1) : item.uint16('LUTDescriptor', 1)) ?? 0;
  const bits = item.uint16('LUTDescriptor', 2) ?? 16;
  const table = new Uint16Array(entries);
  const wide = data.length >= 2 * entries;
  for (let n = 0; n < entries; n++) {
    table[n] = wide ? (item.uint16('LUTData', n) ?? 0) : (data[n] ?? 0);
  }
  return bits >= 8 && bits <= 16 ? { first, table } : null;
}

import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet } from 'dicom-parser';
import { IsolensError } from '../../../shared/problem/problem';
import { elementsOf, type Elements } from './elements';
import { identify } from './identify';
import { tag } from './tag';
import { explicitBigEndian, explicitLittleEndian, transferSyntaxOf, type TransferSyntax } from './transferSyntax';

/** One DICOM object, parsed. Views into the bytes it was read from: copy what is kept. */
export interface Instance {
  readonly elements: Elements;
  readonly transferSyntax: TransferSyntax;
  /** False: the parser stopped before the end; what came before is here. */
  readonly complete: boolean;
  /** True: the elements reach the pixel data, so that nothing of the header is missing. */
  readonly reachesPixels: boolean;
  /** Where the pixel data lie; null where there are none (or none yet). */
  readonly pixelData: PixelData | null;
}

export interface PixelData {
  readonly bytes: Uint8Array;
  /** Length that the header states. */
  readonly stated: number;
  readonly littleEndian: boolean;
  /** Compressed data: its fragments in order, and where each frame begins among them (empty: not said). */
  readonly fragments: readonly { readonly offset: number; readonly bytes: Uint8Array }[] | null;
  readonly frameOffsets: readonly number[];
}

/** Deflated data may not grow beyond this, in bytes or as a multiple of the file. */
const inflateLimit = { bytes: 2 ** 31 - 1, times: 200 };

/**
 * Parses one object; null where the bytes are not DICOM. `upTo` 'pixels' stops at the pixel data, so that the beginning of a file (of
 * `fileBytes` in all) is enough. *Problems* `dicom/inflate-limit`; `dicom/unreadable` where not even the first elements can be read.
 */
export function parseInstance(
  bytes: Uint8Array,
  { upTo, fileBytes = bytes.length, file }: { upTo: 'pixels' | 'end'; fileBytes?: number; file?: string },
): Instance | null {
  const found = identify(bytes, fileBytes);
  if (found === null) return null;
  const transferSyntax = transferSyntaxOf(found.transferSyntax);
  const deflated = transferSyntax.elements === 'deflated';
  const body = deflated ? inflate(bytes.subarray(found.start), file) : bytes.subarray(found.start);
  const { set, complete } = parse(
    body,
    deflated ? explicitLittleEndian : found.transferSyntax,
    upTo === 'pixels',
    file,
  );
  const elements = elementsOf(set);
  if (!found.stated && complete && (!elements.has('SOPClassUID') || !elements.has('SOPInstanceUID'))) return null;
  if (!found.stated && !complete && !elements.has('SOPClassUID')) return null;
  return {
    elements,
    transferSyntax,
    complete,
    reachesPixels: set.elements[tag.PixelData] !== undefined,
    pixelData: upTo === 'pixels' ? null : pixelDataOf(set, transferSyntax),
  };
}

function inflate(bytes: Uint8Array, file?: string): Uint8Array {
  const maxOutputLength = Math.min(inflateLimit.bytes, Math.max(2 ** 20, bytes.length * inflateLimit.times));
  try {
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength }));
  } catch (cause) {
    const tooLarge = cause instanceof RangeError || (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new IsolensError(tooLarge ? 'dicom/inflate-limit' : 'dicom/cut-short', {}, { file }, cause);
  }
}

/** The one call of the parser. It throws strings, and objects that hold what it had read: both end here. */
function parse(
  bytes: Uint8Array,
  transferSyntax: string,
  stopAtPixels: boolean,
  file?: string,
): { readonly set: DataSet; readonly complete: boolean } {
  const TransferSyntaxUID = transferSyntax === '' ? explicitLittleEndian : transferSyntax;
  try {
    const options = stopAtPixels ? { TransferSyntaxUID, untilTag: tag.PixelData } : { TransferSyntaxUID };
    return { set: dicomParser.parseDicom(bytes, options), complete: true };
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'dataSet' in thrown) {
      return { set: thrown.dataSet as DataSet, complete: false };
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IsolensError('dicom/unreadable', { reason }, { file }, thrown);
  }
}

function pixelDataOf(set: DataSet, transferSyntax: TransferSyntax): PixelData | null {
  const element = set.elements[tag.PixelData];
  if (element === undefined) return null;
  const { dataOffset, length } = element;
  const littleEndian = transferSyntax.uid !== explicitBigEndian;
  const view = (offset: number, size: number): Uint8Array => set.byteArray.subarray(offset, offset + size);
  if (element.encapsulatedPixelData !== true) {
    return { bytes: view(dataOffset, length), stated: length, littleEndian, fragments: null, frameOffsets: [] };
  }
  const fragments = (element.fragments ?? []).map(({ offset, position, length: size }) => ({
    offset,
    bytes: view(position, size),
  }));
  return {
    bytes: view(dataOffset, 0),
    stated: length,
    littleEndian,
    fragments,
    frameOffsets: element.basicOffsetTable ?? [],
  };
}

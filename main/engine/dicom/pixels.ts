import { IsolensError } from '../../../shared/problem/problem';
import type { Elements } from './elements';
import type { Instance } from './instance';
import { unpackRle } from './rle';

/** How the pixels of an object are laid out. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly photometric: string;
  /** Colour: all of one sample, then all of the next. */
  readonly planar: boolean;
}

/** Values in one frame. */
export const frameLength = ({ rows, columns, samples }: PixelFormat): number => rows * columns * samples;

/** Reads the layout. *Problems* `dicom/pixels-unsupported` where it is missing or not one that can be read. */
export function pixelFormatOf(elements: Elements): PixelFormat {
  const refuse = (reason: string): IsolensError => new IsolensError('dicom/pixels-unsupported', { reason });
  const rows = elements.uint16('Rows') ?? 0;
  const columns = elements.uint16('Columns') ?? 0;
  if (rows === 0 || columns === 0) throw refuse('no rows or columns');
  const bitsAllocated = elements.uint16('BitsAllocated') ?? 0;
  if (![1, 8, 16, 32].includes(bitsAllocated)) throw refuse(`${bitsAllocated} bits allocated`);
  const bitsStored = elements.uint16('BitsStored') ?? bitsAllocated;
  const highBit = elements.uint16('HighBit') ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated) throw refuse(`${bitsStored} of ${bitsAllocated} bits stored`);
  if (highBit >= bitsAllocated || highBit < bitsStored - 1) throw refuse(`high bit ${highBit}`);
  const samples = elements.uint16('SamplesPerPixel') ?? 1;
  if (samples < 1 || samples > 4) throw refuse(`${samples} samples per pixel`);
  const frames = elements.has('NumberOfFrames') ? elements.number('NumberOfFrames') : 1;
  if (frames === null || !Number.isInteger(frames) || frames < 1 || frames > 100_000) throw refuse('number of frames');
  return {
    rows,
    columns,
    frames,
    samples,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: elements.uint16('PixelRepresentation') === 1,
    photometric: elements.text('PhotometricInterpretation'),
    planar: samples > 1 && elements.uint16('PlanarConfiguration') === 1,
  };
}

/**
 * Gives each frame's bytes: little or big endian words as stored. *Problems* `dicom/no-pixels`, `dicom/pixels-incomplete`,
 * `dicom/transfer-syntax-unsupported`, `dicom/rle-broken`.
 */
export interface Frames {
  readonly littleEndian: boolean;
  bytes(frame: number): Uint8Array;
}

export function framesOf({ transferSyntax, pixelData }: Instance, format: PixelFormat, file?: string): Frames {
  if (transferSyntax.pixels === null) {
    throw new IsolensError('dicom/transfer-syntax-unsupported', { name: transferSyntax.name }, { file });
  }
  if (pixelData === null) throw new IsolensError('dicom/no-pixels', {}, { file });
  const { fragments } = pixelData;
  if (fragments === null) {
    const bits = frameLength(format) * format.bitsAllocated;
    const need = Math.ceil((bits * format.frames) / 8);
    const have = pixelData.bytes.length;
    if (have < need) throw new IsolensError('dicom/pixels-incomplete', { have, need }, { file });
    const bytesOf = (frame: number): Uint8Array =>
      pixelData.bytes.subarray(Math.floor((bits * frame) / 8), Math.ceil((bits * (frame + 1)) / 8));
    return { littleEndian: pixelData.littleEndian, bytes: bytesOf };
  }
  if (transferSyntax.pixels !== 'rle')
    throw new IsolensError('dicom/pixels-unsupported', { reason: 'encapsulated' }, { file });
  const groups = fragmentsByFrame(fragments, pixelData.frameOffsets, format.frames);
  if (groups === null) {
    throw new IsolensError('dicom/pixels-incomplete', { have: fragments.length, need: format.frames }, { file });
  }
  const layout = {
    pixels: format.rows * format.columns,
    samples: format.samples,
    bytesPerSample: format.bitsAllocated >> 3,
  };
  return {
    littleEndian: true,
    bytes: (frame) => {
      try {
        return unpackRle(joined(groups[frame] ?? []), layout);
      } catch (cause) {
        throw cause instanceof IsolensError ? new IsolensError(cause.problem.code, {}, { file }, cause) : cause;
      }
    },
  };
}

type Fragments = readonly { readonly offset: number; readonly bytes: Uint8Array }[];

/** Fragments are not frames: one frame may span several. Null where the frames cannot be told apart. */
function fragmentsByFrame(fragments: Fragments, offsets: readonly number[], frames: number): Uint8Array[][] | null {
  if (frames === 1) return [fragments.map(({ bytes }) => bytes)];
  if (fragments.length === frames) return fragments.map(({ bytes }) => [bytes]);
  if (offsets.length !== frames) return null;
  const groups: Uint8Array[][] = offsets.map(() => []);
  for (const { offset, bytes } of fragments) {
    const frame = offsets.findLastIndex((start) => start <= offset);
    groups[frame]?.push(bytes);
  }
  return groups.every((group) => group.length > 0) ? groups : null;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Stored values of one frame, samples interleaved: BitsStored bits up to HighBit, sign-extended from the highest where signed. The other bits
 * (old overlays) are masked away. *Source:* DICOM PS3.3 C.7.6.3.1.
 */
export function storedValues<Out extends Float64Array | Int32Array>(
  bytes: Uint8Array,
  littleEndian: boolean,
  format: PixelFormat,
  out: Out,
  frame = 0,
): Out {
  const { bitsAllocated, bitsStored, highBit, signed, planar, samples } = format;
  const count = frameLength(format);
  if (bitsAllocated === 1) {
    const first = (count * frame) % 8;
    for (let n = 0; n < count; n++) out[n] = ((bytes[(first + n) >> 3] ?? 0) >> ((first + n) & 7)) & 1;
    return out;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = bitsAllocated >> 3;
  const left = 31 - highBit;
  const right = 32 - bitsStored;
  const pixels = format.rows * format.columns;
  if (width === 2 && littleEndian && !planar) {
    // Nearly every CT: words in the machine's own order, copied where they do not start on an even byte.
    const even = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
    const plain = new Uint16Array(even.buffer, even.byteOffset, count);
    for (let n = 0; n < count; n++) {
      const raised = (plain[n] as number) << left;
      out[n] = signed ? raised >> right : raised >>> right;
    }
    return out;
  }
  for (let n = 0; n < count; n++) {
    const at = width * (planar ? (n % samples) * pixels + Math.floor(n / samples) : n);
    const word =
      width === 1
        ? view.getUint8(at)
        : width === 2
          ? view.getUint16(at, littleEndian)
          : view.getUint32(at, littleEndian);
    const raised = word << left;
    out[n] = signed ? raised >> right : raised >>> right;
  }
  return out;
}

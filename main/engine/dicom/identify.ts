import { explicitBigEndian, explicitLittleEndian, implicitLittleEndian } from './transferSyntax';

/** Where a file's data set begins and how it is written. */
export interface Identified {
  /** Byte at which group 0002 ends and the data set begins. */
  readonly start: number;
  readonly transferSyntax: string;
  /** False: no preamble, or no transfer syntax stated: believed only if the data set names its class and instance. */
  readonly stated: boolean;
}

const magic = [0x44, 0x49, 0x43, 0x4d];

/**
 * Recognises DICOM by its bytes, never by its name; null for anything else. `bytes` is the beginning of a file of `fileBytes`.
 * *Source:* DICOM PS3.10, section 7.1.
 */
export function identify(bytes: Uint8Array, fileBytes: number): Identified | null {
  if (magic.every((byte, n) => bytes[128 + n] === byte)) return afterMeta(bytes, 132, fileBytes);
  const guessed = guess(bytes, 0, fileBytes);
  if (guessed === null) return null;
  const group = guessed === explicitBigEndian ? uint16(bytes, 0, false) : uint16(bytes, 0, true);
  if (group === 2) {
    const found = afterMeta(bytes, 0, fileBytes);
    return found === null ? null : { ...found, stated: false };
  }
  return group === 8 ? { start: 0, transferSyntax: guessed, stated: false } : null;
}

/** Walks the elements of group 0002, which are explicit little endian whatever follows them. */
function afterMeta(bytes: Uint8Array, from: number, fileBytes: number): Identified | null {
  let at = from;
  let transferSyntax = '';
  while (at + 8 <= bytes.length && uint16(bytes, at, true) === 2) {
    const vr = String.fromCharCode(bytes[at + 4] as number, bytes[at + 5] as number);
    if (!/^[A-Z]{2}$/.test(vr)) break;
    const long = longVr.has(vr);
    if (long && at + 12 > bytes.length) break;
    const length = long ? uint32(bytes, at + 8) : uint16(bytes, at + 6, true);
    const value = at + (long ? 12 : 8);
    if (value + length > fileBytes) break;
    if (uint16(bytes, at + 2, true) === 0x10) {
      const text = String.fromCharCode(...bytes.subarray(value, value + Math.min(length, 64)));
      transferSyntax = text.replace(/[\0 ]+$/, '').trim();
    }
    at = value + length;
  }
  if (transferSyntax !== '') return { start: at, transferSyntax, stated: true };
  const guessed = guess(bytes, at, fileBytes);
  return guessed === null ? null : { start: at, transferSyntax: guessed, stated: false };
}

const longVr = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** How the element at `at` is written, if it is one of group 0002 or 0008; null otherwise. */
function guess(bytes: Uint8Array, at: number, fileBytes: number): string | null {
  if (at + 8 > bytes.length) return null;
  const belongs = (group: number): boolean => group === 2 || group === 8;
  const vr = isUpper(bytes[at + 4]) && isUpper(bytes[at + 5]);
  if (belongs(uint16(bytes, at, true))) {
    if (vr) return explicitLittleEndian;
    return uint32(bytes, at + 4) <= fileBytes - at - 8 ? implicitLittleEndian : null;
  }
  return belongs(uint16(bytes, at, false)) && vr ? explicitBigEndian : null;
}

const isUpper = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x41 && byte <= 0x5a;

function uint16(bytes: Uint8Array, at: number, little: boolean): number {
  const [a, b] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return little ? a + 256 * b : b + 256 * a;
}

const uint32 = (bytes: Uint8Array, at: number): number => uint16(bytes, at, true) + 65536 * uint16(bytes, at + 2, true);

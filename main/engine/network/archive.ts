import { inflateSync } from 'fflate';
import { IsolensError } from '../../../shared/problem/problem';

/** A zip file's directory; an entry is unpacked when it is asked for. */
export interface Archive {
  readonly names: readonly string[];
  /** *Problems* network/damaged, network/too-large. */
  entry(name: string): Uint8Array | null;
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly crc: number;
}

/** Deflate cannot shrink by more: a larger claim is a lie, and is refused before any memory is taken. */
const greatestRatio = 1032;
const largestEntry = 2 ** 32 - 2;
const none = 0xffffffff;

export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04;

/**
 * *Problems* network/damaged, network/too-large.
 * *Source* PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14–16 and 4.5.3.
 */
export function openArchive(bytes: Uint8Array, file: string): Archive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (reason: string): IsolensError => new IsolensError('network/damaged', { reason }, { file });
  const entries = directoryOf(view, damaged);
  return {
    names: [...entries.keys()],
    entry: (name) => {
      const entry = entries.get(name);
      return entry ? unpack(bytes, view, name, entry, file, damaged) : null;
    },
  };
}

function directoryOf(view: DataView, damaged: (reason: string) => IsolensError): ReadonlyMap<string, Entry> {
  const { count, start } = endOfDirectory(view, damaged);
  const entries = new Map<string, Entry>();
  const inside = (end: number): void => {
    if (end > view.byteLength) throw damaged('its list of contents is cut short');
  };
  for (let at = start, i = 0; i < count; i++) {
    inside(at + 46);
    if (view.getUint32(at, true) !== 0x02014b50) throw damaged('its list of contents is broken');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    inside(next);
    if ((view.getUint16(at + 8, true) & 1) === 1) throw damaged('it is encrypted');
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
    const sizes = {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    entries.set(name, withLongSizes(sizes, view, at + 46 + nameLength, extraLength));
    at = next;
  }
  return entries;
}

function endOfDirectory(view: DataView, damaged: (reason: string) => IsolensError): { count: number; start: number } {
  const lowest = Math.max(0, view.byteLength - 22 - 65535);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const count = view.getUint16(at + 10, true);
    const start = view.getUint32(at + 16, true);
    if (start !== none && count !== 0xffff) return { count, start };
    const locator = at - 20;
    if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return { count, start };
    const far = Number(view.getBigUint64(locator + 8, true));
    if (far + 56 > view.byteLength || view.getUint32(far, true) !== 0x06064b50) throw damaged('its end is broken');
    return { count: Number(view.getBigUint64(far + 32, true)), start: Number(view.getBigUint64(far + 48, true)) };
  }
  throw damaged('its end is missing');
}

/** Sizes of 4 GiB and more stand in an extra field of their own. */
function withLongSizes(entry: Entry, view: DataView, start: number, length: number): Entry {
  const long = { ...entry };
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    for (const key of ['size', 'packed', 'offset'] as const) {
      if (entry[key] !== none || field + 8 > start + length) continue;
      long[key] = Number(view.getBigUint64(field, true));
      field += 8;
    }
  }
  return long;
}

function unpack(
  bytes: Uint8Array,
  view: DataView,
  name: string,
  { method, packed, size, offset, crc }: Entry,
  file: string,
  damaged: (reason: string) => IsolensError,
): Uint8Array {
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50)
    throw damaged(`${name} is not where it should be`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packed > bytes.length) throw damaged(`${name} is cut short`);
  if (size > packed * greatestRatio + 64 || size > largestEntry) {
    throw new IsolensError('network/too-large', { claimed: `${(size / 2 ** 20).toFixed(0)} MiB` }, { file });
  }
  const data = bytes.subarray(start, start + packed);
  const whole = method === 0 ? data : method === 8 ? inflated(data, size, name, damaged) : null;
  if (!whole) throw damaged(`${name} is packed in a way (${method}) that Keras does not use`);
  if (whole.length !== size || checksum(whole) !== crc) throw damaged(`the contents of ${name} have changed`);
  return whole;
}

function inflated(data: Uint8Array, size: number, name: string, damaged: (reason: string) => IsolensError): Uint8Array {
  try {
    return inflateSync(data, { out: new Uint8Array(size) });
  } catch {
    throw damaged(`${name} cannot be unpacked`);
  }
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of the zip format. */
function checksum(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

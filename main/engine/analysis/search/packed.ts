import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Numbers as one text, so that what is kept of a database's inputs takes little room; exact. */
export const packed = (numbers: readonly number[]): string =>
  deflateRawSync(new Uint8Array(Float64Array.from(numbers).buffer), { level: 1 }).toString('base64');

export function unpacked(text: string): Float64Array {
  const bytes = inflateRawSync(Buffer.from(text, 'base64'));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

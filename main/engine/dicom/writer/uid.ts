import { createHash } from 'node:crypto';

/** A UID that depends on the given words alone: 2.25. and 128 bits of their SHA-256. Source: DICOM PS3.5 B.2. */
export function uidOf(...words: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(words.join('|')).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${digest}`).toString()}`;
}

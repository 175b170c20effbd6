/** How everything after group 0002 is written. Source: DICOM PS3.5, section 10 and Annex A. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  /** How the elements are parsed. */
  readonly elements: 'implicit' | 'explicit' | 'big-endian' | 'deflated';
  /** How the pixels are packed; null: they cannot be read. */
  readonly pixels: 'native' | 'rle' | null;
  readonly lossy: boolean;
}

const standard = '1.2.840.10008.1.2';
export const implicitLittleEndian = standard;
export const explicitLittleEndian = `${standard}.1`;
export const explicitBigEndian = `${standard}.2`;

const readable: readonly TransferSyntax[] = [
  { uid: standard, name: 'Implicit VR Little Endian', elements: 'implicit', pixels: 'native', lossy: false },
  { uid: explicitLittleEndian, name: 'Explicit VR Little Endian', elements: 'explicit', pixels: 'native', lossy: false },
  { uid: explicitBigEndian, name: 'Explicit VR Big Endian', elements: 'big-endian', pixels: 'native', lossy: false },
  { uid: `${standard}.1.99`, name: 'Deflated Explicit VR Little Endian', elements: 'deflated', pixels: 'native', lossy: false },
  { uid: `${standard}.5`, name: 'RLE Lossless', elements: 'explicit', pixels: 'rle', lossy: false },
]; // prettier-ignore

/** Known by name and not read: those with loss end in true. */
const compressed: Readonly<Record<string, readonly [name: string, lossy: boolean]>> = {
  '.4.50': ['JPEG Baseline (8 bit)', true],
  '.4.51': ['JPEG Extended (12 bit)', true],
  '.4.57': ['JPEG Lossless', false],
  '.4.70': ['JPEG Lossless, first-order prediction', false],
  '.4.80': ['JPEG-LS Lossless', false],
  '.4.81': ['JPEG-LS Near-Lossless', true],
  '.4.90': ['JPEG 2000 Lossless', false],
  '.4.91': ['JPEG 2000', true],
  '.4.92': ['JPEG 2000 Part 2 Lossless', false],
  '.4.93': ['JPEG 2000 Part 2', true],
  '.4.100': ['MPEG-2 video', true],
  '.4.101': ['MPEG-2 high-level video', true],
  '.4.102': ['MPEG-4 video', true],
  '.4.103': ['MPEG-4 BD-compatible video', true],
  '.4.107': ['HEVC video', true],
  '.4.108': ['HEVC 10-bit video', true],
  '.4.110': ['JPEG XL Lossless', false],
  '.4.112': ['JPEG XL', true],
  '.4.201': ['High-Throughput JPEG 2000 Lossless', false],
  '.4.202': ['High-Throughput JPEG 2000 RPCL Lossless', false],
  '.4.203': ['High-Throughput JPEG 2000', true],
};

/** The transfer syntax of a UID. One that is not known is parsed as explicit little endian; its pixels are not read. */
export function transferSyntaxOf(uid: string): TransferSyntax {
  const known = readable.find((syntax) => syntax.uid === uid);
  if (known !== undefined) return known;
  const [name, lossy] = compressed[uid.replace(standard, '')] ?? [`transfer syntax ${uid}`, false];
  return { uid, name, elements: 'explicit', pixels: null, lossy };
}

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Affine } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import type { Grid, Unit, Volume, VoxelArray } from '../../../shared/volume';
import { bytesOfKind, countOf, toFloat32, type NumberKind } from './numbers';
import type { PlainArray } from './npy';

const squeeze = promisify(gzip);
const unsqueeze = promisify(gunzip);

const typeOf = (values: VoxelArray): string =>
  values instanceof Float32Array ? 'float' : values instanceof Uint8Array ? 'uint8' : 'int16';

const vector = (m: Affine, column: 0 | 1 | 2 | 3): string =>
  `(${[m[column], m[column + 4], m[column + 8]].map(String).join(',')})`;

/**
 * A volume as NRRD: gzip, LPS, millimetres. With `channels` (1 too) the values are [k][j][i][channel] and the channel is the fastest axis.
 * `about` become key:=value lines; they must not hold anything of a patient. Source: teem's NRRD0004.
 */
export async function nrrdBytes(
  { grid, values, unit }: Volume<VoxelArray>,
  channels: number | null = null,
  about: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  if (values.length !== grid.size[0] * grid.size[1] * grid.size[2] * (channels ?? 1))
    throw new Error('the values do not fill their grid');
  const m = grid.affine;
  const plain = (text: string): string => text.replace(/[\r\n]+/g, ' ');
  const lines = [
    'NRRD0004',
    `type: ${typeOf(values)}`,
    `dimension: ${channels === null ? '3' : '4'}`,
    'space: left-posterior-superior',
    `sizes: ${channels === null ? '' : `${String(channels)} `}${grid.size.join(' ')}`,
    `space directions: ${channels === null ? '' : 'none '}${vector(m, 0)} ${vector(m, 1)} ${vector(m, 2)}`,
    `kinds: ${channels === null ? '' : 'list '}domain domain domain`,
    'endian: little',
    'encoding: gzip',
    `space origin: ${vector(m, 3)}`,
    'space units: "mm" "mm" "mm"',
    `unit:=${unit}`,
    ...Object.entries(about).map(([key, value]) => `${plain(key)}:=${plain(value)}`),
    '',
    '',
  ];
  const data = await squeeze(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), { level: 4 });
  const header = new TextEncoder().encode(lines.join('\n'));
  const whole = new Uint8Array(header.length + data.length);
  whole.set(header);
  whole.set(data, header.length);
  return whole;
}

const kinds: Readonly<Record<string, NumberKind>> = Object.fromEntries(
  (
    [
      ['int8', 'signed char, int8, int8_t'],
      ['uint8', 'uchar, unsigned char, uint8, uint8_t'],
      ['int16', 'short, short int, signed short, signed short int, int16, int16_t'],
      ['uint16', 'ushort, unsigned short, unsigned short int, uint16, uint16_t'],
      ['int32', 'int, signed int, int32, int32_t'],
      ['uint32', 'uint, unsigned int, uint32, uint32_t'],
      ['int64', 'longlong, long long, long long int, signed long long, signed long long int, int64, int64_t'],
      ['uint64', 'ulonglong, unsigned long long, unsigned long long int, uint64, uint64_t'],
      ['float32', 'float'],
      ['float64', 'double'],
    ] as const
  ).flatMap(([kind, words]) => words.split(', ').map((word) => [word, kind])),
);

export const isNrrd = (bytes: Uint8Array): boolean => new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === 'NRRD';

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  readonly about: ReadonlyMap<string, string>;
  /** Where the data begins in this file, if they are attached. */
  readonly end: number;
}

function headerOf(bytes: Uint8Array): Header {
  const limit = Math.min(bytes.length, 1_000_000);
  const fields = new Map<string, string>();
  const about = new Map<string, string>();
  const decoder = new TextDecoder('latin1');
  let at = 0;
  for (let n = 0; at < limit; n++) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 || found > limit ? limit : found;
    const line = decoder.decode(bytes.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    if (n === 0 || line.startsWith('#')) continue;
    const pair = /^([^:]+):=(.*)$/.exec(line);
    const field = /^([^:]+): *(.*)$/.exec(line);
    if (pair !== null) about.set(pair[1] as string, pair[2] as string);
    else if (field !== null)
      fields.set((field[1] as string).toLowerCase().replace(/\s/g, ''), (field[2] as string).trim());
  }
  return { fields, about, end: Math.min(at, bytes.length) };
}

/** What a NRRD file holds. `sizes` with the fastest axis first, as written. */
export interface ReadNrrd {
  readonly sizes: readonly number[];
  readonly values: Float32Array;
  readonly kind: NumberKind;
  readonly fields: ReadonlyMap<string, string>;
  readonly about: ReadonlyMap<string, string>;
}

/** `data`, past the lines and bytes that the header says to skip; −1 counts from the end. */
function skipped(data: Uint8Array, fields: ReadonlyMap<string, string>, length: number, encoded: boolean): Uint8Array {
  let rest = data;
  for (let n = Number(fields.get('lineskip') ?? 0); n > 0; n--) rest = rest.subarray(rest.indexOf(0x0a) + 1);
  const bytes = Number(fields.get('byteskip') ?? 0);
  if (encoded) return rest;
  return bytes === -1 ? rest.subarray(Math.max(0, rest.length - length)) : rest.subarray(Math.max(0, bytes));
}

/**
 * A NRRD file, raw or gzip, header attached or detached; `detached` reads the data file that stands beside the header.
 * *Problems* result/file-unreadable.
 */
export async function readNrrd(
  bytes: Uint8Array,
  file: string,
  detached: (name: string) => Promise<Uint8Array>,
): Promise<ReadNrrd> {
  const refuse = (reason: string): IsolensError =>
    new IsolensError('result/file-unreadable', { file, reason }, { file });
  if (!isNrrd(bytes)) throw refuse('it is not a NRRD file');
  const { fields, about, end } = headerOf(bytes);
  const kind = kinds[(fields.get('type') ?? '').toLowerCase()];
  if (kind === undefined) throw refuse(`numbers of type ${fields.get('type') ?? 'unknown'} are not read`);
  const sizes = (fields.get('sizes') ?? '').split(/\s+/).filter(Boolean).map(Number);
  const count = countOf(sizes);
  if (count === null || sizes.length === 0 || sizes.length !== Number(fields.get('dimension')))
    throw refuse('its sizes are damaged or too large');
  const length = count * bytesOfKind[kind];
  const dataFile = fields.get('datafile');
  if (dataFile !== undefined && (/[%*]| \d/.test(dataFile) || dataFile === 'LIST'))
    throw refuse('its data are spread over several files');
  const raw = dataFile === undefined ? bytes.subarray(end) : await detached(dataFile);
  const encoding = (fields.get('encoding') ?? 'raw').toLowerCase();
  const encoded = encoding === 'gzip' || encoding === 'gz';
  if (!encoded && encoding !== 'raw') throw refuse(`the encoding ${encoding} is not read`);
  let data = skipped(raw, fields, length, encoded);
  if (encoded) {
    const skip = Math.max(0, Number(fields.get('byteskip') ?? 0));
    try {
      data = (await unsqueeze(data, { maxOutputLength: length + skip + 65536 })).subarray(skip);
    } catch {
      throw refuse('its gzip data are damaged or larger than its sizes say');
    }
  }
  if (data.length < length) throw refuse('it is cut short');
  const little = (fields.get('endian') ?? 'little').toLowerCase() !== 'big';
  return { sizes, values: toFloat32(data, kind, little, count), kind, fields, about };
}

/** The array that a NRRD holds, last axis fastest. */
export const arrayOf = ({ sizes, values }: ReadNrrd): PlainArray => ({ shape: [...sizes].reverse(), values });

const vectorOf = (text: string): readonly number[] | null => {
  const parts = /^\(([^)]*)\)$/.exec(text)?.[1]?.split(',').map(Number);
  return parts?.length === 3 && parts.every(Number.isFinite) ? parts : null;
};

/** Grid and channels of a NRRD that lies in patient space (LPS or RAS); null where its header places nothing. */
export function placedVolume(
  { sizes, values, kind, fields, about }: ReadNrrd,
  frameOfReference: string,
): { readonly volume: Volume<Float32Array | Uint8Array>; readonly channels: number } | null {
  const space = (fields.get('space') ?? '').toLowerCase();
  const flip = ['right-anterior-superior', 'ras'].includes(space)
    ? -1
    : ['left-posterior-superior', 'lps'].includes(space)
      ? 1
      : 0;
  const words = (fields.get('spacedirections') ?? '').match(/\([^)]*\)|none/g) ?? [];
  const origin = vectorOf((fields.get('spaceorigin') ?? '').trim());
  const channels = words[0] === 'none' ? (sizes[0] as number) : 1;
  const steps = words.slice(words[0] === 'none' ? 1 : 0).map(vectorOf);
  const [i, j, k] = steps;
  if (flip === 0 || origin === null || steps.length !== 3 || !i || !j || !k) return null;
  const row = (axis: 0 | 1 | 2): readonly number[] =>
    [i[axis], j[axis], k[axis], origin[axis]].map((n) => (n as number) * (axis < 2 ? flip : 1));
  const size = sizes.slice(words[0] === 'none' ? 1 : 0) as unknown as Grid['size'];
  const grid: Grid = { size, affine: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1] as unknown as Affine };
  const held = kind === 'uint8' ? Uint8Array.from(values) : values;
  const unit = (about.get('unit') ?? '1') as Unit;
  return { volume: { grid, values: held, unit, frameOfReference }, channels };
}

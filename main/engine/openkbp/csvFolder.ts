import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vec3 } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';

/** Every published volume has this many voxels along each axis. */
export const edge = 128;
const count = edge ** 3;

/** The structures of the published set, by file name. */
export const structureNames = [
  'Brainstem', 'SpinalCord', 'RightParotid', 'LeftParotid', 'Esophagus', 'Larynx', 'Mandible', 'PTV56', 'PTV63', 'PTV70',
] as const; // prettier-ignore
export type StructureName = (typeof structureNames)[number];

/** One patient as published, turned to patient axes: *shape* [k][j][i], i to the left, j to the back, k to the head. */
export interface OpenkbpPatient {
  /** The number in `pt_N`. */
  readonly number: number;
  /** Voxel size along (i, j, k). */
  readonly spacingMm: Vec3;
  readonly hu: Int16Array;
  /** Null where the patient has no dose. */
  readonly doseGy: Float32Array | null;
  readonly doseMask: Uint8Array | null;
  readonly masks: ReadonlyMap<StructureName, Uint8Array>;
}

/**
 * The published index counts (row, column, slice) with slices from head to feet, the slice fastest; ours counts slices from
 * the feet, columns fastest.
 */
export function placeOf(index: number): number {
  const row = Math.floor(index / (edge * edge));
  const column = Math.floor(index / edge) % edge;
  const slice = index % edge;
  return column + edge * (row + edge * (edge - 1 - slice));
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/**
 * Reads one CSV: a header line, then `index,value` or `index,` a line. Calls `put` with our index and the value (1 where there is
 * none). Problems: `openkbp/bad-line`.
 */
export function readCsv(bytes: Uint8Array, file: string, put: (place: number, value: number) => void): void {
  let at = bytes.indexOf(10) + 1;
  if (at === 0) return;
  let line = 1;
  while (at < bytes.length) {
    line++;
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    let p = at;
    let index = 0;
    while (p < end && isDigit(bytes[p] ?? 0)) index = index * 10 + (bytes[p++] ?? 48) - 48;
    if (p > at) {
      // Some writers put `12.0`; anything but an index within the volume is refused.
      if (bytes[p] === 46) while (p < end && bytes[p] !== 44) p++;
      const rest =
        p < end && bytes[p] === 44 ? String.fromCharCode(...bytes.subarray(p + 1, Math.min(end, p + 40))).trim() : '';
      const value = rest === '' ? 1 : Number(rest);
      if (index >= count || !Number.isFinite(value)) throw new IsolensError('openkbp/bad-line', { line }, { file });
      put(placeOf(index), value);
    } else if (end - at > 1 || (bytes[at] ?? 13) !== 13) {
      if (end > at) throw new IsolensError('openkbp/bad-line', { line }, { file });
    }
    at = end + 1;
  }
}

async function bytesOf(folder: string, name: string): Promise<Uint8Array | null> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    // A structure that was not contoured has no file; any other trouble is said.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new IsolensError(
      'files/unreadable',
      { reason: String((cause as NodeJS.ErrnoException).code) },
      { file: join(folder, name) },
      cause,
    );
  }
}

async function spacingOf(folder: string): Promise<Vec3> {
  const file = join(folder, 'voxel_dimensions.csv');
  const bytes = await bytesOf(folder, 'voxel_dimensions.csv');
  if (bytes === null) throw new IsolensError('openkbp/file-missing', { name: 'voxel_dimensions.csv' }, { file });
  const numbers = new TextDecoder().decode(bytes.subarray(0, 400)).split(/[\s,]+/u).filter(Boolean).map(Number); // prettier-ignore
  const [row, column, slice] = numbers;
  if (
    numbers.length !== 3 ||
    row === undefined ||
    column === undefined ||
    slice === undefined ||
    !numbers.every((mm) => mm > 0 && mm < 100)
  ) {
    throw new IsolensError('openkbp/bad-line', { line: 1 }, { file });
  }
  return [column, row, slice];
}

/**
 * Reads one `pt_N` folder of the published set. CT values are HU + 1000, absent ones air.
 * Source: A. Babier et al., "OpenKBP: The open-access knowledge-based planning grand challenge and dataset", Med. Phys. 48 (2021) 5549.
 * Problems: `openkbp/file-missing`, `openkbp/bad-line`, `files/unreadable`.
 */
export async function readPatient(folder: string, number: number): Promise<OpenkbpPatient> {
  const spacingMm = await spacingOf(folder);
  const ct = await bytesOf(folder, 'ct.csv');
  if (ct === null) throw new IsolensError('openkbp/file-missing', { name: 'ct.csv' }, { file: join(folder, 'ct.csv') });
  const hu = new Int16Array(count).fill(-1000);
  readCsv(ct, join(folder, 'ct.csv'), (place, value) => {
    hu[place] = Math.min(32767, Math.max(-1024, Math.round(value) - 1000));
  });
  const mask = async (name: string): Promise<Uint8Array | null> => {
    const bytes = await bytesOf(folder, `${name}.csv`);
    if (bytes === null) return null;
    const values = new Uint8Array(count);
    readCsv(bytes, join(folder, `${name}.csv`), (place) => {
      values[place] = 1;
    });
    return values.includes(1) ? values : null;
  };
  const doseBytes = await bytesOf(folder, 'dose.csv');
  const doseGy = doseBytes === null ? null : new Float32Array(count);
  if (doseBytes !== null && doseGy !== null) {
    readCsv(doseBytes, join(folder, 'dose.csv'), (place, value) => {
      doseGy[place] = value;
    });
  }
  const masks = new Map<StructureName, Uint8Array>();
  for (const name of structureNames) {
    const values = await mask(name);
    if (values !== null) masks.set(name, values);
  }
  return { number, spacingMm, hu, doseGy, doseMask: await mask('possible_dose_mask'), masks };
}

/** The `pt_N` folders inside a folder, by number. Problems: `openkbp/no-patients`, `files/missing`. */
export async function patientFolders(
  from: string,
): Promise<readonly { readonly folder: string; readonly number: number }[]> {
  let names: string[];
  try {
    names = await readdir(from);
  } catch (cause) {
    throw new IsolensError('files/missing', {}, { file: from }, cause);
  }
  const found = names
    .map((name) => ({ folder: join(from, name), number: Number(/^pt_(\d{1,6})$/u.exec(name)?.[1] ?? Number.NaN) }))
    .filter(({ number }) => Number.isInteger(number))
    .sort((a, b) => a.number - b.number);
  if (found.length === 0) throw new IsolensError('openkbp/no-patients', {}, { file: from });
  return found;
}

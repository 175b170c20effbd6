import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { VoxelArray, Volume } from '../../../shared/volume';
import { npyHeader } from './npy';
import { nrrdBytes } from './nrrd';
import { writeWhole } from './writeWhole';

/** Saves what an analysis makes of one input under `ANALYSIS/INPUT_ID/`; each call gives the path relative to results.json. */
export interface InputWriter {
  /** A volume with a place in space, as NRRD (gzip, LPS). With `channels` (1 too) values are [k][j][i][channel], channel the fastest axis. */
  volume(name: string, volume: Volume<VoxelArray>, channels?: number): Promise<string>;
  /** An array without a place, as `.npy` (float32, or uint8 for label maps; C order). */
  array(name: string, values: Float32Array | Uint8Array, shape: readonly number[]): Promise<string>;
}

/** A name as a part of a path: nothing that leads out of its folder or that a disk refuses. A name that had to be changed gets a mark of its own. */
export function pathPart(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 80)
    .replace(/\.+$/, '_');
  if (plain === name && plain !== '') return plain;
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
}

/** Where one input's files go. `about` is written into every NRRD; it must not hold anything of a patient. */
export interface WriterPlace {
  /** The folder of results.json. */
  readonly folder: string;
  readonly analysis: string;
  readonly input: string;
  readonly about?: Readonly<Record<string, string>>;
}

/** Each file is whole or not there. A `/` in a name makes a folder. *Problems* result/disk-full, result/cannot-write. */
export function inputWriterOf({ folder, analysis, input, about = {} }: WriterPlace): InputWriter {
  const place = (name: string, ending: string): string =>
    [pathPart(analysis), pathPart(input), ...name.split('/').map(pathPart)].join('/') + ending;
  const save = async (path: string, chunks: readonly Uint8Array[]): Promise<string> => {
    await writeWhole(join(folder, path), chunks, path);
    return path;
  };
  return {
    volume: async (name, volume, channels) =>
      save(place(name, '.nrrd'), [await nrrdBytes(volume, channels ?? null, about)]),
    array: (name, values, shape) =>
      save(place(name, '.npy'), [
        npyHeader(values, shape),
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      ]),
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { affineOf } from '../../../shared/geometry';
import type { Grid, Volume } from '../../../shared/volume';

const side = 128;
const voxels = side ** 3;
/** Bit of each structure in the packed flags. */
const bits: Readonly<Record<string, number>> = {
  Brainstem: 1,
  SpinalCord: 2,
  RightParotid: 3,
  LeftParotid: 4,
  Mandible: 7,
  PTV56: 8,
  PTV63: 9,
  PTV70: 10,
};

interface Index {
  readonly patients: Readonly<
    Record<
      string,
      {
        readonly file: string;
        readonly split: string;
        readonly voxelMm: { x: number; y: number; z: number };
        readonly rois: readonly string[];
      }
    >
  >;
}

/** What is read of one packed patient; everything lies on the CT's grid. */
export interface PackedVolumes {
  readonly ct: Volume<Int16Array>;
  /** Gy. */
  readonly dose: Volume<Float32Array>;
  /** The mask of a structure by OpenKBP's name; null where nobody drew it. */
  readonly mask: (name: string) => Uint8Array | null;
}

export interface PackedPatient {
  readonly id: string;
  readonly split: string;
  /** The structures that were drawn, by OpenKBP's names. */
  readonly structures: readonly string[];
  readonly read: () => PackedVolumes;
}

/** The packed patients of a folder, by name, in the order of its index. */
export function packedPatients(folder: string): readonly PackedPatient[] {
  const { patients } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
  return Object.entries(patients).map(([id, { file, split, voxelMm, rois }]) => ({
    id,
    split,
    structures: rois,
    read: () => {
      const raw = gunzipSync(readFileSync(join(folder, file)));
      const bytes = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
      const flags = new Uint16Array(bytes, voxels * 6, voxels);
      const milliGy = new Uint32Array(bytes, voxels * 2, voxels);
      const grid: Grid = {
        size: [side, side, side],
        affine: affineOf([voxelMm.x, 0, 0], [0, voxelMm.y, 0], [0, 0, voxelMm.z], [0, 0, 0]),
      };
      return {
        ct: { grid, values: new Int16Array(bytes, 0, voxels), unit: 'HU', frameOfReference: id },
        dose: { grid, values: Float32Array.from(milliGy, (value) => value / 1000), unit: 'Gy', frameOfReference: id },
        mask: (name) => {
          const bit = bits[name];
          if (bit === undefined || !rois.includes(name)) return null;
          return Uint8Array.from(flags, (flag) => (flag >> bit) & 1);
        },
      };
    },
  }));
}

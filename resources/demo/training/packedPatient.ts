import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { affineOf } from '../../../shared/geometry';
import { openKbpNames } from './labels';
import type { TrainingPatient } from './patient';

const side = 128;
const voxels = side ** 3;
/** Bit of each structure in the packed flags. */
const bits: Readonly<Record<string, number>> = {
  Brainstem: 1,
  SpinalCord: 2,
  RightParotid: 3,
  LeftParotid: 4,
  Mandible: 7,
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

/** The packed patients of a folder, by name, in the order of its index. */
export function packedPatients(
  folder: string,
): readonly { readonly id: string; readonly split: string; read(): TrainingPatient }[] {
  const { patients } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
  return Object.entries(patients).map(([id, { file, split, voxelMm, rois }]) => ({
    id,
    split,
    read: () => {
      const raw = gunzipSync(readFileSync(join(folder, file)));
      const bytes = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
      const flags = new Uint16Array(bytes, voxels * 6, voxels);
      const maskOf = (name: string): Uint8Array | null =>
        rois.includes(name) ? Uint8Array.from(flags, (flag) => (flag >> (bits[name] ?? 0)) & 1) : null;
      return {
        id,
        ct: {
          grid: {
            size: [side, side, side],
            affine: affineOf([voxelMm.x, 0, 0], [0, voxelMm.y, 0], [0, 0, voxelMm.z], [0, 0, 0]),
          },
          values: new Int16Array(bytes, 0, voxels),
          unit: 'HU',
          frameOfReference: id,
        },
        masks: openKbpNames.map(maskOf),
      };
    },
  }));
}

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { StructureName } from '../../main/engine/openkbp/csvFolder';

const edge = 128;
const voxels = edge ** 3;
/** Bit of each structure in the flags. */
const bits: readonly StructureName[] = [
  'Brainstem', 'SpinalCord', 'RightParotid', 'LeftParotid', 'Esophagus', 'Larynx', 'Mandible', 'PTV56', 'PTV63', 'PTV70',
]; // prettier-ignore

/** A packed patient of `../shared/data/openkbp`. *Shape* [k][j][i], patient axes; the voxel size stands in its index.json. */
export interface PackedPatient {
  readonly number: number;
  readonly spacingMm: readonly [number, number, number];
  readonly hu: Int16Array;
  readonly doseGy: Float32Array;
  readonly doseMask: Uint8Array;
  readonly masks: ReadonlyMap<StructureName, Uint8Array>;
}

/** Reads `pt_NNN.okbp.gz` of a folder that holds `index.json`. */
export function readPacked(folder: string, key: string): PackedPatient {
  const index = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as {
    patients: Record<string, { voxelMm: { x: number; y: number; z: number } }>;
  };
  const entry = index.patients[key];
  if (entry === undefined) throw new Error(`${key} is not in the index`);
  const bytes = gunzipSync(readFileSync(`${folder}/${key}.okbp.gz`), { maxOutputLength: 8 * voxels });
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const flags = new Uint16Array(buffer, 6 * voxels, voxels);
  const maskOf = (bit: number): Uint8Array => Uint8Array.from(flags, (flag) => (flag >> bit) & 1);
  const masks = new Map<StructureName, Uint8Array>();
  bits.forEach((name, n) => {
    const mask = maskOf(n + 1);
    if (mask.includes(1)) masks.set(name, mask);
  });
  return {
    number: Number(key.slice(3)),
    spacingMm: [entry.voxelMm.x, entry.voxelMm.y, entry.voxelMm.z],
    hu: new Int16Array(buffer, 0, voxels),
    doseGy: Float32Array.from(new Uint32Array(buffer, 2 * voxels, voxels), (mGy) => mGy / 1000),
    doseMask: maskOf(0),
    masks,
  };
}

/** Volume and height of a structure of a packed patient. */
export interface Placed {
  readonly cc: number;
  readonly z: number;
}

/** Volume and height (mm above the midpoint of its parotids) of every structure of each patient of the folder. */
export function measuredCohort(folder: string): readonly ReadonlyMap<StructureName, Placed>[] {
  const index = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as {
    patients: Record<string, { voxelMm: { x: number; y: number; z: number } }>;
  };
  return Object.entries(index.patients).map(([key, { voxelMm }]) => {
    const bytes = gunzipSync(readFileSync(`${folder}/${key}.okbp.gz`), { maxOutputLength: 8 * voxels });
    const flags = new Uint16Array(bytes.buffer.slice(bytes.byteOffset + 6 * voxels, bytes.byteOffset + 8 * voxels));
    const counts = bits.map(() => 0);
    const sums = bits.map(() => 0);
    for (let v = 0; v < voxels; v++) {
      const flag = (flags[v] as number) >> 1;
      for (let n = 0; flag >> n !== 0; n++) {
        if (((flag >> n) & 1) === 0) continue;
        counts[n] = (counts[n] as number) + 1;
        sums[n] = (sums[n] as number) + Math.floor(v / (edge * edge));
      }
    }
    const heights = sums.map((sum, n) => (sum / (counts[n] as number)) * voxelMm.z);
    const parotids = [bits.indexOf('RightParotid'), bits.indexOf('LeftParotid')].filter((n) => counts[n] !== 0);
    const origin = parotids.reduce((sum, n) => sum + (heights[n] as number), 0) / parotids.length;
    const found = new Map<StructureName, Placed>();
    bits.forEach((name, n) => {
      const count = counts[n] as number;
      const cc = (count * voxelMm.x * voxelMm.y * voxelMm.z) / 1000;
      if (count > 0) found.set(name, { cc, z: (heights[n] as number) - origin });
    });
    return found;
  });
}

import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { affineOf, type Vec3 } from '../../shared/geometry';
import type { Grid, Volume } from '../../shared/volume';
import { trace } from '../../main/engine/dicom/writer/trace';
import type { WritableStructure, WritableStudy } from '../../main/engine/dicom/writer/writableStudy';
import { writeStudy } from '../../main/engine/dicom/writer/writeStudy';

const edge = 128;
const voxels = edge ** 3;
const names = [
  'Brainstem', 'SpinalCord', 'RightParotid', 'LeftParotid', 'Esophagus', 'Larynx', 'Mandible', 'PTV56', 'PTV63', 'PTV70',
]; // prettier-ignore

/** Where the reference readings place a patient: the published data have no origin of their own. */
export interface Placing {
  readonly ct: { readonly originMm: Vec3; readonly spacingMm: Vec3 };
  readonly dose: { readonly originMm: Vec3; readonly spacingMm: Vec3; readonly shapeFramesRowsColumns: Vec3 };
}

const gridOf = (size: Vec3, [x, y, z]: Vec3, origin: Vec3): Grid => ({
  size,
  affine: affineOf([x, 0, 0], [0, y, 0], [0, 0, z], origin),
});

/** Writes a packed OpenKBP patient (its format: data/README.md) as a DICOM study with this project's own writer. */
export async function writeOkbpStudy(packed: string, placing: Placing, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for await (const { name, bytes } of writeStudy(studyOf(packed, placing))) await writeFile(join(folder, name), bytes);
}

function studyOf(packed: string, { ct, dose }: Placing): WritableStudy {
  const raw = gunzipSync(readFileSync(packed));
  const buffer = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length) as ArrayBuffer;
  const hu = new Int16Array(buffer, 0, voxels);
  const milliGy = new Uint32Array(buffer, 2 * voxels, voxels);
  const flags = new Uint16Array(buffer, 6 * voxels, voxels);
  const frameOfReference = '2.25.1';
  const image: Volume<Int16Array> = {
    grid: gridOf([edge, edge, edge], ct.spacingMm, ct.originMm),
    values: hu,
    unit: 'HU',
    frameOfReference,
  };
  return {
    identity: `test ${packed.slice(-14)}`,
    patientName: 'TEST^OKBP',
    patientId: 'TEST-OKBP',
    provenance: { manufacturer: 'TEST', model: 'TEST', description: 'test', comment: 'test', deidentification: 'test' },
    scan: { kvp: null, mAs: null, kernel: null },
    ct: image,
    structures: names.flatMap((name, n) => structureOf(name, flags, 1 << (n + 1))),
    dose: croppedDose(milliGy, ct, dose),
    plan: null,
  };
}

function structureOf(name: string, flags: Uint16Array, bit: number): WritableStructure[] {
  const slices = [];
  const plane = new Float32Array(edge * edge);
  for (let k = 0; k < edge; k++) {
    let any = false;
    for (let v = 0; v < plane.length; v++) {
      const inside = ((flags[k * plane.length + v] as number) & bit) !== 0;
      plane[v] = inside ? -1 : 1;
      any ||= inside;
    }
    if (any) slices.push({ k, loops: trace(plane, edge, edge) });
  }
  return slices.length === 0
    ? []
    : [{ name, type: name.startsWith('PTV') ? 'PTV' : 'ORGAN', colour: [255, 0, 0], slices }];
}

function croppedDose(milliGy: Uint32Array, ct: Placing['ct'], dose: Placing['dose']): Volume<Float32Array> {
  const [nz, ny, nx] = dose.shapeFramesRowsColumns;
  const start = dose.originMm.map((mm, axis) =>
    Math.round((mm - (ct.originMm[axis] as number)) / (ct.spacingMm[axis] as number)),
  );
  const [i0, j0, k0] = start as [number, number, number];
  const values = new Float32Array(nx * ny * nz);
  for (let k = 0, to = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, to++) {
        values[to] = (milliGy[i0 + i + edge * (j0 + j + edge * (k0 + k))] as number) / 1000;
      }
    }
  }
  const grid = gridOf([nx, ny, nz], dose.spacingMm, dose.originMm);
  return { grid, values, unit: 'Gy', frameOfReference: '2.25.1' };
}

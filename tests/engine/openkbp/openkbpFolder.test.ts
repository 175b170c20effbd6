import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { affineOf } from '../../../shared/geometry';
import { IsolensError } from '../../../shared/problem/problem';
import { writeStudy } from '../../../main/engine/dicom/writer/writeStudy';
import { edge, placeOf, readPatient } from '../../../main/engine/openkbp/csvFolder';
import { openkbpFolder } from '../../../main/engine/openkbp/openkbpFolder';
import { studyOf } from '../../../main/engine/openkbp/study';
import { openStudyFolder } from '../../../main/engine/study/openStudyFolder';
import { maskOf } from '../../../main/engine/volume/mask';
import { readPacked } from '../../samples/okbp';

const scratch = mkdtempSync(join(tmpdir(), 'isolens-openkbp-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The published index of a voxel: row, column, slice from the head, the slice fastest. */
const indexOf = (i: number, j: number, k: number): number => (j * edge + i) * edge + (edge - 1 - k);

interface Box {
  readonly i: readonly [number, number];
  readonly j: readonly [number, number];
  readonly k: readonly [number, number];
}
function indicesOf({ i, j, k }: Box): number[] {
  const list: number[] = [];
  for (let c = k[0]; c <= k[1]; c++) {
    for (let b = j[0]; b <= j[1]; b++) for (let a = i[0]; a <= i[1]; a++) list.push(indexOf(a, b, c));
  }
  return list;
}

const body: Box = { i: [40, 90], j: [40, 90], k: [60, 70] };
const left: Box = { i: [75, 80], j: [60, 66], k: [62, 68] };
const right: Box = { i: [50, 55], j: [60, 66], k: [62, 67] };
const target: Box = { i: [60, 70], j: [50, 58], k: [63, 66] };

function writePatient(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const list = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, `${name}.csv`), [',data', ...lines, ''].join('\n'));
  writeFileSync(join(folder, 'voxel_dimensions.csv'), '3.5\n3.906\n2.5\n');
  list('ct', indicesOf(body).map((index) => `${index},${1000 + (index % 97)}`)); // prettier-ignore
  list('dose', indicesOf(target).map((index) => `${index},${70 + (index % 7) / 1000}`)); // prettier-ignore
  for (const [name, box] of [
    ['possible_dose_mask', body],
    ['LeftParotid', left],
    ['RightParotid', right],
    ['PTV70', target],
  ] as const) {
    list(name, indicesOf(box).map((index) => `${index},`)); // prettier-ignore
  }
}

describe('the OpenKBP reader', () => {
  it('turns the published index into columns to the left, rows to the back, slices to the head', () => {
    expect(placeOf(0)).toBe(edge * edge * (edge - 1));
    expect(placeOf(indexOf(3, 5, 7))).toBe(3 + edge * (5 + edge * 7));
  });

  it('gives masks, HU and dose back after writing them as DICOM and reading them', async () => {
    const [from, out] = [join(scratch, 'csv'), join(scratch, 'dicom')];
    writePatient(join(from, 'pt_7'));
    const { folders, problems } = await openkbpFolder({ from, out });
    expect(problems).toEqual([]);
    expect(folders).toEqual([join(out, 'OKBP-007')]);
    const patient = await readPatient(join(from, 'pt_7'), 7);
    expect(patient.spacingMm).toEqual([3.906, 3.5, 2.5]);
    expect(patient.hu[45 + edge * (50 + edge * 64)]).toBe(indexOf(45, 50, 64) % 97);

    const study = await openStudyFolder(folders[0] ?? '');
    const image = await study.images[0]?.load();
    expect(image?.values.every((hu, at) => hu === patient.hu[at])).toBe(true);
    const structures = study.structureSets[0]?.structures ?? [];
    expect(structures.map(({ name }) => name)).toEqual(['Parotid_R', 'Parotid_L', 'PTV_7000']);
    for (const [tg263, name] of [
      ['Parotid_R', 'RightParotid'],
      ['Parotid_L', 'LeftParotid'],
      ['PTV_7000', 'PTV70'],
    ] as const) {
      const structure = structures.find((one) => one.name === tg263);
      if (structure === undefined || image === undefined) throw new Error('not read');
      expect(Buffer.compare(maskOf(structure, image.grid), patient.masks.get(name) ?? new Uint8Array())).toBe(0);
    }
    const dose = study.doses[0];
    expect(dose?.maximum).toBeCloseTo(70.006, 4);
    expect(study.plans[0]?.shape.beams.length).toBe(9);
  }, 60_000);

  it('says which line is wrong, and goes on with the other patients', async () => {
    const [from, out] = [join(scratch, 'mixed'), join(scratch, 'mixed-out')];
    writePatient(join(from, 'pt_1'));
    writePatient(join(from, 'pt_2'));
    writeFileSync(join(from, 'pt_1', 'ct.csv'), ',data\n12,1000\n99999999,3\n');
    const { folders, problems } = await openkbpFolder({ from, out });
    expect(folders).toEqual([join(out, 'OKBP-002')]);
    expect(problems.map(({ code, facts }) => [code, facts['line']])).toEqual([['openkbp/bad-line', 3]]);
    expect(readdirSync(out)).toEqual(['OKBP-002']);
  }, 60_000);

  it('refuses a folder without patients', async () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    await expect(openkbpFolder({ from: empty, out: scratch })).rejects.toThrow(IsolensError);
  });
});

const data = new URL('../../../../shared/data/openkbp', import.meta.url).pathname;
describe.skipIf(!existsSync(join(data, 'index.json')))('a real patient (needs ../shared/data)', () => {
  it('comes back from the written study with every mask equal', async () => {
    const packed = readPacked(data, 'pt_002');
    const out = join(scratch, 'real');
    mkdirSync(out);
    for await (const { name, bytes } of writeStudy(studyOf(packed))) writeFileSync(join(out, name), bytes);
    const study = await openStudyFolder(out);
    const image = await study.images[0]?.load();
    expect(image?.values.every((hu, at) => hu === packed.hu[at])).toBe(true);
    const [dx, dy, dz] = packed.spacingMm;
    const grid = image?.grid ?? {
      size: [1, 1, 1] as const,
      affine: affineOf([dx, 0, 0], [0, dy, 0], [0, 0, dz], [0, 0, 0]),
    };
    const structures = study.structureSets[0]?.structures ?? [];
    expect(structures.length).toBe(packed.masks.size);
    let n = 0;
    for (const mask of packed.masks.values()) {
      const structure = structures[n++];
      if (structure !== undefined) expect(Buffer.compare(maskOf(structure, grid), mask)).toBe(0);
    }
  }, 120_000);
});

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gridAround } from '../../../main/engine/volume/crop';
import { maskOf } from '../../../main/engine/volume/mask';
import { centroidOf } from '../../../main/engine/volume/statistics';
import { testFolder, type TestFolder } from '../../samples/folder';
import { dataFolder, expectReference, readPoint, readStudy, referenceOf } from '../../samples/reference';

const python = process.env['ISOLENS_TEST_PYTHON'] ?? 'python3';
const maker = join(dataFolder, '..', 'tools', 'openkbp-to-dicom');
const packed = join(dataFolder, 'openkbp', 'pt_002.okbp.gz');

function why(): string | null {
  if (!existsSync(maker) || !existsSync(packed)) return 'needs ../shared/data';
  try {
    execFileSync(python, ['-c', 'import numpy, pydicom, contourpy'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'needs Python with numpy, pydicom and contourpy; ISOLENS_TEST_PYTHON names it';
  }
}

const missing = why();

describe.skipIf(missing !== null)(`one patient stored in other ways (${missing ?? 'all there'})`, () => {
  let folder: TestFolder;
  beforeAll(() => (folder = testFolder()));
  afterAll(() => folder.remove());
  const make = (name: string, ...options: readonly string[]): string => {
    const out = join(folder.path, name);
    execFileSync(python, [maker, packed, out, ...options], { stdio: 'ignore' });
    return out;
  };
  const reference = missing === null ? referenceOf('pt_002') : null;

  it.each<readonly string[]>([
    ['--position', 'HFP'],
    ['--position', 'FFS'],
    ['--position', 'FFP'],
    ['--holes', 'xor'],
    ['--holes', 'separate'],
    ['--implicit'],
    ['--signed'],
    ['--dose-bits', '16'],
    ['--offsets', 'absolute'],
  ])(
    'gives the same millimetre readings with %s %s',
    async (...options) => {
      const read = await readStudy(make(options.join('').replaceAll('-', '_'), ...options));
      if (reference === null) return;
      const gyWithin = options.includes('16') ? reference.dose.maxGy / 131070 + 1e-4 : 0.001;
      for (const point of reference.points) {
        const mine = readPoint(read, point.mm);
        expect(mine.hu).toBe(point.huNearest);
        expect(Math.abs((mine.huTrilinear ?? NaN) - (point.huTrilinear ?? NaN))).toBeLessThan(0.05);
        if (point.doseGyTrilinear === null) expect(mine.gy).toBeNull();
        else expect(Math.abs((mine.gy ?? NaN) - point.doseGyTrilinear)).toBeLessThan(gyWithin);
        expect(mine.structures).toEqual([...point.structures].sort());
      }
    },
    120_000,
  );

  it('says which slices are missing', async () => {
    const { image } = await readStudy(make('drop', '--drop', '60,61'));
    const note = image.notes.find(({ code }) => code === 'dicom/slice-missing');
    expect(note?.facts).toMatchObject({ count: 2 });
    expect(image.gapsMm).toHaveLength(2);
    expect(image.grid.size[2]).toBe(128);
  }, 120_000);

  it('is the same volume under shuffled names, and meets the reference', async () => {
    const out = make('shuffled');
    readdirSync(out).forEach((name, n) => renameSync(join(out, name), join(out, `f${String((n * 37) % 131)}`)));
    if (reference !== null) expectReference(await readStudy(out), reference);
  }, 120_000);

  it('has the left parotid on the right half of the axial view', async () => {
    const { image, structures } = await readStudy(make('plain'));
    const middleOf = (name: string): number => {
      const structure = structures.find((one) => one.name === name);
      const around = structure && gridAround(structure, image.grid);
      if (structure === undefined || around === undefined || around === null) throw new Error(`no ${name}`);
      return centroidOf(maskOf(structure, around), around)?.pointMm[0] ?? NaN;
    };
    // Seen from the feet, patient's left (+x) is on the right of the picture.
    expect(middleOf('LeftParotid')).toBeGreaterThan(middleOf('RightParotid'));
    expect(image.grid.affine[0]).toBeGreaterThan(0);
  }, 120_000);
});

import { inflateSync } from 'node:zlib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { illustrate } from '../../../main/engine/result/illustrate';
import { inputWriterOf } from '../../../main/engine/result/inputWriter';
import { pictureOf } from '../../../main/engine/result/picture';
import { crc32, encodePng } from '../../../main/engine/result/png';
import { durationText, numberText } from '../../../main/engine/result/reportNumbers';
import { cellText, fieldsHtml } from '../../../main/engine/result/reportTables';
import { reportHtml, writeReport } from '../../../main/engine/result/writeReport';
import { colourOf } from '../../../shared/colourMaps';
import type { Results } from '../../../shared/result';
import type { Volume } from '../../../shared/volume';
import { axialGrid, boxStructure } from '../recipe/study';

/** Rows of pixels of a PNG that our encoder wrote. */
function pixelsOf(png: Uint8Array): { width: number; height: number; rgb: Uint8Array } {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const rows = inflateSync(png.subarray(41, 41 + view.getUint32(33)));
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++)
    rgb.set(rows.subarray(row * (width * 3 + 1) + 1, (row + 1) * (width * 3 + 1)), row * width * 3);
  return { width, height, rgb };
}

describe('PNG', () => {
  it('has the checksum that the standard gives for an empty end chunk', () => {
    expect(crc32(new TextEncoder().encode('IEND'))).toBe(0xae426082);
    const png = encodePng(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(Array.from(png.subarray(0, 8))).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect(pixelsOf(png)).toEqual({ width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });
});

const grid = axialGrid([30, 30, 30], [1, 1, 1]);
const background: Volume<Float32Array> = {
  grid,
  values: new Float32Array(27000).fill(40),
  unit: 'HU',
  frameOfReference: '',
};

describe('a picture of a map', () => {
  const values = new Float32Array(27000);
  values[20 + 30 * (10 + 30 * 25)] = -2;
  const map: Volume<Float32Array> = { grid, values, unit: '1', frameOfReference: '' };

  it('goes through the strongest voxel, head up and patient left on the right', async () => {
    const picture = await pictureOf('map', map, { background, level: [-160, 240], structures: [] });
    expect(picture).toMatchObject({ kind: 'signed', range: [-2, 2] });
    expect(picture.views.map(({ plane, positionMm }) => [plane, positionMm])).toEqual([
      ['axial', 25],
      ['coronal', 10],
      ['sagittal', 20],
    ]);
    const { width, height, rgb } = pixelsOf(picture.views[1]!.png);
    const at = (column: number, row: number) =>
      Array.from(rgb.subarray(3 * (column + width * row), 3 * (column + width * row) + 3));
    // Voxel (20, ·, 25) of 30: columns from the right side of the patient, rows from the head.
    const [column, row] = [Math.floor(((20 + 0.5) / 30) * width), Math.floor(((30 - 25 - 0.5) / 30) * height)];
    const blue = colourOf('diverging', 0);
    expect(at(column, row)).toEqual(blue.map((c) => Math.round(127.5 * 0.15 + c * 0.85)));
    // Where the map says nothing the image is seen as it is: 40 HU is the middle of the level.
    expect(at(5, 5)).toEqual([128, 128, 128]);
  });

  it('draws the outline of a structure in its colour', async () => {
    const structure = boxStructure('S', grid, [10, 10, 10], [19, 19, 28], { colour: [1, 2, 3] });
    const picture = await pictureOf('map', map, { background, level: [-160, 240], structures: [structure] });
    const { width, rgb } = pixelsOf(picture.views[0]!.png);
    const red = (column: number, row: number): boolean =>
      rgb[3 * (column + width * row)] === 1 && rgb[3 * (column + width * row) + 2] === 3;
    // Faces at 9.5 and 19.5 mm; ten pixels a millimetre, the first begins at −0.5 mm.
    expect(red(100, 150)).toBe(true);
    expect(red(199, 150)).toBe(true);
    expect(red(150, 150)).toBe(false);
    expect(red(99, 150)).toBe(false);
  });

  it('tells labels, dose and activations from what a volume holds', async () => {
    const kind = async (volume: Volume) => (await pictureOf('x', volume, null)).kind;
    expect(await kind({ ...map, values: new Uint8Array(27000) })).toBe('labels');
    expect(await kind({ ...map, unit: 'Gy' })).toBe('dose');
    expect(await kind({ ...map, values: values.map(Math.abs) })).toBe('activation');
  });
});

describe('numbers of the report', () => {
  it('carry their unit, a true minus, and a comma in French', () => {
    expect(numberText(-1.26, 'mm', 'en')).toBe('−1.3\u202fmm');
    expect(numberText(5583, '', 'fr')).toBe('5583');
    expect(numberText(0.814, '', 'fr')).toBe('0,814');
    expect(numberText(66.4, '%', 'fr')).toBe('66\u202f%');
    expect(numberText(-56, 'HU', 'fr')).toBe('−56\u202fUH');
    expect(numberText(-0.00001, 'Gy', 'en')).toBe('0.00\u202fGy');
    expect(durationText(190)).toBe('3\u202fmin 10\u202fs');
    expect(cellText('zeroVoxelShare', 0.25, 'en')).toBe('25\u202f%');
    expect(cellText('hd95Mm', { value: 3, ci95: [2, 4] }, 'en')).toBe('3.0\u202fmm [2 ; 4]');
  });

  it('stand in one table where they have the same names', () => {
    const html = fieldsHtml({ patients: 3, dice: { A: 0.5, B: null }, hd95Mm: { A: 2, B: 3 } }, 'en');
    expect(html.match(/<table>/g)).toHaveLength(2);
    expect(html).toContain('<th class="n">Dice</th><th class="n">HD95</th>');
    expect(html).toContain('<th>B</th><td class="n">–</td><td class="n">3.0\u202fmm</td>');
  });
});

const results: Results = {
  schema: 'isolens/results@1',
  isolens: '0.1.0',
  backend: { rung: 'native', versions: { tensorflow: '2.9.1' }, threads: 2 },
  job: {},
  network: { sha256: 'ab'.repeat(32), name: '<b>net</b>' },
  seconds: 26,
  analyses: [
    {
      id: 'occlusion',
      parameters: { windowMm: [16, 16, 16] },
      verdict: {
        level: 'watch',
        code: 'context-driven',
        confidence: 'moderate',
        sentence: { en: 'It decides mostly from the surroundings.', fr: "Il décide surtout d'après l'entourage." },
        evidence: [{ label: { en: 'ratio', fr: 'rapport' }, value: 0.31 }],
        caveats: [{ en: 'one patient', fr: 'un seul patient' }],
      },
      summary: {},
      inputs: [
        { id: 'DUPONT', values: { baseline: 1.5 }, files: {}, warnings: [{ code: 'x', message: 'DUPONT is odd' }] },
      ],
    },
  ],
  errors: [{ code: 'recipe/no-dose', message: 'No dose in DUPONT2.', wayOn: 'Add it.', where: { input: 'DUPONT2' } }],
};

describe('the report', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isolens-report-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says verdict, doubts, figures, errors and provenance, and what it is not for', () => {
    const html = reportHtml(results);
    for (const text of [
      'It decides mostly from the surroundings.',
      '●●○',
      'one patient',
      'No dose in',
      'For review, not for treatment decisions',
      'ab'.repeat(32),
      'tensorflow 2.9.1',
    ])
      expect(html).toContain(text);
    expect(reportHtml(results, 'fr')).toContain('Il décide surtout d&#39;après l&#39;entourage.');
  });

  it('numbers the inputs, unless their names are asked for', () => {
    const html = reportHtml(results);
    expect(html).not.toContain('DUPONT');
    expect(html).toContain('Patient 1 is odd');
    expect(html).toContain('Patient 2');
    expect(reportHtml(results, 'en', [], { identify: true })).toContain('DUPONT2');
  });

  it('asks for nothing from outside and lets no text of a file become markup', () => {
    const html = reportHtml(results);
    expect(html).not.toContain('<b>net</b>');
    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(/);
  });

  it('holds the pictures of what was saved', async () => {
    const writer = inputWriterOf({ folder, analysis: 'occlusion', input: 'DUPONT' });
    const values = new Float32Array(27000);
    values[500] = 3;
    values[501] = -1;
    const map = await writer.volume('map', { grid, values, unit: '1', frameOfReference: '' });
    const input = { ...results.analyses[0]!.inputs[0]!, files: { map } };
    const drawn = await illustrate(folder, 'occlusion', input, { background, level: [-160, 240], structures: [] });
    expect(drawn.pictures).toHaveLength(1);
    await writeReport(folder, results, 'en', [drawn]);
    const html = await readFile(join(folder, 'report.html'), 'utf8');
    expect(html.match(/data:image\/png;base64,iVBOR/g)).toHaveLength(3);
    expect(html).toContain('linear-gradient');
  });
});

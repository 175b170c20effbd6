import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cropGalleries } from '../../../main/engine/result/cropGallery';
import { npyHeader } from '../../../main/engine/result/npy';
import { planeOf, savedPlane } from '../../../main/engine/result/savedPlane';
import { reportHtml } from '../../../main/engine/result/writeReport';
import type { SearchNeuron } from '../../../shared/analysis/search';
import type { Results } from '../../../shared/result';

const counting = (count: number): Float32Array => Float32Array.from({ length: count }, (_, n) => n);

describe('a plane of a saved array', () => {
  it('is the middle one across an axis of length 1, else across the first; of its first channel', () => {
    const [sagittal, whole] = [planeOf([2, 3, 1, 2], counting(12)), planeOf([3, 2, 2, 1], counting(12))];
    expect(sagittal).toEqual({ width: 3, height: 2, values: Float32Array.of(0, 2, 4, 6, 8, 10) });
    expect(whole).toEqual({ width: 2, height: 2, values: Float32Array.of(4, 5, 6, 7) });
    expect(planeOf([2, 2, 1], counting(4)).values).toEqual(Float32Array.of(0, 1, 2, 3));
    expect(planeOf([3, 1], counting(3))).toEqual({ width: 3, height: 1, values: Float32Array.of(0, 1, 2) });
  });

  it.each(['../secret.npy', '/etc/passwd', 'a/../../secret.npy'])(
    'is never read from outside the folder: %s',
    async (file) => {
      await expect(savedPlane('/tmp/folder', file)).rejects.toMatchObject({ problem: { code: 'result/file-missing' } });
    },
  );
});

const place = (crop: string | null, value: number): SearchNeuron['top'][number] => ({
  input: 'I',
  patient: 'I',
  value,
  position: [0, 0],
  box: { start: [0, 0], size: [2, 2] },
  clipped: 0,
  boxMm: null,
  centreMm: null,
  structures: [],
  crop,
});

const neuron: SearchNeuron = {
  node: 'conv',
  channel: 3,
  rankedBy: 'output',
  top: [place('crop.npy', 2.5), place('gone.npy', 2), place(null, 1)],
  constant: false,
  lying: [],
  dissection: null,
  meanCrop: {
    crops: 2,
    mean: 'crop.npy',
    sd: 'crop.npy',
    counts: 'crop.npy',
    size: [2, 2],
    middle: [0, 0],
    channels: [],
  },
  synthesised: {
    file: 'crop.npy',
    size: [2, 2],
    value: 10,
    databaseMax: 2.5,
    timesDatabaseMax: 4,
    atBounds: 1,
    outsideReality: true,
    reached: [10],
    bounds: [],
    note: { en: 'Not a patient.', fr: 'Pas un patient.' },
  },
  text: { en: '', fr: '' },
};

const results: Results = {
  schema: 'isolens/results@1',
  isolens: '0',
  backend: null,
  job: null,
  network: null,
  seconds: 0,
  analyses: [
    {
      id: 'search',
      parameters: {},
      verdict: null,
      summary: { patients: 1, inputs: 1, extreme: 'most', neurons: [neuron] },
      inputs: [],
    },
  ],
  errors: [],
};

/** Red, green and blue of a pixel. */
function pixelOf(png: Uint8Array, width: number, column: number, row: number): number[] {
  const bytes = Buffer.from(png);
  const at = bytes.indexOf('IDAT');
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const start = row * (1 + 3 * width) + 1 + 3 * column;
  return [...rows.subarray(start, start + 3)];
}

describe('the report of a search', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isolens-gallery-'));
    const values = Float32Array.of(0, 1, NaN, 4);
    await writeFile(join(folder, 'crop.npy'), [npyHeader(values, [2, 2, 1]), new Uint8Array(values.buffer)]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('draws crops, their mean and what is synthesised from their files, black to white; what cannot be read is left out', async () => {
    const [gallery, ...others] = await cropGalleries(folder, results);
    expect(others).toEqual([]);
    expect(gallery?.neuron).toBe('conv · 3');
    expect(gallery?.tiles.map(({ kind, value }) => [kind, value])).toEqual([
      ['crop', 2.5],
      ['mean', 2],
      ['synthesised', 10],
    ]);
    const { png, width, height } = gallery?.tiles[0] ?? { png: new Uint8Array(0), width: 0, height: 0 };
    expect([width, height]).toEqual([84, 84]);
    const corners = [
      [0, 0],
      [83, 0],
      [0, 83],
      [83, 83],
    ].map(([x = 0, y = 0]) => pixelOf(png, width, x, y));
    expect(corners).toEqual([
      [0, 0, 0],
      [64, 64, 64],
      [0, 0, 64],
      [255, 255, 255],
    ]);
  });

  it('says of what is synthesised that it is not a patient, in both languages', async () => {
    const galleries = await cropGalleries(folder, results);
    const said = (language: 'en' | 'fr'): string => reportHtml(results, language, [], { galleries });
    const [en, fr] = [said('en'), said('fr')];
    expect(en).toMatch(/synthesised, not a patient · 10[^<]* \(× 4 the database’s best\)/);
    expect(en).toContain('title="Not a patient."');
    expect(fr).toMatch(/synthétique, pas un patient · 10[^<]* \(× 4 le meilleur de la base\)/);
    expect(en.match(/<div class="tile /g)).toHaveLength(3);
  });
});

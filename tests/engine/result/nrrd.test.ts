import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArray, readNrrdFile } from '../../../main/engine/result/readArray';
import { nrrdBytes, placedVolume, readNrrd } from '../../../main/engine/result/nrrd';
import type { IsolensError } from '../../../shared/problem/problem';
import type { Volume } from '../../../shared/volume';

const none = () => Promise.reject(new Error('no data file was asked for'));

const volume: Volume<Float32Array> = {
  grid: { size: [3, 2, 2], affine: [0.9, 0.1, 0, -10.5, -0.1, 1.1, 0, 20, 0, 0, -3, 1 / 3, 0, 0, 0, 1] },
  values: Float32Array.from({ length: 12 }, (_, n) => n / 7),
  unit: 'Gy',
  frameOfReference: 'f',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-nrrd-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('NRRD', () => {
  it('writes the header that other programs place volumes by', async () => {
    const bytes = await nrrdBytes(volume, null, { network: 'net\nwork' });
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text.slice(0, text.indexOf('\n\n')).split('\n')).toEqual([
      'NRRD0004',
      'type: float',
      'dimension: 3',
      'space: left-posterior-superior',
      'sizes: 3 2 2',
      'space directions: (0.9,-0.1,0) (0.1,1.1,0) (0,0,-3)',
      'kinds: domain domain domain',
      'endian: little',
      'encoding: gzip',
      'space origin: (-10.5,20,0.3333333333333333)',
      'space units: "mm" "mm" "mm"',
      'unit:=Gy',
      'network:=net work',
    ]);
  });

  it('gives the volume back, its place to the last digit', async () => {
    const back = placedVolume(await readNrrd(await nrrdBytes(volume), 'x.nrrd', none), 'f');
    expect(back).toEqual({ volume, channels: 1 });
  });

  it('keeps channels as the fastest axis, without a direction', async () => {
    const values = Float32Array.from({ length: 24 }, (_, n) => n);
    const bytes = await nrrdBytes({ ...volume, values }, 2);
    const read = await readNrrd(bytes, 'x.nrrd', none);
    expect(read.sizes).toEqual([2, 3, 2, 2]);
    expect(read.fields.get('spacedirections')).toMatch(/^none \(/);
    const back = placedVolume(read, 'f');
    expect(back?.channels).toBe(2);
    expect(back?.volume.values).toEqual(values);
    expect(back?.volume.grid).toEqual(volume.grid);
    const one = await readNrrd(await nrrdBytes(volume, 1), 'x.nrrd', none);
    expect(one.sizes).toEqual([1, 3, 2, 2]);
  });

  it('turns a RAS space into LPS', async () => {
    const header =
      'NRRD0004\ntype: short\ndimension: 3\nspace: right-anterior-superior\nsizes: 1 1 2\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (5,6,7)\nendian: big\nencoding: raw\n\n';
    const bytes = Buffer.concat([Buffer.from(header), Buffer.from([0x00, 0x05, 0xff, 0xff])]);
    const back = placedVolume(await readNrrd(bytes, 'x', none), '');
    expect(back?.volume.grid.affine).toEqual([-1, -0, -0, -5, -0, -2, -0, -6, 0, 0, 3, 7, 0, 0, 0, 1]);
    expect(Array.from(back!.volume.values)).toEqual([5, -1]);
  });

  it('reads a header with detached data, raw or gzip, as an array whose last axis is fastest', async () => {
    const data = Buffer.from(Float64Array.of(1, 2, 3, 4, 5, 6).buffer);
    const header = (name: string, encoding: string) =>
      `NRRD0001\n# a comment\ntype: double\ndimension: 2\nsizes: 3 2\nendian: little\nencoding: ${encoding}\ndata file: ${name}\n`;
    await writeFile(join(folder, 'x.raw'), data);
    await writeFile(join(folder, 'x.raw.gz'), gzipSync(data));
    await writeFile(join(folder, 'raw.nhdr'), header('x.raw', 'raw'));
    await writeFile(join(folder, 'gzip.nhdr'), header('./x.raw.gz', 'gzip'));
    for (const name of ['raw.nhdr', 'gzip.nhdr']) {
      const read = await readArray(join(folder, name), name);
      expect(read).toMatchObject({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6), file: name });
      expect(read.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    await writeFile(join(folder, 'outside.nhdr'), header('../x.raw', 'raw'));
    await expect(readNrrdFile(join(folder, 'outside.nhdr'), 'o')).rejects.toThrow(/another folder/);
  });

  it('never unpacks more than the header announces', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const bytes = Buffer.concat([
      Buffer.from('NRRD0004\ntype: uchar\ndimension: 1\nsizes: 4\nencoding: gzip\n\n'),
      bomb,
    ]);
    await expect(readNrrd(bytes, 'x', none)).rejects.toThrow(/damaged or larger/);
  });

  it.each([
    ['sizes: 2 -2', 'raw', 'sizes'],
    ['sizes: 99999 99999', 'raw', 'sizes'],
    ['sizes: 2 2', 'ascii', 'encoding'],
    ['sizes: 2 3', 'raw', 'cut short'],
  ])('refuses %s in %s', async (sizes, encoding, reason) => {
    const bytes = Buffer.concat([
      Buffer.from(`NRRD0004\ntype: uchar\ndimension: 2\n${sizes}\nencoding: ${encoding}\n\n`),
      Buffer.alloc(4),
    ]);
    const thrown: unknown = await readNrrd(bytes, 'x.nrrd', none).catch((e: unknown) => e);
    expect((thrown as IsolensError).problem.code).toBe('result/file-unreadable');
    expect((thrown as IsolensError).message).toContain(reason);
  });

  it('says that a file is missing, or neither .npy nor NRRD', async () => {
    await expect(readArray(join(folder, 'nowhere.npy'), 'nowhere.npy')).rejects.toThrow(
      'The file nowhere.npy is not there.',
    );
    await writeFile(join(folder, 'text.npy'), 'hello');
    await expect(readArray(join(folder, 'text.npy'), 'text.npy')).rejects.toThrow(/neither/);
  });
});

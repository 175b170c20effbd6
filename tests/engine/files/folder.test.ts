import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkFolder } from '../../../main/engine/files/folder';
import { sourceOf } from '../../../main/engine/files/source';
import { testFolder, type TestFolder } from '../../samples/folder';

describe('walking a folder', () => {
  let folder: TestFolder;
  beforeEach(() => (folder = testFolder()));
  afterEach(() => folder.remove());

  it('finds every file below, by path, whatever its name; links, empty and system files are passed over', async () => {
    for (const name of ['b/2', 'a.dcm', 'b/c/DICOMDIR', 'b/1.ima', '.DS_Store', 'b/Thumbs.db', 'b/._1.ima'])
      folder.write(name, 'x');
    folder.write('empty', '');
    symlinkSync(join(folder.path, 'b'), join(folder.path, 'link'));
    const { sources, notes } = await walkFolder(folder.path);
    expect(sources.map(({ path }) => relative(folder.path, path))).toEqual(['a.dcm', 'b/1.ima', 'b/2', 'b/c/DICOMDIR']);
    expect(notes).toEqual([]);
  });

  it('does not go deeper than 32 levels, and says so', async () => {
    folder.write(`${'d/'.repeat(40)}x`, 'x');
    folder.write('y', 'x');
    const { sources, notes } = await walkFolder(folder.path);
    expect(sources).toHaveLength(1);
    expect(notes.map(({ code }) => code)).toEqual(['files/too-deep']);
  });

  it('says what is wrong with the path itself', async () => {
    const file = folder.write('x', 'x');
    await expect(walkFolder(join(folder.path, 'nowhere'))).rejects.toMatchObject({
      problem: { code: 'files/missing' },
    });
    await expect(walkFolder(file)).rejects.toMatchObject({ problem: { code: 'files/not-a-folder' } });
    await expect(sourceOf(join(folder.path, 'nowhere'))).rejects.toMatchObject({ problem: { code: 'files/missing' } });
  });

  it('stops when it is cancelled', async () => {
    folder.write('x', 'x');
    await expect(walkFolder(folder.path, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('reads the part of a file that is asked for, and no more than there is', async () => {
    const source = await sourceOf(folder.write('x', 'abcdef'));
    expect(Buffer.from(await source.read(2, 3)).toString()).toBe('cde');
    expect(Buffer.from(await source.read(4, 100)).toString()).toBe('ef');
  });
});

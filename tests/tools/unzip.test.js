import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesOf, unzip } from '../../tools/provision/unzip.js';

const long = strToU8('voxel '.repeat(50_000));
const executable = { os: 3, attrs: 0o755 << 16 };

describe('archives of the provisioning', () => {
  let folder;
  let archive;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolens-unzip-'));
    archive = join(folder, 'a.zip');
    const packed = zipSync({
      'in/deflated.txt': [long, { level: 6 }],
      'in/stored.txt': [strToU8('as it is'), { level: 0 }],
      'in/empty.txt': [strToU8(''), { level: 0 }],
      'in/program': [strToU8('#!/bin/sh\n'), { level: 6, ...executable }],
      'out/other.txt': strToU8('left out'),
    });
    writeFileSync(archive, packed);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const inOnly = (name) => (name.startsWith('in/') ? name.slice(3) : null);

  it('gives back stored, deflated and empty files, with their modes, and leaves out what is not asked for', async () => {
    const bytes = await unzip(archive, join(folder, 'to'), inOnly);
    expect(bytes).toBe(long.length + 8 + 10);
    expect(readFileSync(join(folder, 'to/deflated.txt'))).toEqual(Buffer.from(long));
    expect(readFileSync(join(folder, 'to/stored.txt'), 'utf8')).toBe('as it is');
    expect(statSync(join(folder, 'to/empty.txt')).size).toBe(0);
    expect(statSync(join(folder, 'to/program')).mode & 0o777).toBe(0o755);
    expect(() => statSync(join(folder, 'to/other.txt'))).toThrow();
  });

  it('refuses half an archive', async () => {
    const whole = readFileSync(archive);
    writeFileSync(archive, whole.subarray(0, whole.length / 2));
    await expect(unzip(archive, join(folder, 'to'), inOnly)).rejects.toThrow('half of one');
  });

  it('notices a byte that was changed', async () => {
    const whole = readFileSync(archive);
    const { offset } = (await entriesOf(archive)).find(({ name }) => name === 'in/stored.txt');
    whole[whole.indexOf('as it is', offset)] ^= 1;
    writeFileSync(archive, whole);
    await expect(unzip(archive, join(folder, 'to'), inOnly)).rejects.toThrow('in/stored.txt is damaged');
  });

  it('never writes outside of its folder', async () => {
    writeFileSync(archive, zipSync({ '../escaped.txt': strToU8('x') }));
    await expect(unzip(archive, join(folder, 'to'), (name) => name)).rejects.toThrow('leads out of the folder');
    expect(() => statSync(join(folder, 'escaped.txt'))).toThrow();
  });
});

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { place, seal, sealed, sha256Of } from '../../tools/provision/files.js';
import { alone } from '../../tools/provision/lock.js';
import { lastLine } from '../../tools/provision/report.js';

const lockModule = pathToFileURL(resolve(import.meta.dirname, '../../tools/provision/lock.js')).href;

describe('the cache of what was fetched', () => {
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolens-cache-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('knows a whole folder by its seal, and one with a shortened or missing file as damaged', () => {
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib/a.so'), 'library');
    writeFileSync(join(folder, 'b.h'), 'header');
    expect(sealed(folder)).toBeNull();
    seal(folder, { source: 'test' });
    expect(sealed(folder)).toMatchObject({ source: 'test' });
    truncateSync(join(folder, 'lib/a.so'), 3);
    expect(sealed(folder)).toBeNull();
    seal(folder);
    rmSync(join(folder, 'b.h'));
    expect(sealed(folder)).toBeNull();
  });

  it('puts a file in place of what lay there', () => {
    writeFileSync(join(folder, 'new'), 'new');
    writeFileSync(join(folder, 'old'), 'old');
    place(join(folder, 'new'), join(folder, 'old'));
    expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('new');
  });

  it('gives the SHA-256 of FIPS 180-4 for "abc"', async () => {
    writeFileSync(join(folder, 'abc'), 'abc');
    expect(await sha256Of(join(folder, 'abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('lets one process in at a time', async () => {
    const log = join(folder, 'log');
    const script = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as wait } from 'node:timers/promises';
      import { alone } from ${JSON.stringify(lockModule)};
      await alone(${JSON.stringify(join(folder, 'lock'))}, async () => {
        appendFileSync(${JSON.stringify(log)}, 'in ');
        await wait(150);
        appendFileSync(${JSON.stringify(log)}, 'out ');
      });`;
    const run = () =>
      new Promise((done) => spawn(process.execPath, ['--input-type=module', '-e', script]).on('exit', done));
    expect(await Promise.all([run(), run(), run()])).toEqual([0, 0, 0]);
    expect(readFileSync(log, 'utf8')).toBe('in out in out in out ');
  });

  it('takes over the lock of a process that is gone', async () => {
    const gone = await new Promise((done) => {
      const child = spawn(process.execPath, ['-e', '']);
      child.on('exit', () => done(child.pid));
    });
    writeFileSync(join(folder, 'lock'), JSON.stringify({ host: hostname(), pid: gone }));
    expect(await alone(join(folder, 'lock'), () => 'in')).toBe('in');
  });

  it('makes one telling line out of what npm said', () => {
    const said = [
      'npm warn EBADENGINE Unsupported engine {',
      'npm error code E404',
      'npm error 404 Not Found - no such package',
      'npm error A complete log of this run can be found in: somewhere',
    ];
    expect(lastLine(said.join('\n'))).toBe('npm error 404 Not Found - no such package');
  });
});

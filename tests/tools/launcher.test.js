import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../tools/package/isolens.sh');

/** An engine that does as its words say, in place of the real one: the launcher is what is tested. */
const engine = `
const [word, what] = process.argv.slice(2);
if (word === 'run' && what === 'status') process.exit(1);
if (word === 'run' && what === 'killed') process.kill(process.pid, 'SIGKILL');
if (word === 'run' && what === 'waits') {
  const alive = setInterval(() => undefined, 1000);
  process.on('SIGINT', () => { clearInterval(alive); process.exitCode = 130; });
  console.log('waiting');
} else console.log('engine ' + process.argv.slice(2).join(' '));
`;

describe.skipIf(process.platform === 'win32')('the packaged command', () => {
  let home;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'isolens-launcher-'));
    mkdirSync(join(home, 'app/resources/engine'), { recursive: true });
    copyFileSync(source, join(home, 'app/isolens'));
    symlinkSync(process.execPath, join(home, 'app/resources/engine/node'));
    writeFileSync(join(home, 'app/resources/engine/command.mjs'), engine);
    writeFileSync(join(home, 'app/isolens-window'), '#!/bin/sh\necho "window $*"\n');
    chmodSync(join(home, 'app/isolens'), 0o755);
    chmodSync(join(home, 'app/isolens-window'), 0o755);
    mkdirSync(join(home, 'bin'));
    symlinkSync(join(home, 'app/isolens'), join(home, 'bin/isolens'));
    writeFileSync(join(home, 'network.keras'), '');
  });

  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  /** Started by its link, as /usr/bin has it. `onOut` sees the process once it has said something. */
  function isolens(words, { env = {}, onOut = () => undefined } = {}) {
    return new Promise((done) => {
      const { DISPLAY: _, WAYLAND_DISPLAY: __, ...without } = process.env;
      const child = spawn(join(home, 'bin/isolens'), words, { cwd: home, env: { ...without, ...env } });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
        onOut(child);
      });
      child.stderr.on('data', (chunk) => (err += String(chunk)));
      child.on('close', (status) => done({ status, out: out.trim(), err: err.trim() }));
    });
  }

  it('hands its words to the engine, blanks kept, without a display', async () => {
    expect(await isolens(['run', 'a b.json', '--out', 'o'])).toEqual({
      status: 0,
      out: 'engine run a b.json --out o',
      err: '',
    });
  });

  it("passes the engine's status on", async () => {
    expect((await isolens(['run', 'status'])).status).toBe(1);
  });

  it('sends a word that nobody knows to the engine, which says so', async () => {
    expect((await isolens(['descrbie', 'x'])).out).toBe('engine descrbie x');
  });

  it('opens what is on disk in the window', async () => {
    expect((await isolens(['network.keras'], { env: { DISPLAY: ':7' } })).out).toBe('window network.keras');
    expect((await isolens([], { env: { WAYLAND_DISPLAY: 'wayland-0' } })).out).toBe('window');
  });

  it('says in a line that there is no display', async () => {
    const { status, err } = await isolens([]);
    expect(status).toBe(2);
    expect(err.split('\n')).toHaveLength(1);
    expect(err).toContain('isolens run JOB.json');
  });

  it('reports an engine that was killed as lost, status 3, in its last line', async () => {
    const { status, err } = await isolens(['run', 'killed']);
    expect(status).toBe(3);
    expect(JSON.parse(err.split('\n').at(-1))).toMatchObject({ error: { code: 'engine/lost' } });
  });

  it('passes an interruption on and ends with 130', async () => {
    const { status } = await isolens(['run', 'waits'], { onOut: (child) => child.kill('SIGINT') });
    expect(status).toBe(130);
  });
});

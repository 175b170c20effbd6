/** The folder that runs anywhere: electron-builder's `dir` target, checked for what must be inside. */
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { command } from '../provision/command.js';
import { bytesUnder, copyTo } from '../provision/files.js';
import { packages, root } from '../provision/places.js';
import { megabytes } from '../provision/report.js';
import { packEngine } from './engine.js';

export const unpacked = join(root, 'dist/linux-unpacked');

/** Packs the built application into dist/linux-unpacked. */
export async function packApplication({ electron, report }) {
  const prepared = join(root, 'out/package');
  mkdirSync(prepared, { recursive: true });
  await packEngine(join(prepared, 'engine'), report);
  copyTo(join(root, 'tools/package/isolens.sh'), join(prepared, 'isolens'));
  chmodSync(join(prepared, 'isolens'), 0o755);
  rmSync(unpacked, { recursive: true, force: true });
  const words = ['--linux', 'dir', '--publish', 'never', `-c.electronDist=${electron.pristine}`];
  const result = await command(process.execPath, [join(packages, 'electron-builder/cli.js'), ...words], { cwd: root });
  if (!result.ok) throw new Error(`electron-builder: ${result.err.trim() || result.out.trim()}`);
  for (const name of ['isolens', 'isolens-window', 'resources/app.asar', 'resources/engine/node']) {
    if (!existsSync(join(unpacked, name))) throw new Error(`${name} is missing in the package`);
  }
  report.say('package', `dist/linux-unpacked: ${megabytes(bytesUnder(unpacked))}`);
  return unpacked;
}

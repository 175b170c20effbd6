/** `npm run dist`: the application for workstations without internet: a folder, a .tar.gz, a .deb, and their SHA-256 sums. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { build } from './build.js';
import { packApplication } from './package/application.js';
import { packDeb } from './package/deb.js';
import { command } from './provision/command.js';
import { bytesUnder, sha256Of } from './provision/files.js';
import { root } from './provision/places.js';
import { lastLine, megabytes, reporter } from './provision/report.js';
import { provision } from './provision.js';

async function packTar(unpacked, to) {
  const name = basename(to, '.tar.gz');
  const words = ['--create', '--file', to, '--use-compress-program', 'gzip -3', '--owner=0', '--group=0'];
  const named = ['--transform', `s,^linux-unpacked,${name},`, '-C', join(unpacked, '..'), basename(unpacked)];
  const result = await command('tar', [...words, ...named]);
  if (!result.ok) throw new Error(`tar: ${lastLine(result.err)}`);
}

async function dist() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`packages are made on Linux x64; this is ${process.platform} ${process.arch}`);
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const report = reporter();
  const { electron, tensorflow } = await provision({ window: true });
  if (!electron) throw new Error('Electron could not be had, so there is nothing to pack');
  if (tensorflow.rung !== 'native')
    report.warn('package', 'without native TensorFlow: the package will compute by WASM');
  await build();
  const unpacked = await packApplication({ electron, report });
  const folder = join(root, 'dist');
  mkdirSync(folder, { recursive: true });
  const tar = join(folder, `isolens-${version}-linux-x64.tar.gz`);
  const deb = join(folder, `isolens_${version}_amd64.deb`);
  for (const [file, pack] of [
    [tar, packTar],
    [deb, packDeb],
  ]) {
    rmSync(file, { force: true });
    const began = Date.now();
    await pack(unpacked, file);
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    report.say('package', `${basename(file)}: ${megabytes(bytesUnder(file))} in ${seconds} s`);
  }
  const sums = await Promise.all([tar, deb].map(async (file) => `${await sha256Of(file)}  ${basename(file)}\n`));
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  process.stdout.write(sums.join(''));
}

try {
  await dist();
} catch (error) {
  console.error(`dist: ${error.message}`);
  process.exitCode = 1;
}

/** `npm run doctor`: what is there, from which source, what is missing and the command for it. Fetches nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parts } from './build.js';
import { installCommand, missingPackages } from './provision/debian.js';
import { missingLibraries, settledElectron } from './provision/electron.js';
import { bytesUnder } from './provision/files.js';
import { gpuDownload, graphicsCard } from './provision/gpu.js';
import { settledPackages } from './provision/packages.js';
import { buildTools, testLibraries, windowLibraries } from './provision/pins.js';
import { cache, root } from './provision/places.js';
import { program } from './provision/command.js';
import { megabytes } from './provision/report.js';
import { settledTensorflow } from './provision/tensorflow.js';

const lines = [];
const tell = (mark, part, text) => lines.push(`${mark} ${part.padEnd(18)} ${text}`);
const there = (part, text) => tell('●', part, text);
const missing = (part, text, way) => tell('■', part, `${text}; ${way}`);
const note = (part, text) => tell('▲', part, text);
const provide = 'npm run provision';

there('Node', `${process.version} (${process.execPath})`);
const packages = settledPackages();
if (packages) there('npm packages', `those of the lock file, from: ${packages.source}`);
else missing('npm packages', 'not those of the lock file', provide);

const tensorflow = settledTensorflow();
if (!tensorflow) missing('TensorFlow', 'not settled', provide);
else if (tensorflow.rung === 'wasm') {
  note('TensorFlow', `WASM ${tensorflow.version} (slower); native: ${tensorflow.passed.join(' · ')}; then ${provide}`);
} else there('TensorFlow', `${tensorflow.version} native, from: ${tensorflow.source}`);

const card = await graphicsCard();
if (!card) there('graphics card', 'none of NVIDIA: the processor computes');
else if (card.refused) note('graphics card', `${card.name}: ${card.refused}`);
else if (tensorflow?.gpuLibraries) there('graphics card', `${card.name}, driver ${card.driver}, CUDA 12.2 in place`);
else note('graphics card', `${card.name}, driver ${card.driver}: ${provide} -- --gpu fetches ${gpuDownload} for it`);

const electron = settledElectron();
if (electron) there('Electron', `${electron.version}, from: ${electron.source}`);
else missing('Electron', 'not there (only the window needs it)', provide);

const wanted = [...windowLibraries, ...testLibraries, ...buildTools].filter(
  (name) => name !== 'xvfb' || !program('xvfb-run'),
);
const absent = await missingPackages(wanted);
const libraries = electron && process.platform === 'linux' ? await missingLibraries(electron.folder) : [];
if (libraries.length > 0) note('window libraries', `Electron lacks ${libraries.join(' ')}`);
if (absent === null) note('system packages', 'this is not Debian: see resources/docs/dependencies.md for the list');
else if (absent.length === 0) there('system packages', 'all there');
else note('system packages', `missing (window and tests): ${absent.join(' ')}; as root: ${installCommand(absent)}`);

const built = parts.filter((part) => part.makes.every((file) => existsSync(join(root, file))));
if (built.length === parts.length) there('build', 'engine, desktop, preload and window in out/');
else
  note(
    'build',
    `${String(built.length)} of ${String(parts.length)} parts in out/; npm run build (npm start does it by itself)`,
  );
there('cache', `${cache} (${megabytes(bytesUnder(cache))})`);
const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
if (display) there('display', process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? 'there');
else note('display', 'none: npm start runs the demo without a window');

console.log(lines.join('\n'));
const command = join(root, 'out/engine/command.mjs');
let works = Boolean(packages && tensorflow);
if (works && existsSync(command)) {
  console.log('');
  works = spawnSync(process.execPath, [command, 'doctor'], { cwd: root, stdio: 'inherit' }).status === 0;
}
console.log(works ? '\nIsolens can run here.' : '\nIsolens cannot run yet: see the lines with ■.');
process.exitCode = works ? 0 : 1;

// Occlusion beside Captum, MONAI and tf-explain: node tests/peers/peers.js [CASE…]. Makes a Python environment when first asked.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { cache } from '../../tools/provision/places.js';

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(join(here, '..', '..'));
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error || status !== 0) {
    console.error(`${command} ${args[0]} failed${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
}

/** The environment's Python: ISOLENS_PEERS names one that is there, else it is made from the pinned list, torch's own build for processors alone where pip knows it. */
function python() {
  if (process.env.ISOLENS_PEERS) return join(process.env.ISOLENS_PEERS, 'bin', 'python');
  const folder = join(cache, 'peers');
  const made = join(folder, 'bin', 'python');
  const sign = join(folder, 'complete');
  if (existsSync(sign)) return made;
  rmSync(folder, { recursive: true, force: true });
  run('python3', ['-m', 'venv', folder]);
  run(made, ['-m', 'pip', 'install', '-q', '-r', join(here, 'requirements.txt')]);
  run(made, ['-c', `import captum, monai, tensorflow; open(${JSON.stringify(sign)}, 'w').close()`]);
  return made;
}

const all = [
  'classifier-2d-256',
  'classifier-2d-512',
  'classifier-3d-64',
  'classifier-3d-96',
  'unet-2d-512',
  'unet-3d-96',
];
const keys = process.argv.length > 2 ? process.argv.slice(2) : all;
const interpreter = python();
const folder = mkdtempSync(join(tmpdir(), 'isolens-peers-'));
try {
  console.log(`load of the machine before: ${loadavg()[0].toFixed(2)}`);
  const lowered = { oxc: { target: 'es2022' } };
  const { compare, write } = (await runnerImport(join(here, 'compare.ts'), lowered)).module;
  await write(folder, keys);
  run(interpreter, [join(here, 'occlude.py'), folder]);
  await compare(folder, keys);
  console.log(`load of the machine after: ${loadavg()[0].toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

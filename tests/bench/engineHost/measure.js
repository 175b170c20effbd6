// Who can host the engine? Tensors of growing size in plain Node and in Electron's utility process (ADR 1).
// node tests/bench/engineHost/measure.js ELECTRON_EXECUTABLE      (a display, or xvfb-run)
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const electron = process.argv[2];
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

for (const gigabytes of ['0.4', '0.8', '1.0', '1.2', '2.4']) {
  const plain = spawnSync(process.execPath, [join(here, 'allocate.cjs'), gigabytes], { encoding: 'utf8' });
  const inNode = plain.stdout.trim() || `ended by ${plain.signal ?? plain.status}`;
  const window = spawnSync(electron, [...root, here], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_GIGABYTES: gigabytes },
    timeout: 120_000,
  });
  const inElectron = /RESULT (.*)/.exec(window.stdout)?.[1] ?? `ended by ${window.signal ?? window.status}`;
  console.log(`${gigabytes.padStart(4)} GB   plain Node: ${inNode.padEnd(16)} utility process: ${inElectron}`);
}

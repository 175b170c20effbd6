/** Checks the types of every room by its own tsconfig, two at a time. What was checked before is kept beside the packages. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { packages, root, stamps } from './provision/places.js';

const rooms = [
  ['main', 'typescript/bin/tsc'],
  ['renderer', 'vue-tsc/bin/vue-tsc.js'],
  ['tests', 'vue-tsc/bin/vue-tsc.js'],
  ['shared', 'typescript/bin/tsc'],
  ['preload', 'typescript/bin/tsc'],
];

function check([room, checker]) {
  const remembered = join(stamps, `types-${room}.tsbuildinfo`);
  const words = [join(packages, checker), '-p', join(root, room), '--incremental', '--tsBuildInfoFile', remembered];
  return new Promise((resolve) => {
    const began = Date.now();
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    child.on('close', (status) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${room} ${seconds} s`);
      if (said.trim()) console.log(said.trimEnd());
      resolve(status === 0);
    });
  });
}

mkdirSync(stamps, { recursive: true });
const waiting = [...rooms];
const results = [];
async function worker() {
  for (let room = waiting.shift(); room; room = waiting.shift()) results.push(await check(room));
}
await Promise.all([worker(), worker()]);
process.exitCode = results.every(Boolean) ? 0 : 1;

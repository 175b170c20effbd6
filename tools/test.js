/**
 * `npm test`: everything that must hold, from packages to the packed window. Every step runs even where one before it
 * failed; the last line counts tests, and a step that failed otherwise than by its tests counts as one.
 * `npm test -- STEP…` runs only the named steps.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from './build.js';
import { packApplication, unpacked } from './package/application.js';
import { program } from './provision/command.js';
import { readJson } from './provision/files.js';
import { packages, root } from './provision/places.js';
import { reporter } from './provision/report.js';
import { provision } from './provision.js';

mkdirSync(join(root, 'out'), { recursive: true });
const sum = { passed: 0, failed: 0 };
let electron = null;

function run(file, words, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, words, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('exit', (status) => resolve(status === 0));
  });
}

const node = (path, words = [], env = {}) => run(process.execPath, [join(packages, path), ...words], env);

/** Runs vitest and adds its counts; false also where it says nothing, or where there was no test at all. */
async function vitest(words, { wrap = [], env = {} } = {}) {
  const told = join(root, `out/tests-${String(process.pid)}.json`);
  rmSync(told, { force: true });
  const all = [join(packages, 'vitest/vitest.mjs'), 'run', ...words];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${told}`];
  const [file, ...rest] = [...wrap, process.execPath, ...all, ...reporters];
  const ok = await run(file, rest, env);
  const counts = readJson(told);
  rmSync(told, { force: true });
  if (!counts) return false;
  sum.passed += counts.numPassedTests;
  sum.failed += counts.numFailedTests;
  if (!ok && counts.numFailedTests > 0) return 'counted';
  return ok && counts.numPassedTests > 0;
}

async function flows() {
  const wrap = process.env.DISPLAY ? [] : ['xvfb-run', '-a', '--server-args=-screen 0 1600x1000x24'];
  if (wrap.length > 0 && !program('xvfb-run')) {
    console.error('there is neither a display nor xvfb-run: as root, apt-get install xvfb xauth');
    return false;
  }
  return vitest(['--config', 'vitest.flows.config.ts'], { wrap, env: { ISOLENS_APP: unpacked } });
}

const steps = {
  async provision() {
    ({ electron } = await provision({ window: true, test: true, again: true }));
    return electron !== null;
  },
  format: () => node('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  types: () => run(process.execPath, [join(root, 'tools/types.js')]),
  lint: () => node('eslint/bin/eslint.js', ['--max-warnings', '0', '.']),
  arrows: () =>
    node('dependency-cruiser/bin/dependency-cruise.mjs', [
      '--config',
      '.dependency-cruiser.cjs',
      ...['shared', 'main', 'preload', 'renderer'],
    ]),
  dead: () => node('knip/bin/knip.js'),
  unit: () => vitest([]),
  build: async () => {
    await build();
    return true;
  },
  package: async () => {
    electron ??= (await provision({ window: true, quiet: true })).electron;
    await packApplication({ electron, report: reporter() });
    return true;
  },
  flows,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`no step ${unknown.join(', ')}; there are: ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}
const lines = [];
for (const [name, step] of Object.entries(steps)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n── ${name}`);
  const began = Date.now();
  let ok = false;
  try {
    ok = await step();
  } catch (error) {
    console.error(`${name}: ${error.message}`);
  }
  if (ok === false) sum.failed += 1;
  lines.push(`${ok === true ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${((Date.now() - began) / 1000).toFixed(1)} s`);
  // Without its packages nothing that follows could say anything true.
  if (name === 'provision' && ok === false && !readJson(join(packages, 'vitest/package.json'))) break;
}
console.log(`\n${lines.join('\n')}\n`);
process.exitCode = lines.some((line) => line.startsWith('FAILED')) ? 1 : 0;
console.log(`${String(sum.passed)} passed, ${String(sum.failed)} failed`);

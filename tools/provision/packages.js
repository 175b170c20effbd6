/** The npm packages of the lock file: installed when they are not those that it names. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { command } from './command.js';
import { npmCommand } from './fetch.js';
import { bytesUnder, readJson, writeJson } from './files.js';
import { packages, root, stamps } from './places.js';
import { lastLine, megabytes } from './report.js';

const part = 'packages';
const stampFile = join(stamps, 'packages.json');
const lockFile = join(root, 'package-lock.json');

const lockSum = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

/** Whether every package that this machine needs lies there in the version of the lock file. */
function allThere() {
  const lock = readJson(lockFile);
  const hidden = readJson(join(packages, '.package-lock.json'));
  if (!lock || !hidden) return false;
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '' || wanted.optional || wanted.peer) continue;
    if (hidden.packages[path]?.version !== wanted.version) return false;
    if (!existsSync(join(root, path, 'package.json'))) return false;
  }
  return true;
}

function directOnesThere() {
  const { dependencies, devDependencies } = readJson(join(root, 'package.json'));
  return Object.keys({ ...dependencies, ...devDependencies }).every((name) =>
    existsSync(join(packages, name, 'package.json')),
  );
}

/** What was settled earlier, if the lock file has not changed since and the packages are there; else null. */
export function settledPackages() {
  const stamp = readJson(stampFile);
  return stamp && stamp.lock === lockSum() && directOnesThere() ? stamp : null;
}

export async function providePackages({ report }) {
  const before = settledPackages();
  if (before) return before;
  let source = 'already there';
  if (!allThere()) {
    const count = Object.keys(readJson(lockFile).packages).length - 1;
    report.say(part, `installing ${String(count)} packages by the lock file`);
    const [file, words] = npmCommand(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    const progress = report.progress(part, 'node_modules');
    let beat = 0;
    const onTick = () => {
      // Counting the folder takes a moment: every tenth beat is enough.
      if (beat++ % 10 === 0) progress.at(bytesUnder(packages));
    };
    // For packages whose scripts would download: we fetch those parts ourselves, by the ladder.
    const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
    const result = await command(file, words, { cwd: root, env, onTick });
    progress.end();
    if (!result.ok) {
      throw new Error(
        `npm could not install the packages: ${lastLine(result.err)}. Check the npm registry, then again.`,
      );
    }
    if (!allThere()) throw new Error('npm ended without an error, but packages of the lock file are missing');
    source = 'npm registry';
    report.say(part, `installed (${megabytes(bytesUnder(packages))})`);
  }
  const stamp = { lock: lockSum(), source };
  writeJson(stampFile, stamp);
  return stamp;
}

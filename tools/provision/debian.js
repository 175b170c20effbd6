/** Debian's own packages: installed as root, else named with the exact command. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { command, program } from './command.js';
import { buildTools, testLibraries, windowLibraries } from './pins.js';
import { lastLine } from './report.js';

const part = 'system libraries';
const groups = { window: windowLibraries, test: testLibraries, build: buildTools };

/** Those of the wanted packages that are not installed; null where this is no Debian. Newer releases add `t64` to names. */
export async function missingPackages(names) {
  if (!existsSync('/etc/debian_version') || !program('dpkg-query')) return null;
  const asked = names.flatMap((name) => [name, `${name}t64`]);
  const result = await command('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...asked]);
  const there = new Set(
    result.out
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !there.has(name) && !there.has(`${name}t64`));
}

export const installCommand = (names) => `apt-get install -y --no-install-recommends ${names.join(' ')}`;

/** A program that is on PATH counts as its package, from wherever it came. */
const programs = { 'g++': 'g++', python3: 'python3', xvfb: 'xvfb-run', xauth: 'xauth' };

/** Sees to the packages of the groups (`window`, `test`, `build`); gives those still missing and the command for them. */
export async function provideDebian(wanted, { report }) {
  const names = wanted.flatMap((group) => groups[group]).filter((name) => !program(programs[name] ?? `/no/${name}`));
  const missing = await missingPackages(names);
  if (!missing || missing.length === 0) return { missing: [], command: null };
  const line = installCommand(missing);
  if (process.getuid?.() !== 0) {
    report.warn(part, `missing: ${missing.join(' ')}; as root: ${line}`);
    return { missing, command: line };
  }
  report.say(part, `installing ${missing.join(' ')} (${line})`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const words = ['install', '-y', '--no-install-recommends', ...missing];
  let result = await command('apt-get', words, { env });
  if (!result.ok) {
    // The lists of packages may be absent or old: once more with new ones.
    await command('apt-get', ['update'], { env });
    result = await command('apt-get', words, { env });
  }
  if (result.ok) return { missing: [], command: null };
  report.warn(part, `apt-get could not install them: ${lastLine(result.err)}; try yourself: ${line}`);
  return { missing: (await missingPackages(missing)) ?? missing, command: line };
}

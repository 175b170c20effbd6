/** Fetching from the package registries through their own clients: npm and pip, with the user's settings of both. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { command, program } from './command.js';
import { bytesUnder, sha256Of } from './files.js';
import { lastLine, megabytes } from './report.js';

/** The npm that came with this Node, started without a shell. */
export function npmCommand(words) {
  const beside = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ].find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  return beside ? [process.execPath, [beside, ...words]] : ['npm', words];
}

async function checked(file, pin) {
  const found = await sha256Of(file);
  if (found !== pin.sha256) {
    rmSync(file, { force: true });
    throw new Error(`SHA-256 of ${pin.file ?? pin.name} is ${found}, not the pinned ${pin.sha256}`);
  }
}

/** A file of an npm package, checked against its pinned SHA-256. `folder` is emptied first: a half download starts anew. */
export async function fromNpm(pin, folder, report, part) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inside = join(folder, 'npm-cache');
  const words = [
    'install',
    '--prefix',
    folder,
    '--cache',
    inside,
    '--ignore-scripts',
    '--no-save',
    '--no-package-lock',
  ];
  const [file, all] = npmCommand([...words, '--no-audit', '--no-fund', `${pin.name}@${pin.version}`]);
  report.say(part, `fetching ${pin.name}@${pin.version} from the npm registry (${megabytes(pin.bytes)})`);
  const progress = report.progress(part, pin.name, pin.bytes);
  const result = await command(file, all, { cwd: folder, onTick: () => progress.at(bytesUnder(inside)) });
  progress.end();
  if (!result.ok) throw new Error(`npm could not fetch ${pin.name}@${pin.version}: ${lastLine(result.err)}`);
  rmSync(inside, { recursive: true, force: true });
  const got = join(folder, 'node_modules', pin.name, pin.file);
  if (!existsSync(got)) throw new Error(`${pin.name}@${pin.version} does not hold ${pin.file}`);
  await checked(got, pin);
  return got;
}

/** A Python wheel, checked against its pinned SHA-256. */
export async function fromPip(pin, folder, report, part) {
  rmSync(folder, { recursive: true, force: true });
  const half = join(folder, 'half');
  mkdirSync(half, { recursive: true });
  const python = program('python3') ?? program('python');
  if (!python) throw new Error('Python 3 is not there (its pip fetches the library)');
  const words = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:'];
  const wanted = ['--platform', pin.platform, ...pin.words, '-d', folder, `${pin.name}==${pin.version}`];
  const size = pin.bytes ? ` (${megabytes(pin.bytes)})` : '';
  report.say(part, `fetching ${pin.name} ${pin.version} from the Python package index${size}`);
  const progress = report.progress(part, pin.name, pin.bytes);
  const result = await command(python, [...words, '--disable-pip-version-check', ...wanted], {
    env: { ...process.env, TMPDIR: half },
    onTick: () => progress.at(bytesUnder(half)),
  });
  progress.end();
  if (!result.ok) throw new Error(`pip could not fetch ${pin.name} ${pin.version}: ${lastLine(result.err)}`);
  rmSync(half, { recursive: true, force: true });
  const name = readdirSync(folder).find((each) => each.endsWith('.whl'));
  if (!name || statSync(join(folder, name)).size === 0) throw new Error(`pip left no wheel of ${pin.name}`);
  await checked(join(folder, name), pin);
  return join(folder, name);
}

/** Whether an upstream address answers within a few seconds. A proxy is left to the tool that will do the download. */
export async function answers(address) {
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return true;
  try {
    const reply = await fetch(address, { method: 'HEAD', redirect: 'follow', signal: AbortSignal.timeout(5000) });
    return reply.ok;
  } catch {
    return false;
  }
}

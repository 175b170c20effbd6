import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';

/** A package whose network others have trained; fetched once, kept outside the checkout. */
interface Pin {
  readonly from: 'npm' | 'pip';
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export const pins = {
  deepbrain: {
    from: 'pip',
    name: 'deepbrain',
    version: '0.1',
    sha256: '87c10e8cf906977dfc828320fb0c319e6ff4de460235cfe33a1c04906a8890de',
  },
  upscaler: {
    from: 'npm',
    name: '@upscalerjs/default-model',
    version: '1.0.0',
    sha256: '4d40035493971cf5a9dac28738dd04c5c13e5b936bf35fa467bb368b99a1d36c',
  },
  esrganSlim: {
    from: 'npm',
    name: '@upscalerjs/esrgan-slim',
    version: '1.0.0',
    sha256: 'b53070ff01363e74d33138106dcc72b58d341c9fb7e8fd648554a4e7744142b5',
  },
} as const satisfies Record<string, Pin>;

/** Beside what `npm run provision` keeps. */
const cache = join(
  process.env['ISOLENS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'isolens'),
  'tests',
);

const isWhole = (file: string, { sha256 }: Pin): boolean =>
  existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256;

/** The package's files by their path in it, or why they cannot be had. */
export async function filesOf(pin: Pin): Promise<ReadonlyMap<string, Uint8Array> | string> {
  const held = join(cache, `${pin.name.replace('/', '-')}-${pin.version}`);
  try {
    if (!isWhole(held, pin)) await fetched(pin, held);
    if (!isWhole(held, pin)) throw new Error(`${pin.name} is not what it was`);
    const bytes = readFileSync(held);
    return pin.from === 'npm' ? untarred(gunzipSync(bytes)) : new Map(Object.entries(unzipSync(bytes)));
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  }
}

/** Packed and not installed: what the package wants beside it is not needed. */
async function fetched({ from, name, version }: Pin, held: string): Promise<void> {
  const folder = join(cache, `half-${name.replace('/', '-')}-${String(process.pid)}`);
  mkdirSync(folder, { recursive: true });
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '-d', folder];
  const [program, words] =
    from === 'npm'
      ? ['npm', ['pack', `${name}@${version}`, '--pack-destination', folder, '--silent']]
      : ['python3', [...pip, `${name}==${version}`]];
  try {
    await promisify(execFile)(program, words, { cwd: folder, timeout: 120_000 });
    const [file] = readdirSync(folder).filter((found) => /\.(whl|tgz)$/.test(found));
    renameSync(join(folder, file ?? ''), held);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** *Source* POSIX.1-2017, pax, ustar. */
function untarred(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const text = (at: number, length: number): string =>
    new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, '');
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    files.set(text(at, 100), bytes.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Those below a folder of the package, laid into a folder on disk. */
export function laidOut(files: ReadonlyMap<string, Uint8Array>, below: string, folder: string): string {
  for (const [path, bytes] of files) {
    if (!path.startsWith(below)) continue;
    const target = join(folder, path.slice(below.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  return folder;
}

import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';
import type { Source } from './reader/reader';

/** Files are held whole in memory: none larger is opened. */
const largestFileBytes = 8 * 2 ** 30;

/** What a folder's main file may be called, in the order in which they are looked for. */
const mainFiles = ['model.json', 'saved_model.pb', 'config.json'];

/**
 * The bytes of a network's main file, and a way to those that belong to it. `sha256` counts all that were read by then.
 * *Problems* network/missing, network/unreadable-file, network/not-a-network.
 */
export async function sourceOf(path: string): Promise<{ readonly source: Source; readonly sha256: () => string }> {
  const file = await mainFile(path);
  const folder = dirname(file);
  const bytes = await readWhole(file);
  const digests = new Map([[basename(file), digestOf(bytes)]]);
  const source: Source = {
    path,
    folder,
    name: networkName(file),
    bytes,
    beside: async (name) => {
      const other = await within(folder, name);
      if (other === null) return null;
      const part = await readWhole(other);
      digests.set(name, digestOf(part));
      return part;
    },
    names: async () => {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
  };
  const sha256 = (): string => {
    if (digests.size === 1) return [...digests.values()][0]!;
    const lines = [...digests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, digest]) => `${digest}  ${name}\n`);
    return digestOf(lines.join(''));
  };
  return { source, sha256 };
}

/** A network names its own files: a name that leads out of its folder, by itself or by a link, is not one of them. */
async function within(folder: string, name: string): Promise<string | null> {
  const whole = resolve(folder, name);
  if (name === '' || isAbsolute(name) || leadsOut(folder, whole)) return null;
  if (!(await stat(whole).catch(() => null))?.isFile()) return null;
  const [home, real] = await Promise.all([realpath(folder), realpath(whole)]);
  return leadsOut(home, real) ? null : whole;
}

function leadsOut(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** model.json and its like say nothing: then the folder's name does. */
function networkName(file: string): string {
  return mainFiles.includes(basename(file))
    ? basename(dirname(file)) || basename(file, extname(file))
    : basename(file, extname(file));
}

async function mainFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new IsolensError('network/missing', {}, { file: path });
  if (!found.isDirectory()) return path;
  const names = await readdir(path);
  const known = mainFiles.find((name) => names.includes(name));
  // Architecture and weights apart: whatever they are called, they are two.
  const [only, ...more] = names.filter((name) => name.endsWith('.json'));
  const apart = only !== undefined && more.length === 0 && names.some((name) => /\.(h5|hdf5)$/.test(name));
  const name = known ?? (apart ? only : undefined);
  if (name === undefined) throw new IsolensError('network/not-a-network', {}, { file: path });
  return join(path, name);
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > largestFileBytes) throw new Error(`it has ${(size / 2 ** 30).toFixed(1)} GiB`);
    return await readFile(file);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/,.*$/, '') : String(thrown);
    throw new IsolensError('network/unreadable-file', { reason }, { file }, thrown);
  }
}

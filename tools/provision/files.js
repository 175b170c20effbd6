/** Files put in place whole or not at all, known by their SHA-256. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';

export async function sha256Of(file) {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sum);
  return sum.digest('hex');
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Written beside and renamed, so that nobody ever reads half of it. */
export function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${String(process.pid)}`;
  writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(half, file);
}

export function bytesUnder(path) {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory()) return found.size;
    return readdirSync(path).reduce((sum, name) => sum + bytesUnder(join(path, name)), 0);
  } catch {
    return 0;
  }
}

export function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A hard link where the disk allows it, else a copy; in place of what lay there. */
export function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const half = `${to}.${String(process.pid)}`;
  rmSync(half, { force: true });
  try {
    linkSync(from, half);
  } catch {
    copyFileSync(from, half);
  }
  renameSync(half, to);
}

/** The same, always as a file of its own: for what is going to be changed. */
export function copyTo(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const half = `${to}.${String(process.pid)}`;
  copyFileSync(from, half);
  renameSync(half, to);
}

const mark = 'isolens-manifest.json';

/** Notes size and time of every file of an unpacked folder, so that a damaged one is noticed at the next start. */
export function seal(folder, facts = {}) {
  const files = Object.fromEntries(
    filesUnder(folder)
      .filter((file) => relative(folder, file) !== mark)
      .map((file) => {
        const { size, mtimeMs } = statSync(file);
        return [relative(folder, file), [size, Math.round(mtimeMs)]];
      }),
  );
  writeJson(join(folder, mark), { ...facts, files });
}

/** The facts of a sealed folder whose files are all as they were, else null. */
export function sealed(folder) {
  const manifest = readJson(join(folder, mark));
  if (!manifest) return null;
  for (const [name, [size, mtime]] of Object.entries(manifest.files)) {
    try {
      const found = statSync(join(folder, name));
      if (found.size !== size || Math.round(found.mtimeMs) !== mtime) return null;
    } catch {
      return null;
    }
  }
  return manifest;
}

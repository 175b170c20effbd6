import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';
import { isNpy, readNpy, type PlainArray } from './npy';
import { arrayOf, isNrrd, readNrrd, type ReadNrrd } from './nrrd';

/** An array file with the identity of what was read. */
export interface ReadArray extends PlainArray {
  readonly sha256: string;
  readonly file: string;
}

/** Bytes that one read takes at most. */
const mostBytes = 2 ** 31 - 1;

async function bytesOf(path: string, file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw new IsolensError('result/file-unreadable', { file, reason: 'it is larger than 2 GiB' }, { file });
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof IsolensError) throw thrown;
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new IsolensError('result/file-missing', { file }, { file }, thrown);
    throw new IsolensError('result/file-unreadable', { file, reason: code ?? 'unknown' }, { file }, thrown);
  }
}

/** A NRRD by its path; a detached data file must stand in the header's own folder. */
export async function readNrrdFile(path: string, file = path, hash?: (bytes: Uint8Array) => void): Promise<ReadNrrd> {
  const bytes = await bytesOf(path, file);
  hash?.(bytes);
  return readNrrd(bytes, file, async (name) => {
    if (basename(name) !== name.replace(/^\.\//, ''))
      throw new IsolensError(
        'result/file-unreadable',
        { file, reason: 'its data file lies in another folder' },
        { file },
      );
    const data = await bytesOf(join(dirname(path), name), file);
    hash?.(data);
    return data;
  });
}

/**
 * A `.npy` or NRRD file by what is in it, whatever its name. `file` is the path as the user gave it.
 * *Problems* result/file-missing, result/file-unreadable, result/objects-refused.
 */
export async function readArray(path: string, file = path): Promise<ReadArray> {
  const sha = createHash('sha256');
  const bytes = await bytesOf(path, file);
  if (isNpy(bytes)) {
    sha.update(bytes);
    return { ...readNpy(bytes, file), sha256: sha.digest('hex'), file };
  }
  if (isNrrd(bytes)) {
    const read = await readNrrdFile(path, file, (part) => sha.update(part));
    return { ...arrayOf(read), sha256: sha.digest('hex'), file };
  }
  throw new IsolensError('result/file-unreadable', { file, reason: 'it is neither .npy nor NRRD' }, { file });
}

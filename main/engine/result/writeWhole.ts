import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';

/** What went wrong with a disk, for the user. `file` is what may be said of the path. */
export function diskProblem(thrown: unknown, file: string): IsolensError {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new IsolensError('result/disk-full', { file }, { file }, thrown);
  return new IsolensError('result/cannot-write', { file, reason: code || 'unknown' }, { file }, thrown);
}

/**
 * Writes a file so that it is either whole or not there: beside its place first, then renamed. Folders are made.
 * *Problems* result/disk-full, result/cannot-write.
 */
export async function writeWhole(path: string, chunks: Iterable<Uint8Array | string>, file = path): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(beside, 'wx', 0o644);
    try {
      for (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      }
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true }).catch(() => undefined); // The disk's own trouble is what is told.
    throw diskProblem(thrown, file);
  }
}

import { open, stat } from 'node:fs/promises';
import { IsolensError } from '../../../shared/problem/problem';

/** Bytes that can be read in part: a file of the user's folder. */
export interface ByteSource {
  /** As the user gave the folder, joined with where it lies in it. */
  readonly path: string;
  readonly bytes: number;
  /** The bytes from `start`, at most `length` of them. */
  read(start: number, length: number): Promise<Uint8Array>;
}

/** A file larger than this is not read at once: one buffer could not hold it. */
const largestRead = 2 ** 31 - 1;

/** A file as a source. It is opened for each reading, so that a folder of thousands holds no handles. */
export function fileSource(path: string, bytes: number): ByteSource {
  return {
    path,
    bytes,
    async read(start, length) {
      const wanted = Math.max(0, Math.min(length, bytes - start));
      if (wanted > largestRead) throw new IsolensError('files/too-large', { gib: toGib(bytes) }, { file: path });
      const buffer = new Uint8Array(wanted);
      let done = 0;
      try {
        const file = await open(path, 'r');
        try {
          while (done < wanted) {
            const { bytesRead } = await file.read(buffer, done, wanted - done, start + done);
            if (bytesRead === 0) break;
            done += bytesRead;
          }
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw new IsolensError('files/unreadable', { reason: reasonOf(cause) }, { file: path }, cause);
      }
      return buffer.subarray(0, done);
    },
  };
}

/** A single file by its path. *Problems* `files/missing`, `files/unreadable`. */
export async function sourceOf(path: string): Promise<ByteSource> {
  try {
    const { size } = await stat(path);
    return fileSource(path, size);
  } catch (cause) {
    const code = codeOf(cause) === 'ENOENT' ? 'files/missing' : 'files/unreadable';
    throw new IsolensError(code, { reason: reasonOf(cause) }, { file: path }, cause);
  }
}

export const toGib = (bytes: number): number => Math.round((bytes / 2 ** 30) * 10) / 10;

export const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';

/** The system's short word for what failed (ENOENT, EACCES …); its sentence would repeat the path. */
export const reasonOf = (cause: unknown): string =>
  codeOf(cause) || (cause instanceof Error ? cause.message : String(cause));

import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { IsolensError, type Problem, type ProblemCode } from '../../../shared/problem/problem';
import { codeOf, fileSource, reasonOf, type ByteSource } from './source';

/** Folders deeper than this are not entered. */
export const deepest = 32;

/** More files than this are not one folder of patients; the walk stops rather than fill the memory. */
const mostFiles = 1_000_000;

/** Left by the system, never by a scanner. */
const systemFiles = new Set(['.ds_store', 'thumbs.db', 'desktop.ini', '.localized', '.directory']);

export interface FolderContent {
  /** Every file with at least one byte, sorted by path. */
  readonly sources: readonly ByteSource[];
  /** Folders and files that could not be looked at, and depth that was not entered. */
  readonly notes: readonly Problem[];
}

/**
 * Every file below a folder, in the order of their paths, whatever order the disk lists them in. Links are not followed; empty
 * files and those that the system leaves are passed over. *Problems* `files/missing`, `files/not-a-folder`, `files/unreadable`.
 */
export async function walkFolder(path: string, signal?: AbortSignal): Promise<FolderContent> {
  const sources: ByteSource[] = [];
  const notes: Problem[] = [];
  await enter(path, 0, true);
  sources.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { sources, notes };

  async function enter(folder: string, depth: number, first: boolean): Promise<void> {
    signal?.throwIfAborted();
    try {
      // Batches of names keep the walk quick on network disks.
      for await (const entry of await opendir(folder, { bufferSize: 256 })) {
        const inside = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (depth + 1 >= deepest) notes.push({ code: 'files/too-deep', facts: { deepest }, where: { file: inside } });
          else await enter(inside, depth + 1, false);
        } else if (entry.isFile() && !systemFiles.has(entry.name.toLowerCase()) && !entry.name.startsWith('._')) {
          await add(inside);
        }
      }
    } catch (cause) {
      if (cause instanceof IsolensError || signal?.aborted === true) throw cause;
      const reason = reasonOf(cause);
      if (first) throw new IsolensError(folderCode(codeOf(cause)), { reason }, { file: folder }, cause);
      notes.push({ code: 'files/unreadable', facts: { reason }, where: { file: folder } });
    }
  }

  async function add(file: string): Promise<void> {
    signal?.throwIfAborted();
    if (sources.length >= mostFiles) throw new IsolensError('files/too-many', { most: mostFiles }, { file: path });
    try {
      const { size } = await lstat(file);
      if (size > 0) sources.push(fileSource(file, size));
    } catch (cause) {
      notes.push({ code: 'files/unreadable', facts: { reason: reasonOf(cause) }, where: { file } });
    }
  }
}

function folderCode(code: string): ProblemCode {
  if (code === 'ENOENT') return 'files/missing';
  return code === 'ENOTDIR' ? 'files/not-a-folder' : 'files/unreadable';
}

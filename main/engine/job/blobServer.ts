import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from './blobs';

export interface BlobServer {
  /** Path of the Unix domain socket, or name of the named pipe. */
  readonly socket: string;
  close(): Promise<void>;
}

/**
 * Serves slices over HTTP on a private socket, `GET /ID?from=K&count=N`, to whoever can open the socket: on Unix it lies in a
 * folder that only its owner may enter, on Windows the pipe's name is random. Nothing is written to the disk.
 */
export async function serveBlobs(store: BlobStore): Promise<BlobServer> {
  const pipe = process.platform === 'win32';
  const folder = pipe ? null : await mkdtemp(join(tmpdir(), 'isolens-'));
  const socket = folder ? join(folder, 'voxels') : `\\\\.\\pipe\\isolens-${randomBytes(16).toString('hex')}`;
  const server = createServer((ask, reply) => {
    const url = new URL(ask.url ?? '/', 'http://blobs');
    const from = Number(url.searchParams.get('from') ?? 0);
    const count = Number(url.searchParams.get('count') ?? 1);
    const whole = Number.isInteger(from) && Number.isInteger(count);
    const bytes = whole ? store.bytes(url.pathname.slice(1), from, count) : null;
    if (!bytes) {
      reply.writeHead(404).end();
      return;
    }
    reply.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.byteLength }).end(bytes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socket, resolve);
  });
  return {
    socket,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

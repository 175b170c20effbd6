import type { ToEngine } from '../../shared/contract/wire';
import { blobStore } from './job/blobs';
import { serveBlobs } from './job/blobServer';
import { dispatcher } from './job/dispatch';
import { handlers } from './job/answers/list';

/** The entry of the engine's process: a wire in, the contract out. It ends when the other end of the wire is gone. */
async function start(): Promise<void> {
  const blobs = blobStore();
  const server = await serveBlobs(blobs);
  const engine = dispatcher(handlers(), blobs, (message) => {
    // The other end may vanish between two messages; the disconnect below then ends this process.
    if (process.connected) process.send?.(message, () => undefined);
  });
  process.on('message', (message) => {
    engine.hear(message as ToEngine);
  });
  process.once('disconnect', () => {
    engine.stop();
    void server.close().finally(() => process.exit(0));
  });
  process.send?.({ kind: 'ready', socket: server.socket });
}

void start();

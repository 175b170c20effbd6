import Module from 'node:module';
import { expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { backendInfo, startBackend } from '../../../main/engine/network/tensorflow';
import { bytesOf, casesOf, differences, onDisk } from './referenceCases';

/** Node's own resolver, which knows no package of that name any more. */
function hidePackage(hidden: string): void {
  const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
  const resolve = loader._resolveFilename.bind(Module);
  loader._resolveFilename = (request, ...rest) => {
    if (request === hidden) throw new Error(`Cannot find module '${hidden}'\nRequire stack: …`);
    return resolve(request, ...rest);
  };
}

it('goes down to WASM where the native library cannot be loaded, says why, and computes the same', async () => {
  hidePackage('@tensorflow/tfjs-node');
  expect(backendInfo()).toBeNull();
  const { path, remove } = onDisk('network.keras', bytesOf('keras3-classifier.keras'));
  // Describing a network asks for nothing that computes.
  (await openNetwork(path)).close();
  remove();
  expect(backendInfo()).toBeNull();
  const info = await startBackend();
  expect(info).toBe(backendInfo());
  expect(info.rung).toBe('wasm');
  expect(info.threads).toBeGreaterThanOrEqual(1);
  expect(info.refused?.at(-1)).toBe("native: Cannot find module '@tensorflow/tfjs-node'");
  expect(info.versions).toHaveProperty('tfjs-backend-wasm');
  const reference = casesOf(3).find((c) => c.network === 'classifier')!;
  expect(Math.max(...Object.values(await differences(reference, reference.files[0]!)))).toBeLessThan(1e-5);
});

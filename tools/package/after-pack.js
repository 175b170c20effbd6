import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../provision/places.js';

/** Called by electron-builder when the folder is laid out: brings the engine in whole, which extraResources would thin out. */
export default function afterPack({ appOutDir }) {
  cpSync(join(root, 'out/package/engine'), join(appOutDir, 'resources/engine'), { recursive: true });
  rmSync(join(appOutDir, 'isolens-manifest.json'), { force: true });
}

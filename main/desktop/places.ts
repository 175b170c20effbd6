import { app } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where things lie, in the package or in a checkout. */
export interface Places {
  /** The Node binary that runs the engine: plain Node, for its allocator has no ceiling (ADR 1). */
  readonly node: string;
  readonly engine: string;
  readonly preload: string;
  readonly page: string;
  readonly demoNetworks: string;
  readonly docs: string;
  readonly demoPatients: string;
  readonly demoResults: string;
  /** Offered as the folder for results of the user's own patients. */
  readonly proposedResults: string;
  readonly preferences: string;
}

export function placesOf(): Places {
  const own = app.getPath('userData');
  const root = app.getAppPath();
  const beside = app.isPackaged ? process.resourcesPath : join(root, 'resources');
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const packagedNode = join(process.resourcesPath, 'engine', binary);
  return {
    node: app.isPackaged && existsSync(packagedNode) ? packagedNode : (process.env['ISOLENS_NODE'] ?? 'node'),
    engine: app.isPackaged
      ? join(process.resourcesPath, 'engine', 'start.mjs')
      : join(root, 'out', 'engine', 'start.mjs'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
    page: join(root, 'out', 'renderer'),
    demoNetworks: join(beside, 'demo', 'networks'),
    docs: join(beside, 'docs'),
    demoPatients: join(own, 'demo', 'patients'),
    demoResults: join(own, 'demo', 'results'),
    proposedResults: join(app.getPath('documents'), 'Isolens'),
    preferences: join(own, 'preferences.json'),
  };
}

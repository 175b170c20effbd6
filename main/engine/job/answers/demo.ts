import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { syntheticAt } from '../syntheticPatients';
import { makePhantoms } from '../makePhantoms';
import { layTourAnswers } from '../tourAnswers';
import type { Handlers } from '../session';

/** The demo that ships: `resources/demo` of a checkout, `demo` beside the engine in the package. */
export function demoFolder(): string | null {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [
    join(here, '..', 'demo'),
    join(here, '..', '..', 'resources', 'demo'),
    join(here, '..', '..', '..', '..', 'resources', 'demo'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'synthetic.json'))) ?? null;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .sort();
}

/** Makes the demo's synthetic patients from their seed, those that are missing, with what the tour shows of them, and names what ships with them. */
export const demoAnswers: Pick<Handlers, 'engine/makeDemo'> = {
  'engine/makeDemo': async ({ out, results }, { signal, progress }) => {
    const demo = demoFolder();
    const synthetic = demo === null ? null : await syntheticAt(demo);
    if (demo === null || synthetic === null) return { studies: [], networks: [] };
    const { patients, seed, marked } = synthetic;
    const studies = await makePhantoms({ out, patients, seed, marked, signal, progress });
    await layTourAnswers(join(demo, 'results'), results);
    const networks = (await foldersIn(join(demo, 'networks')))
      .map((folder) => join(folder, 'model.json'))
      .filter((file) => existsSync(file));
    return { studies: [...studies], networks };
  },
};

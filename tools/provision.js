/**
 * Sees to everything that Isolens needs beside its sources: npm packages, system libraries, Electron, TensorFlow.
 * `node tools/provision.js [--gpu]`; each part comes from the first source that answers (resources/docs/dependencies.md).
 */
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { provideDebian } from './provision/debian.js';
import { provideElectron, settledElectron } from './provision/electron.js';
import { gpuDownload, graphicsCard } from './provision/gpu.js';
import { alone } from './provision/lock.js';
import { providePackages, settledPackages } from './provision/packages.js';
import { cache } from './provision/places.js';
import { reporter } from './provision/report.js';
import { provideTensorflow, settledTensorflow } from './provision/tensorflow.js';

/** Which Nodes tfjs-node and the sources run on. */
function refuseOtherNodes() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major > 20 && major < 23)) return;
  throw new Error(`Node ${process.versions.node} is here; Isolens needs Node 20 (from 20.19) or 22.`);
}

/**
 * Provides the wanted parts (`window`: Electron and its libraries; `test`: what the tests need beside) and gives what was
 * settled. When everything is in place already, this only looks at sizes and times of files.
 */
export async function provision({ window = true, test = false, gpu = false, again = false, quiet = false } = {}) {
  refuseOtherNodes();
  const report = reporter({ quiet });
  const groups = [...(window ? ['window'] : []), ...(test ? ['test'] : [])];
  const settled = () => {
    const tensorflow = settledTensorflow();
    const fetchGpu = gpu && !tensorflow?.gpuLibraries;
    if (!settledPackages() || !tensorflow || fetchGpu || (again && tensorflow.rung === 'wasm')) return null;
    const electron = settledElectron();
    return window && !electron ? null : { tensorflow, electron };
  };
  const debian = await provideDebian(groups, { report });
  const ready = settled();
  if (ready) return { ...ready, debian };
  const work = async () => {
    await providePackages({ report });
    if (!settledTensorflow()) await provideDebian(['build'], { report: reporter({ quiet: true }) });
    const tensorflow = await provideTensorflow({ gpu, report });
    const electron = window ? await provideElectron({ report }) : settledElectron();
    return { tensorflow, electron, debian };
  };
  return alone(join(cache, 'lock'), work, () =>
    report.say('waiting', 'another command is fetching; this one goes on when it has ended'),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const gpu = process.argv.includes('--gpu');
  try {
    const { tensorflow, electron, debian } = await provision({ test: true, gpu, again: true });
    const card = await graphicsCard();
    if (card && !tensorflow.gpuLibraries) {
      const how = card.refused ?? `npm run provision -- --gpu would fetch ${gpuDownload} and let it compute`;
      console.log(`graphics card: ${card.name}: ${how}`);
    }
    const window = electron ? `Electron ${electron.version}` : 'no Electron';
    console.log(`ready: TensorFlow ${tensorflow.version} (${tensorflow.rung}), ${window}`);
    if (debian.command) console.log(`for the window and the tests, as root: ${debian.command}`);
  } catch (error) {
    console.error(`provision: ${error.message}`);
    process.exitCode = 1;
  }
}

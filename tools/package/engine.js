/** The engine as it travels in the package: its bundle, a Node of its own, TensorFlow, and nothing else of node_modules. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { command, program } from '../provision/command.js';
import { fromNpm } from '../provision/fetch.js';
import { bytesUnder, copyTo, filesUnder, seal, sealed } from '../provision/files.js';
import { packagedNode } from '../provision/pins.js';
import { cache, packages, root, tfjsNode } from '../provision/places.js';
import { lastLine, megabytes } from '../provision/report.js';

const part = 'package';

/** What the engine's bundle leaves outside, as tools/build.js says: all of TensorFlow's packages that it imports. */
function outsiders() {
  const bundle = filesUnder(join(root, 'out/engine')).filter((file) => file.endsWith('.mjs'));
  const named = bundle.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/['"](@tensorflow\/[a-z-]+)(?:\/[^'"]*)?['"]/g),
  ]);
  return [...new Set(named.map((match) => match[1]))].filter((name) => existsSync(join(packages, name)));
}

async function strip(from, to) {
  const stripper = program('strip');
  mkdirSync(dirname(to), { recursive: true });
  const result = stripper ? await command(stripper, ['--strip-unneeded', '-o', to, from]) : { ok: false };
  if (!result.ok) copyTo(from, to);
}

/** The Node of the package, from the cache or the npm registry, stripped. */
async function nodeBinary(report) {
  const folder = join(cache, `${packagedNode.name}-${packagedNode.version}`);
  if (!sealed(folder)) {
    const half = `${folder}.half`;
    const fetched = await fromNpm(packagedNode, join(half, 'fetch'), report, part);
    await strip(fetched, join(half, 'node'));
    chmodSync(join(half, 'node'), 0o755);
    const licence = join(dirname(fetched), '../LICENSE');
    if (existsSync(licence)) copyTo(licence, join(half, 'LICENSE.node.txt'));
    rmSync(join(half, 'fetch'), { recursive: true, force: true });
    seal(half);
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
  }
  return folder;
}

/** Puts the engine together in `folder`. */
export async function packEngine(folder, report) {
  rmSync(folder, { recursive: true, force: true });
  for (const file of filesUnder(join(root, 'out/engine'))) {
    copyTo(file, join(folder, relative(join(root, 'out/engine'), file)));
  }
  const native = existsSync(join(tfjsNode, 'lib/napi-v8/tfjs_binding.node'));
  const names = outsiders().filter((name) => native || name !== '@tensorflow/tfjs-node');
  const traced = await command(process.execPath, [join(root, 'tools/package/traced.cjs'), ...names], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  if (!traced.ok) throw new Error(`the engine's packages do not load: ${lastLine(traced.err)}`);
  const files = JSON.parse(traced.out.trim().split('\n').at(-1));
  for (const file of files.filter((each) => !each.endsWith('.node'))) copyTo(join(root, file), join(folder, file));
  const wasm = join(packages, '@tensorflow/tfjs-backend-wasm/dist');
  for (const file of filesUnder(wasm).filter((each) => each.endsWith('.wasm'))) {
    copyTo(file, join(folder, relative(root, file)));
  }
  if (native) {
    for (const sub of ['lib/napi-v8', 'deps/lib']) {
      for (const file of filesUnder(join(tfjsNode, sub))) await strip(file, join(folder, relative(root, file)));
    }
  }
  const node = await nodeBinary(report);
  for (const file of filesUnder(node).filter((each) => !each.endsWith('.json'))) {
    copyTo(file, join(folder, relative(node, file)));
  }
  chmodSync(join(folder, 'node'), 0o755);
  report.say(part, `engine with Node ${packagedNode.version}: ${megabytes(bytesUnder(folder))}`);
}

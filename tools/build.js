/**
 * Builds the four parts of Isolens into out/, each only when its sources have changed: `node tools/build.js [PART…]`.
 * `--fresh` builds them in any case.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './provision/places.js';

const builtins = [...builtinModules, /^node:/];
/** Rolldown's remarks on how long its plugins took are no news to whoever starts the application. */
const checks = { pluginTimings: false };
const quiet = { configFile: false, logLevel: 'warn', clearScreen: false };

/**
 * What the code for Node has in common. TensorFlow's packages stay outside: they must be one instance shared with
 * tfjs-node, which finds its native library and its wasm files from its own folder.
 */
function forNode({ entries, format, folder, outside, node }) {
  const extension = format === 'cjs' ? 'cjs' : 'mjs';
  return {
    ...quiet,
    root,
    publicDir: false,
    ssr: { noExternal: true, external: [] },
    build: {
      ssr: true,
      target: `node${node}`,
      outDir: join(root, 'out', folder),
      emptyOutDir: true,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: Object.fromEntries(entries.map(([name, source]) => [name, join(root, source)])),
        external: [...builtins, ...outside],
        platform: 'node',
        checks,
        output: {
          format,
          entryFileNames: `[name].${extension}`,
          chunkFileNames: `[name]-[hash].${extension}`,
          codeSplitting: format !== 'cjs',
        },
      },
    },
  };
}

async function forWindow() {
  const { default: vue } = await import('@vitejs/plugin-vue');
  return {
    ...quiet,
    root: join(root, 'renderer'),
    base: './',
    publicDir: false,
    plugins: [vue()],
    define: {
      // Without these vue-i18n compiles messages by `new Function`, which the page's content policy forbids.
      __INTLIFY_JIT_COMPILATION__: 'true',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'true',
      __VUE_I18N_LEGACY_API__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      target: 'chrome130',
      outDir: join(root, 'out/renderer'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4000,
      modulePreload: { polyfill: false },
      rolldownOptions: { checks },
    },
  };
}

/** Each part: the folders and files that it is made of, what it leaves, and how vite is to make it. */
export const parts = [
  {
    name: 'engine',
    from: ['main/engine', 'main/command', 'shared'],
    makes: ['out/engine/start.mjs', 'out/engine/command.mjs'],
    settings: () =>
      forNode({
        entries: [
          ['start', 'main/engine/start.ts'],
          ['command', 'main/command/start.ts'],
        ],
        format: 'es',
        folder: 'engine',
        outside: [/^@tensorflow\//],
        node: '20',
      }),
  },
  {
    name: 'desktop',
    from: ['main/desktop', 'shared'],
    makes: ['out/desktop/start.cjs'],
    settings: () =>
      forNode({
        entries: [['start', 'main/desktop/start.ts']],
        format: 'cjs',
        folder: 'desktop',
        outside: ['electron'],
        node: '20',
      }),
  },
  {
    name: 'preload',
    from: ['preload', 'shared'],
    makes: ['out/preload/preload.cjs'],
    settings: () =>
      forNode({
        entries: [['preload', 'preload/preload.ts']],
        format: 'cjs',
        folder: 'preload',
        outside: ['electron'],
        node: '20',
      }),
  },
  { name: 'window', from: ['renderer', 'shared'], makes: ['out/renderer/index.html'], settings: forWindow },
];

function filesUnder(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** SHA-256 over all that a part is made of; packages and this file count too. */
function inputsOf(part) {
  const sum = createHash('sha256');
  const files = part.from.flatMap(filesUnder);
  for (const file of [
    ...files,
    join(root, 'package-lock.json'),
    join(root, 'package.json'),
    fileURLToPath(import.meta.url),
  ]) {
    sum.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return sum.digest('hex');
}

/** Builds what is out of date and gives the names of the parts that were built. */
export async function build({ fresh = false, only = parts.map(({ name }) => name), say = console.log } = {}) {
  const stamps = join(root, 'out/stamps');
  mkdirSync(stamps, { recursive: true });
  const built = [];
  for (const part of parts.filter(({ name }) => only.includes(name))) {
    const stamp = join(stamps, `${part.name}.sha256`);
    const inputs = inputsOf(part);
    const made = part.makes.every((file) => existsSync(join(root, file)));
    if (!fresh && made && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) continue;
    const began = Date.now();
    rmSync(stamp, { force: true });
    const vite = await import('vite');
    await vite.build(await part.settings());
    writeFileSync(stamp, inputs);
    built.push(part.name);
    say(`built ${part.name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  return built;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const named = process.argv.slice(2).filter((word) => word !== '--fresh');
    const only = named.length > 0 ? named : undefined;
    const names = await build({ fresh: process.argv.includes('--fresh'), only });
    if (names.length === 0) console.log('nothing to build: out/ is up to date');
  } catch (error) {
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  }
}

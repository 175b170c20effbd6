/** Where things lie: the checkout, its packages, and the cache outside of it that all checkouts share. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const packages = join(root, 'node_modules');

/** Stamps of what was checked in this checkout; they go when node_modules goes, as they must. */
export const stamps = join(packages, '.isolens');

export const cache = resolve(
  process.env.ISOLENS_CACHE ||
    (process.env.XDG_CACHE_HOME ? join(process.env.XDG_CACHE_HOME, 'isolens') : join(homedir(), '.cache/isolens')),
);

export const tfjsNode = join(packages, '@tensorflow/tfjs-node');

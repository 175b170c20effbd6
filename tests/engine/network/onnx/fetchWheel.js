/** Puts the wheel that carries ONNX' own tests (Apache-2.0) into the cache outside the checkout, once, and prints its path. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fromPip } from '../../../../tools/provision/fetch.js';
import { sha256Of } from '../../../../tools/provision/files.js';
import { cache } from '../../../../tools/provision/places.js';

const pin = {
  name: 'onnx',
  version: '1.16.2',
  platform: 'manylinux2014_x86_64',
  words: ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
  bytes: 15_924_140,
  sha256: '7b98aa9733bd4b781eb931d33b4078ff2837e7d68062460726d6dd011f332bd4',
};

const held = join(cache, 'tests', `${pin.name}-${pin.version}.whl`);
const folder = join(cache, 'tests', `half-${String(process.pid)}`);
const quiet = { say: () => undefined, progress: () => ({ at: () => undefined, end: () => undefined }) };

try {
  if (!existsSync(held) || (await sha256Of(held)) !== pin.sha256) {
    mkdirSync(dirname(held), { recursive: true });
    renameSync(await fromPip(pin, folder, quiet, 'ONNX'), held);
  }
  process.stdout.write(held);
} catch (thrown) {
  process.stderr.write(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

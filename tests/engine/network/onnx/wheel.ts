import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { sha256Of } from '../../../../tools/provision/files.js';
import { fromPip } from '../../../../tools/provision/fetch.js';
import { cache } from '../../../../tools/provision/places.js';

/** The wheel that carries ONNX' own tests of operations and networks (Apache-2.0); fetched once, kept outside the checkout. */
const pin = {
  name: 'onnx',
  version: '1.16.2',
  platform: 'manylinux2014_x86_64',
  words: ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
  bytes: 15_924_140,
  sha256: '7b98aa9733bd4b781eb931d33b4078ff2837e7d68062460726d6dd011f332bd4',
};

const data = 'onnx/backend/test/data/';

export type TestData = Readonly<Record<string, Uint8Array>>;

const held = join(cache, 'tests', `${pin.name}-${pin.version}.whl`);

/** The files of ONNX' tests by their path under `onnx/backend/test/data`, or why they cannot be had. */
export async function onnxTestData(): Promise<TestData | string> {
  try {
    if (!existsSync(held) || (await sha256Of(held)) !== pin.sha256) await fetchWheel();
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  const files = unzipSync(readFileSync(held), { filter: ({ name }) => name.startsWith(data) });
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name.slice(data.length), bytes]));
}

async function fetchWheel(): Promise<void> {
  const folder = join(cache, 'tests', `half-${String(process.pid)}`);
  mkdirSync(dirname(held), { recursive: true });
  const quiet = { say: () => undefined, progress: () => ({ at: () => undefined, end: () => undefined }) };
  try {
    await fromPip(pin, folder, quiet, 'ONNX');
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    renameSync(join(folder, wheel ?? ''), held);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

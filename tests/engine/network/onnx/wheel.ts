import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

export type TestData = Readonly<Record<string, Uint8Array>>;

const data = 'onnx/backend/test/data/';

/** The files of ONNX' own tests by their path under `onnx/backend/test/data`, or why they cannot be had. */
export function onnxTestData(): TestData | string {
  const fetched = spawnSync(process.execPath, [join(import.meta.dirname, 'fetchWheel.js')], { encoding: 'utf8' });
  if (fetched.status !== 0) return fetched.stderr.trim() || 'the wheel could not be fetched';
  const files = unzipSync(readFileSync(fetched.stdout), { filter: ({ name }) => name.startsWith(data) });
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name.slice(data.length), bytes]));
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Fetch, NetworkArray } from '../../../main/engine/network/network';
import { openNetwork } from '../../../main/engine/network/open';

/** Networks saved by Python's Keras with what it computed: tests/references/network/make.py. */
export const folder = join(import.meta.dirname, '../../references/network');

interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

export interface ReferenceCase {
  readonly network: string;
  readonly files: readonly string[];
  readonly parameters: number;
  readonly inputs: Readonly<Record<string, Packed>>;
  readonly outputs: readonly Packed[];
  readonly inner: Readonly<Record<string, Packed>>;
}

export const casesOf = (version: 2 | 3): readonly ReferenceCase[] =>
  (
    JSON.parse(gunzipSync(readFileSync(join(folder, `cases-keras${version}.json.gz`))).toString()) as {
      cases: readonly ReferenceCase[];
    }
  ).cases;

export function unpacked({ shape, base64 }: Packed): NetworkArray {
  const bytes = Buffer.from(base64, 'base64');
  return { shape, values: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) };
}

/** The file's bytes as Keras wrote them. */
export function bytesOf(file: string): Buffer {
  const bytes = readFileSync(join(folder, file));
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** A file of the folder as a path that can be opened; the returned function removes it. */
export function onDisk(name: string, bytes: Uint8Array): { readonly path: string; readonly remove: () => void } {
  const made = mkdtempSync(join(tmpdir(), 'isolens-network-'));
  const path = join(made, name);
  writeFileSync(path, bytes);
  return { path, remove: () => rmSync(made, { recursive: true }) };
}

export const inputsOf = (reference: ReferenceCase): Record<string, NetworkArray> =>
  Object.fromEntries(Object.entries(reference.inputs).map(([name, packed]) => [name, unpacked(packed)]));

export function largestDifference(a: NetworkArray, b: NetworkArray): number {
  expect(a.shape).toEqual(b.shape);
  return a.values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b.values[i]!)), 0);
}

/** Runs one file and gives, by output or inner layer, how far it is from Keras' own numbers. */
export async function differences(reference: ReferenceCase, file: string): Promise<Record<string, number>> {
  const { path, remove } = onDisk(file.replace(/\.gz$/, ''), bytesOf(file));
  try {
    const network = await openNetwork(path);
    const outputs = network.graph.outputs.map((output) => output.node);
    const nodes = [...outputs, ...Object.keys(reference.inner)];
    const fetches = nodes.map((node): Fetch => ({ node, stage: 'output' }));
    const results = await network.run(inputsOf(reference), fetches);
    const wanted = [...reference.outputs, ...Object.values(reference.inner)];
    const found = nodes.map((node, i) => [node, largestDifference(results.get(node)!, unpacked(wanted[i]!))] as const);
    network.close();
    return Object.fromEntries(found);
  } finally {
    remove();
  }
}

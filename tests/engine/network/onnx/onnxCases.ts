import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { openNetwork } from '../../../../main/engine/network/open';
import { onDisk, unpacked } from '../referenceCases';
import { farthest, outputsInFile, type FileArray } from './onnxValues';

interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

export interface Case {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, Packed>>;
  readonly outputs: Readonly<Record<string, Packed>>;
  readonly inner?: Readonly<Record<string, Packed>>;
}

/** Models with what ONNX Runtime computed: tests/references/network/onnx/make.py. */
export const casesIn = (file: string): readonly Case[] => {
  const path = join(import.meta.dirname, '../../../references/network/onnx', file);
  return (JSON.parse(gunzipSync(readFileSync(path)).toString()) as { readonly cases: readonly Case[] }).cases;
};

export const arrays = (packed: Readonly<Record<string, Packed>>): Record<string, FileArray> =>
  Object.fromEntries(Object.entries(packed).map(([name, array]) => [name, unpacked(array)]));

/** How far each output is from ONNX Runtime's; those beyond 1e-5. */
export async function wrongOutputs({
  name,
  model,
  inputs,
  outputs,
}: Case): Promise<readonly (readonly [string, number])[]> {
  const { path, remove } = onDisk(`${name}.onnx`, Buffer.from(model, 'base64'));
  const network = await openNetwork(path).finally(remove);
  try {
    expect(network.description.unsupported).toEqual([]);
    const found = await outputsInFile(network, arrays(inputs));
    const all = Object.entries(arrays(outputs)).map(
      ([output, wanted]) => [output, farthest(found.get(output)!, wanted)] as const,
    );
    return all.filter(([, difference]) => !(difference <= 1e-5));
  } finally {
    network.close();
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpacked } from '../referenceCases';
import type { FileArray } from './onnxValues';

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

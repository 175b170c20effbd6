import { IsolensError } from '../../../../shared/problem/problem';
import { half } from './half';
import { badStructure, isObject, listAt, textAt, type JsonObject } from './json';
import { isWhole, type FileArray } from './kerasLayer';
import type { Source } from './reader';

const bytesOf = { float32: 4, int32: 4, uint8: 1, bool: 1, uint16: 2, float16: 2 } as const;
type Stored = keyof typeof bytesOf;
const isStored = (word: unknown): word is Stored => typeof word === 'string' && Object.hasOwn(bytesOf, word);

/** An array of the manifest; `stored` tells whole numbers from others. */
export interface StoredArray extends FileArray {
  readonly stored: Stored;
}

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stored: Stored;
  /** The type before it was quantised. */
  readonly own: Stored;
  readonly scale: number;
  readonly min: number;
}

/**
 * The arrays that a model.json lists, as float32.
 * *Problems* network/bad-structure, network/weights-missing.
 */
export async function arraysOf(json: JsonObject, source: Source): Promise<readonly StoredArray[]> {
  const arrays: StoredArray[] = [];
  for (const group of listAt(json, 'weightsManifest')) {
    if (!isObject(group)) throw badStructure('"weightsManifest" holds something that is no group', source.path);
    const specs = listAt(group, 'weights').map((weight) => {
      if (!isObject(weight)) throw badStructure('a weight is not an object', source.path);
      return specOf(weight);
    });
    const parts = listAt(group, 'paths').map(String);
    const wanted = specs.reduce((sum, spec) => sum + lengthOf(spec) * bytesOf[spec.stored], 0);
    const data = await shards(parts, wanted, source);
    let at = 0;
    for (const spec of specs) {
      const size = lengthOf(spec) * bytesOf[spec.stored];
      const values = widened(data.subarray(at, at + size), spec);
      arrays.push({ name: spec.name, shape: spec.shape, values, stored: spec.own });
      at += size;
    }
  }
  return arrays;
}

const lengthOf = ({ shape }: Spec): number => shape.reduce((p, n) => p * n, 1);

function specOf(weight: JsonObject): Spec {
  const name = textAt(weight, 'name');
  const shape = listAt(weight, 'shape');
  if (!shape.every((n): n is number => isWhole(n) && n >= 0))
    throw badStructure(`the weight ${name} has no proper shape`);
  const quantised = isObject(weight['quantization']) ? weight['quantization'] : null;
  const stored = quantised ? quantised['dtype'] : weight['dtype'];
  if (!isStored(stored))
    throw badStructure(`the weight ${name} is stored as ${typeof stored === 'string' ? stored : typeof stored}`);
  const own = weight['dtype'];
  const number = (key: string, otherwise: number): number => {
    const value = quantised?.[key];
    return typeof value === 'number' ? value : otherwise;
  };
  return { name, shape, stored, own: isStored(own) ? own : stored, scale: number('scale', 1), min: number('min', 0) };
}

/** *Problems* network/weights-missing. */
async function shards(parts: readonly string[], wanted: number, source: Source): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  const missing = (part: string): IsolensError =>
    new IsolensError('network/weights-missing', { part }, { file: source.path });
  for (const part of parts) {
    const bytes = await source.beside(part.replace(/^\.\//, ''));
    if (!bytes) throw missing(part);
    held.push(bytes);
    length += bytes.length;
  }
  if (length !== wanted) throw missing(parts.join(', '));
  if (held.length === 1) return held[0]!;
  const whole = new Uint8Array(length);
  held.reduce((at, bytes) => {
    whole.set(bytes, at);
    return at + bytes.length;
  }, 0);
  return whole;
}

/** float32 from what is stored. Quantised: value · scale + min. *Source* tfjs-core 4.22, io_utils.decodeWeights. */
function widened(bytes: Uint8Array, { stored, scale, min, shape }: Spec): Float32Array {
  const count = shape.reduce((p, n) => p * n, 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++)
    values[i] = stored === 'float16' ? half(view.getUint16(2 * i, true)) : read(view, stored, i) * scale + min;
  return values;
}

function read(view: DataView, stored: Exclude<Stored, 'float16'>, i: number): number {
  switch (stored) {
    case 'float32':
      return view.getFloat32(4 * i, true);
    case 'int32':
      return view.getInt32(4 * i, true);
    case 'uint16':
      return view.getUint16(2 * i, true);
    case 'uint8':
    case 'bool':
      return view.getUint8(i);
  }
}

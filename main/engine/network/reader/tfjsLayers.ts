import { IsolensError } from '../../../../shared/problem/problem';
import { badStructure, isObject, listAt, objectAt, parseJson, textAt, type JsonObject } from './json';
import { tfjsDialect } from './keras2';
import { isWhole, type FileArray } from './kerasLayer';
import { draftOfModel, type WeightStore } from './kerasModel';
import type { Reader, Source } from './reader';

/** TensorFlow.js layers: model.json with the description and the list of weights, which lie in binary shards beside it. */
export const tfjsLayers: Reader = {
  matches: ({ bytes }) =>
    looksLikeJson(bytes) && new TextDecoder().decode(bytes.subarray(0, 2 ** 20)).includes('"modelTopology"'),
  read: async (source) => {
    const json = parseJson(new TextDecoder().decode(source.bytes), 'the file', source.path);
    if (json['format'] === 'graph-model') {
      throw badStructure('it is a TensorFlow.js graph model, and only layers models are read', source.path);
    }
    const topology = objectAt(json, 'modelTopology');
    const model = isObject(topology['model_config']) ? topology['model_config'] : topology;
    const arrays = await arraysOf(json, source);
    const { draft, warnings } = draftOfModel(model, tfjsDialect, storeOf(arrays));
    return { format: 'tfjs-layers', draft, warnings };
  },
};

function looksLikeJson(bytes: Uint8Array): boolean {
  const start = bytes.findIndex((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
  return bytes[start] === 0x7b;
}

const bytesOf = { float32: 4, int32: 4, uint8: 1, bool: 1, uint16: 2, float16: 2 } as const;
type Stored = keyof typeof bytesOf;
const isStored = (word: unknown): word is Stored => typeof word === 'string' && Object.hasOwn(bytesOf, word);

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stored: Stored;
  readonly scale: number;
  readonly min: number;
}

async function arraysOf(json: JsonObject, source: Source): Promise<readonly FileArray[]> {
  const arrays: FileArray[] = [];
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
      arrays.push({ name: spec.name, shape: spec.shape, values: widened(data.subarray(at, at + size), spec) });
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
  const number = (key: string, otherwise: number): number => {
    const value = quantised?.[key];
    return typeof value === 'number' ? value : otherwise;
  };
  return { name, shape, stored, scale: number('scale', 1), min: number('min', 0) };
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

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Weights are named `layer/weight`, also those within sub-models. */
function storeOf(arrays: readonly FileArray[]): WeightStore {
  const byLayer = new Map<string, FileArray[]>();
  for (const array of arrays) {
    const layer = array.name.split('/').slice(0, -1).join('/');
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), array]);
  }
  return {
    arraysOf: (path) => {
      const names = path.map((step) => step.name);
      const tried = names.map((_, from) => names.slice(from).join('/'));
      return tried.map((name) => byLayer.get(name)).find((own) => own !== undefined) ?? [];
    },
  };
}

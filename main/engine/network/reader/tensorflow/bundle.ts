import { IsolensError } from '../../../../../shared/problem/problem';
import { bytesField, fixed32Field, integerField, readMessage } from '../protobuf';
import type { Source } from '../reader';
import type { Constant, Opaque } from '../lowering/value';
import { masked } from './checksum';
import { typeWord } from './fileGraph';
import { tableOf } from './table';
import { rawTensor, shapeOf } from './tensor';

/** The values of a SavedModel's variables, by their key in the checkpoint. */
export interface Variables {
  readonly of: (key: string, node: string) => Constant | Opaque;
  /** Of all shards together. */
  readonly bytes: number;
}

interface Entry {
  readonly type: string;
  readonly shape: readonly (number | null)[] | null;
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
  readonly sliced: boolean;
}

/**
 * A tensor bundle: `variables.index` lists arrays, which lie in shards beside it. Only arrays that are asked for are read, none is larger
 * than its shard. Text tensors are not numbers and are left alone.
 * *Problems* network/weights-missing, network/damaged. *Source* tensorflow/core/util/tensor_bundle (BundleEntryProto).
 */
export async function variablesOf(source: Source, folder = 'variables'): Promise<Variables | null> {
  const index = await source.beside(`${folder}/variables.index`);
  if (!index) return null;
  const damaged = (reason: string, thrown?: unknown): IsolensError =>
    new IsolensError('network/damaged', { reason }, { file: source.path }, thrown);
  const entries = new Map<string, Entry>();
  let shards = 1;
  try {
    for (const [key, value] of tableOf(index)) {
      if (key === '') shards = shardsOf(value);
      else entries.set(key, entryOf(value));
    }
  } catch (thrown) {
    throw damaged(`variables.index: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
  if (shards > 1000) throw damaged(`variables.index claims ${shards} shards`);
  const data: (Uint8Array | null)[] = [];
  for (let s = 0; s < shards; s++)
    data.push(await source.beside(`${folder}/variables.data-${five(s)}-of-${five(shards)}`));
  const of: Variables['of'] = (key, node) => {
    const entry = entries.get(key);
    const missing = (part: string): IsolensError =>
      new IsolensError('network/weights-missing', { part }, { file: source.path, node });
    if (!entry) throw missing(`variables.index (${key})`);
    const shard = data[entry.shard];
    if (!shard) throw missing(`variables.data-${five(entry.shard)}-of-${five(shards)}`);
    const { type, shape, offset, size, sliced } = entry;
    if (sliced) return { kind: 'opaque', what: 'a variable that is kept in slices', texts: [] };
    if (!(offset >= 0 && size >= 0 && offset + size <= shard.length)) throw damaged(`${key} ends beyond its shard`);
    const sizes = shape?.filter((n) => n !== null) ?? [];
    if (sizes.length !== shape?.length) throw damaged(`${key} has no whole shape`);
    const bytes = shard.subarray(offset, offset + size);
    if (type !== 'DT_STRING' && masked(bytes) !== entry.checksum) throw damaged(`the numbers of ${key} have changed`);
    return rawTensor(bytes, type, sizes, key);
  };
  return { of, bytes: data.reduce((sum, shard) => sum + (shard?.length ?? 0), 0) };
}

const five = (n: number): string => String(n).padStart(5, '0');

function shardsOf(bytes: Uint8Array): number {
  const header = { shards: 1, bigEndian: false };
  readMessage(bytes, {
    1: integerField((value) => (header.shards = value)),
    2: integerField((value) => (header.bigEndian = value !== 0)),
  });
  if (header.bigEndian) throw new RangeError('it was written by a big-endian machine');
  return header.shards;
}

function entryOf(bytes: Uint8Array): Entry {
  const entry: { -readonly [Key in keyof Entry]: Entry[Key] } = {
    type: 'DT_INVALID',
    shape: [],
    shard: 0,
    offset: 0,
    size: 0,
    checksum: 0,
    sliced: false,
  };
  readMessage(bytes, {
    1: integerField((value) => (entry.type = typeWord(value))),
    2: bytesField((message) => (entry.shape = shapeOf(message))),
    3: integerField((value) => (entry.shard = value)),
    4: integerField((value) => (entry.offset = value)),
    5: integerField((value) => (entry.size = value)),
    6: fixed32Field((value) => (entry.checksum = value)),
    7: bytesField(() => (entry.sliced = true)),
  });
  return entry;
}

import type { Attribute, Dataset, File, Group } from 'h5wasm';
import { IsolensError } from '../../../shared/problem/problem';

export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An HDF5 file held in memory, read only, from which nothing outside it can be reached. */
export interface Hdf5 extends Disposable {
  has(path: string): boolean;
  /** Names of what a group holds; none where there is no such group. */
  keys(path: string): readonly string[];
  /** Text of an attribute, or null. */
  text(path: string, name: string): string | null;
  /** Texts of an attribute; Keras spreads long lists over `name0`, `name1`, … */
  texts(path: string, name: string): readonly string[];
  /** A dataset of numbers as float32. *Problems* network/damaged, network/too-large. */
  array(path: string): Hdf5Array;
}

/** Deflate cannot shrink by more. */
const greatestRatio = 1032;

/** Classes of HDF5's type 0: whole numbers, 1: floating point. */
const numberTypes = [0, 1];

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** The signature may stand at 0 or behind a user block of 512, 1024, … bytes. */
export function isHdf5(head: Uint8Array): boolean {
  return [0, 512, 1024, 2048].some((at) => signature.every((byte, i) => head[at + i] === byte));
}

let count = 0;

/** *Problems* network/damaged. */
export async function openHdf5(bytes: Uint8Array, file: string): Promise<Hdf5> {
  const h5 = await import('h5wasm');
  const module = await h5.ready;
  // Without it the library prints its stack of errors and goes on.
  module.activate_throwing_error_handler();
  const damaged = (thrown: unknown): IsolensError => {
    if (thrown instanceof IsolensError) return thrown;
    const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    return new IsolensError('network/damaged', { reason: reason.slice(0, 200) }, { file }, thrown);
  };
  const guarded = <T>(read: () => T): T => {
    try {
      return read();
    } catch (thrown) {
      throw damaged(thrown);
    }
  };
  const name = `/network-${(count += 1)}.h5`;
  const opened: File = guarded(() => {
    module.FS.writeFile(name, bytes);
    const handle = new h5.File(name, 'r');
    if (handle.file_id < 0n) throw new Error('it is not a whole HDF5 file');
    return handle;
  });

  const entity = (path: string): Group | Dataset | null => {
    const found = opened.get(path === '' ? '/' : path);
    return found instanceof h5.Group || found instanceof h5.Dataset ? found : null;
  };
  const attribute = (path: string, key: string): string | readonly string[] | null => {
    const found = entity(path);
    if (!found || !module.get_attribute_names(found.file_id, found.path).includes(key)) return null;
    const held: Attribute = new h5.Attribute(found.file_id, found.path, key);
    if (held.metadata.total_size * held.metadata.size > 2 ** 30) throw tooLarge(held.metadata.total_size, file);
    const value: unknown = held.value;
    if (typeof value === 'string') return value;
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : null;
  };
  const within = (path: string): boolean => opened.keys().length > 0 && pathExists(opened, path, h5.Group);

  return {
    has: (path) => guarded(() => within(path)),
    keys: (path) =>
      guarded(() => {
        if (path !== '' && !within(path)) return [];
        const found = entity(path);
        return found instanceof h5.Group ? found.keys() : [];
      }),
    text: (path, key) =>
      guarded(() => {
        if (path !== '' && !within(path)) return null;
        const value = attribute(path, key);
        return typeof value === 'string' ? value : (value?.[0] ?? null);
      }),
    texts: (path, key) =>
      guarded(() => {
        if (path !== '' && !within(path)) return [];
        const whole = attribute(path, key);
        if (whole !== null) return typeof whole === 'string' ? [whole] : whole;
        const parts: string[] = [];
        for (let part = attribute(path, `${key}0`), i = 1; part !== null; part = attribute(path, `${key}${i++}`)) {
          parts.push(...(typeof part === 'string' ? [part] : part));
        }
        return parts;
      }),
    array: (path) =>
      guarded(() => {
        const found = within(path) ? entity(path) : null;
        if (!(found instanceof h5.Dataset)) throw new Error(`it has no array ${path}`);
        const { shape, size, type, chunks, virtual_sources: elsewhere } = found.metadata;
        if (!shape || !numberTypes.includes(type)) throw new Error(`${path} does not hold numbers`);
        if (elsewhere && elsewhere.length > 0) throw new Error(`${path} lies in another file`);
        const claimed = shape.reduce((p, n) => p * n, size);
        if (!(claimed <= bytes.length * (chunks ? greatestRatio : 1))) throw tooLarge(claimed, file);
        return { shape, values: numbersOf(found, shape, size, type) };
      }),
    [Symbol.dispose]: () => {
      try {
        opened.close();
      } finally {
        module.FS.unlink(name);
      }
    },
  };
}

/** Walks the path group by group, so that a missing name is an answer and not the library's error. */
function pathExists(root: Group, path: string, group: typeof Group): boolean {
  let at: unknown = root;
  for (const part of path.split('/').filter((p) => p !== '')) {
    if (!(at instanceof group) || !at.keys().includes(part)) return false;
    at = at.get(part);
  }
  return at !== null;
}

function numbersOf(dataset: Dataset, shape: readonly number[], size: number, type: number): Float32Array {
  const length = shape.reduce((p, n) => p * n, 1);
  const value: unknown = length === 0 ? new Float32Array(0) : dataset.value;
  const values =
    value instanceof Float32Array
      ? value
      : ArrayBuffer.isView(value) && !(value instanceof DataView)
        ? Float32Array.from(value as unknown as ArrayLike<number | bigint>, Number)
        : typeof value === 'number' || typeof value === 'bigint'
          ? Float32Array.of(Number(value))
          : null;
  if (values?.length !== length) throw new Error(`numbers of ${size} bytes (class ${type}) cannot be read`);
  return values;
}

function tooLarge(claimed: number, file: string): IsolensError {
  return new IsolensError('network/too-large', { claimed: `${(claimed / 2 ** 20).toFixed(0)} MiB` }, { file });
}

import { masked } from './checksum';

interface Block {
  readonly offset: number;
  readonly size: number;
}

const footerSize = 48;
const magic = 0xdb4775248b80fb57n;

/**
 * The entries of a LevelDB table, uncompressed as TensorFlow writes it; keys share the beginning of the one before them.
 * *Source* github.com/google/leveldb, doc/table_format.md.
 */
export function* tableOf(file: Uint8Array): Generator<readonly [string, Uint8Array]> {
  if (file.length < footerSize) throw new RangeError('it is too short');
  const footer = file.subarray(file.length - footerSize);
  if (viewOf(footer).getBigUint64(footerSize - 8, true) !== magic) throw new RangeError('it is no table');
  const reading = new Reading(footer);
  blockAt(reading); // of meta data, which there is none of
  const index = blockAt(reading);
  for (const [, handle] of entriesOf(contents(file, index)))
    yield* entriesOf(contents(file, blockAt(new Reading(handle))));
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const blockAt = (reading: Reading): Block => ({ offset: reading.number(), size: reading.number() });

function contents(file: Uint8Array, { offset, size }: Block): Uint8Array {
  const end = offset + size;
  if (!(end + 5 <= file.length)) throw new RangeError('a block ends beyond the file');
  const block = file.subarray(offset, end);
  if (file[end] !== 0) throw new RangeError(`a block is compressed (${file[end] ?? 0}), which TensorFlow does not do`);
  if (viewOf(file).getUint32(end + 1, true) !== masked(block, file.subarray(end, end + 1)))
    throw new RangeError('a block has changed');
  return block;
}

function* entriesOf(block: Uint8Array): Generator<readonly [string, Uint8Array]> {
  if (block.length < 4) throw new RangeError('a block is cut short');
  const restarts = viewOf(block).getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw new RangeError('a block is cut short');
  const reading = new Reading(block.subarray(0, end));
  let key: Uint8Array = new Uint8Array(0);
  while (!reading.done) {
    const [shared, own, length] = [reading.number(), reading.number(), reading.number()];
    if (shared > key.length) throw new RangeError('a key shares more than there is');
    const tail = reading.bytes(own);
    const whole = new Uint8Array(shared + own);
    whole.set(key.subarray(0, shared));
    whole.set(tail, shared);
    key = whole;
    yield [new TextDecoder().decode(key), reading.bytes(length)];
  }
}

/** Numbers of seven bits a byte, lowest first, and runs of bytes. */
class Reading {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 53; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError('a number is cut short');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too large');
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('a value ends beyond its block');
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }
}

/** Zip archives with nothing but Node: the packages that could read them are not there yet. Zip64 and encryption are refused. */
import { chmodSync, createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 as crcOfNode, createInflateRaw } from 'node:zlib';

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crcByTable(chunk, before) {
  let value = ~before;
  for (const byte of chunk) value = (value >>> 8) ^ table[(value ^ byte) & 0xff];
  return ~value >>> 0;
}

/** Node has a native one since 20.15 and 22.2. */
const crc32 = crcOfNode ?? crcByTable;

async function readAt(handle, position, length) {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Error('the archive ends too early');
  return bytes;
}

/** Everything that an archive holds: name, sizes, check sum, method, mode, place. */
export async function entriesOf(archive) {
  const handle = await open(archive);
  try {
    const { size } = await handle.stat();
    const tailLength = Math.min(size, 65_557);
    const tail = await readAt(handle, size - tailLength, tailLength);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (end < 0) throw new Error('this is not a zip archive, or half of one');
    const count = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    const start = tail.readUInt32LE(end + 16);
    if (count === 0xffff || start === 0xffffffff) throw new Error('zip64 is not read here');
    const directory = await readAt(handle, start, length);
    const entries = [];
    for (let at = 0, i = 0; i < count; i += 1) {
      if (directory.readUInt32LE(at) !== 0x02014b50) throw new Error('the list of the archive is broken');
      const nameLength = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameLength),
        encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        packed: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        mode: directory.readUInt32LE(at + 38) >>> 16,
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

async function unpackOne(archive, entry, to) {
  if (entry.encrypted || (entry.method !== 0 && entry.method !== 8)) {
    throw new Error(`${entry.name} is packed in a way that is not read here`);
  }
  const handle = await open(archive);
  let start;
  try {
    const head = await readAt(handle, entry.offset, 30);
    start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  } finally {
    await handle.close();
  }
  let sum = 0;
  let size = 0;
  const check = new Transform({
    transform(chunk, _encoding, done) {
      sum = crc32(chunk, sum);
      size += chunk.length;
      done(size > entry.size ? new Error(`${entry.name} is longer than it says`) : null, chunk);
    },
  });
  mkdirSync(dirname(to), { recursive: true });
  const out = createWriteStream(to);
  if (entry.packed === 0) {
    await pipeline([Buffer.alloc(0)], check, out);
  } else {
    const packed = createReadStream(archive, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
    await (entry.method === 8 ? pipeline(packed, createInflateRaw(), check, out) : pipeline(packed, check, out));
  }
  if (sum !== entry.crc || size !== entry.size) throw new Error(`${entry.name} is damaged in the archive`);
}

/** Unpacks the entries for which `nameFor` gives a path (relative to `folder`); `null` leaves one out. */
export async function unzip(archive, folder, nameFor, onBytes = () => undefined) {
  let done = 0;
  for (const entry of await entriesOf(archive)) {
    const name = entry.name.endsWith('/') ? null : nameFor(entry.name);
    if (name === null) continue;
    if (name.split(/[\\/]/).includes('..')) throw new Error(`${entry.name} leads out of the folder`);
    const to = join(folder, name);
    await unpackOne(archive, entry, to);
    if (entry.mode & 0o777) chmodSync(to, entry.mode & 0o777);
    done += entry.size;
    onBytes(done);
  }
  return done;
}

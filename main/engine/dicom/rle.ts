import { IsolensError } from '../../../shared/problem/problem';

/**
 * Unpacks one RLE frame into bytes in the order of little-endian samples: `samples` × `bytesPerSample` segments, each sample's
 * most significant byte first. Runs that would go beyond the frame, and segments beyond the data, are refused.
 * *Source:* DICOM PS3.5, Annex G.
 */
export function unpackRle(
  packed: Uint8Array,
  { pixels, samples, bytesPerSample }: { pixels: number; samples: number; bytesPerSample: number },
): Uint8Array {
  const segments = samples * bytesPerSample;
  const header = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (packed.length < 64 || header.getUint32(0, true) !== segments || segments > 15) throw broken();
  // A packed pair of bytes gives at most 128: more than that is not there, and is not made room for.
  if (pixels * segments > 64 * packed.length) throw broken();
  const frame = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : packed.length;
    if (start < 64 || end < start || end > packed.length) throw broken();
    const sample = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - (segment % bytesPerSample);
    unpackSegment(packed.subarray(start, end), frame, sample * bytesPerSample + significance, segments, pixels);
  }
  return frame;
}

function unpackSegment(packed: Uint8Array, frame: Uint8Array, first: number, stride: number, pixels: number): void {
  let from = 0;
  let done = 0;
  while (done < pixels) {
    const control = packed[from++];
    if (control === undefined) throw broken();
    if (control === 128) continue;
    const count = Math.min(control < 128 ? control + 1 : 257 - control, pixels - done);
    for (let n = 0; n < count; n++) {
      const value = packed[control < 128 ? from + n : from];
      if (value === undefined) throw broken();
      frame[first + stride * done++] = value;
    }
    from += control < 128 ? control + 1 : 1;
  }
}

const broken = (): IsolensError => new IsolensError('dicom/rle-broken');

/**
 * A short summary of a map from which the variance over inputs at each place can be told. Every voxel is added with a fixed sign to one
 * of at most 64 sums; the expectation over the signs of the squared difference of two such summaries is the sum of squared differences of
 * the maps themselves. Where a map has at most 64 places each has a sum of its own, and the variance is exact.
 * *Source* Charikar, Chen & Farach-Colton 2002 (count sketch).
 */
export const sketchSize = 64;

/** Which sum each place goes to, and with which sign; the same for every input, channel and machine. */
export interface SketchPlan {
  readonly sums: number;
  readonly bucket: Uint8Array;
  readonly sign: Int8Array;
}

export function sketchPlanOf(places: number): SketchPlan {
  const bucket = new Uint8Array(places);
  const sign = new Int8Array(places).fill(1);
  if (places <= sketchSize) {
    for (let v = 0; v < places; v++) bucket[v] = v;
    return { sums: places, bucket, sign };
  }
  for (let v = 0; v < places; v++) {
    const mixed = mix(v);
    bucket[v] = mixed % sketchSize;
    sign[v] = mixed & 0x10000 ? 1 : -1;
  }
  return { sums: sketchSize, bucket, sign };
}

/** A 32-bit integer hash whose every output bit hangs on every input bit. Source: Wellons 2018 (lowbias32). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

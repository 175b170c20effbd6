import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Mixes a seed with what it is drawn for, so that neighbouring seeds give unlike fields. */
export function mixed(seed: number, stream: number): number {
  let h = (seed ^ Math.imul(stream + 1, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Numbers thrown away first: the generator's beginnings resemble each other, and a small image would be drawn of nothing else. */
const burnt = 32;

/** Uniform numbers in [0, 1) of a seed. */
export function uniforms(seed: number): () => number {
  const generator = xoroshiro128plus(mixed(seed, 0));
  for (let n = 0; n < burnt; n++) generator.next();
  return () => (generator.next() >>> 0) / 4294967296;
}

/** Standard normal numbers of a seed: the unit field that a severity only scales. Source: Box & Muller 1958. */
export function unitField(count: number, seed: number): Float32Array {
  const uniform = uniforms(seed);
  const field = new Float32Array(count);
  for (let n = 0; n < count; n += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    field[n] = radius * Math.cos(angle);
    if (n + 1 < count) field[n + 1] = radius * Math.sin(angle);
  }
  return field;
}

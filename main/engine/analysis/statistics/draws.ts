import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws that depend on a seed alone. */
export interface Draws {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number from 0 up to, not including, n. */
  below(n: number): number;
}

/** FNV-1a of a text, finished by a mix that spreads neighbouring seeds. */
function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** The draws of one purpose: those of another do not change them. */
export function drawsOf(seed: number, purpose: string): Draws {
  const generator = xoroshiro128plus(hash32(`${String(seed)}/${purpose}`));
  const unit = (): number => (generator.next() >>> 0) / 4294967296;
  let spare: number | undefined;
  return {
    unit,
    below: (n) => Math.floor(unit() * n),
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - unit()));
      const angle = 2 * Math.PI * unit();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

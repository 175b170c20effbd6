import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws that depend on a seed alone: the same seed gives the same patient on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** Standard normal, drawn again while it is further out than `limit`: no person is eight sigma tall. */
  bounded(limit: number): number;
  chance(share: number): boolean;
  pick<const List extends readonly unknown[]>(list: List): List[number];
}

/** FNV-1a of a text, 32 bits, finished by a mix that spreads neighbouring seeds. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/**
 * The stream of one concept of one patient. Streams are named, so that a further draw for the teeth does not change
 * the shoulders.
 */
export function randomOf(seed: number, stream: string): Random {
  const generator = xoroshiro128plus(hash32(`${seed}/${stream}`));
  const unit = (): number => (generator.next() >>> 0) / 4294967296;
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - unit()));
    const angle = 2 * Math.PI * unit();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const bounded = (limit: number): number => {
    let value = normal();
    while (Math.abs(value) > limit) value = normal();
    return value;
  };
  return {
    unit,
    between: (low, high) => low + (high - low) * unit(),
    normal,
    bounded,
    chance: (share) => unit() < share,
    pick: (list) => list[Math.floor(unit() * list.length)],
  };
}

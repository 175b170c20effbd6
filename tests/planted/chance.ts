/** Draws of the generator's own, so that no truth hangs on the draws of the code that is tested. */
export interface Chance {
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** A whole number from 0 up to, not including, n. */
  below(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[];
}

/** Mulberry32, and the polar method of Marsaglia for normal draws. */
export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < 8; n++) unit();
  const below = (n: number): number => Math.floor(unit() * n);
  return {
    between: (from, to) => from + (to - from) * unit(),
    below,
    normal: () => {
      for (;;) {
        const [a, b] = [2 * unit() - 1, 2 * unit() - 1];
        const s = a * a + b * b;
        if (s > 0 && s < 1) return a * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    shuffled: (things) => {
      const own = [...things];
      for (let n = own.length - 1; n > 0; n--) {
        const other = below(n + 1);
        [own[n], own[other]] = [own[other]!, own[n]!];
      }
      return own;
    },
  };
}

export const times = <T>(n: number, make: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => make(k));

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** What each channel (the last axis) can hold at any voxel. */
export interface ChannelRange {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export const rangeOf = (channels: number, at: (channel: number) => readonly [number, number]): ChannelRange => {
  const lower = new Float64Array(channels);
  const upper = new Float64Array(channels);
  for (let c = 0; c < channels; c++) [lower[c], upper[c]] = at(c);
  return { lower, upper };
};

/** Zeros may stand beside the values, as at a padded border. */
export const withZero = ({ lower, upper }: ChannelRange): ChannelRange => ({
  lower: lower.map((v) => Math.min(v, 0)),
  upper: upper.map((v) => Math.max(v, 0)),
});

/** 2⁻²³: what float32 may lose at each of the terms of a sum. */
const rounding = 2 ** -23;

/**
 * Range of b + Σ w·x over the terms, widened by what float32 arithmetic may add.
 * *Source* methods.md §1.1: upper = W⁺u + W⁻l + b, guard = K·2⁻²³·(Σ|W|·max(|l|, |u|) + |b|).
 */
export class AffineSum {
  #lower: number;
  #upper: number;
  #size: number;
  #terms = 0;
  constructor(offset: number) {
    this.#lower = offset;
    this.#upper = offset;
    this.#size = Math.abs(offset);
  }
  add(weight: number, lower: number, upper: number): void {
    this.#terms++;
    if (weight === 0) return;
    this.#lower += weight > 0 ? weight * lower : weight * upper;
    this.#upper += weight > 0 ? weight * upper : weight * lower;
    this.#size += Math.abs(weight) * Math.max(Math.abs(lower), Math.abs(upper));
  }
  get range(): readonly [number, number] {
    const guard = (this.#terms + 1) * rounding * this.#size;
    return [this.#lower - guard, this.#upper + guard];
  }
}

/** Widened by a few roundings of float32. */
export function guarded(lower: number, upper: number, roundings = 4): readonly [number, number] {
  const guard = roundings * rounding * Math.max(Math.abs(lower), Math.abs(upper));
  return [lower - guard, upper + guard];
}

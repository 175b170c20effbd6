/** Frequencies at which a transfer function is told, in cycles a voxel: from 0 to half a cycle. */
export const frequencies: readonly number[] = Array.from({ length: 33 }, (_, n) => n / 64);

/** The running Fourier sum of line responses of every channel, about the place of the line. */
export interface Transfer {
  readonly channels: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

export const transferOf = (channels: number): Transfer => ({
  channels,
  real: new Float64Array(channels * frequencies.length),
  imaginary: new Float64Array(channels * frequencies.length),
});

/**
 * Adds what one line gave: `profile` holds every channel's response at each place of the map, `centres` those places in input voxels from the
 * line. `weight`: the input voxels that one place stands for, over the lines presented, so that lines one voxel apart fill in what a coarse map
 * leaves out (the presampled transfer function). *Shape* of `profile` [place, channel]. *Source* ICRU 54, presampled MTF.
 */
export function addLine(
  { channels, real, imaginary }: Transfer,
  profile: Float64Array,
  centres: readonly number[],
  weight: number,
): void {
  centres.forEach((centre, place) => {
    frequencies.forEach((f, n) => {
      const angle = 2 * Math.PI * f * centre;
      const [cosine, sine] = [weight * Math.cos(angle), weight * Math.sin(angle)];
      for (let c = 0; c < channels; c++) {
        const value = profile[place * channels + c] as number;
        const at = c * frequencies.length + n;
        real[at] = (real[at] as number) + value * cosine;
        imaginary[at] = (imaginary[at] as number) - value * sine;
      }
    });
  });
}

/** One channel's transfer function: its value at frequency 0 (with its sign), and its size over its largest size. */
export function transferFunction(
  { real, imaginary }: Transfer,
  channel: number,
): { readonly gain: number; readonly mtf: readonly number[]; readonly peak: number } | null {
  const from = channel * frequencies.length;
  const sizes = frequencies.map((_, n) => Math.hypot(real[from + n] as number, imaginary[from + n] as number));
  const top = Math.max(...sizes);
  if (!(top > 0)) return null;
  return { gain: real[from] as number, mtf: sizes.map((size) => size / top), peak: sizes.indexOf(top) };
}

/** The frequency beyond the peak at which the MTF first comes down to one half, linear between frequencies; null where it does not. *Units* cycles a voxel. */
export function halfOf(mtf: readonly number[], peak: number): number | null {
  for (let n = peak + 1; n < mtf.length; n++) {
    const [before, own] = [mtf[n - 1] as number, mtf[n] as number];
    if (own > 0.5) continue;
    const [f0, f1] = [frequencies[n - 1] as number, frequencies[n] as number];
    return f0 + ((f1 - f0) * (before - 0.5)) / (before - own);
  }
  return null;
}

/** The intensity of one beam over the isocentre plane, in bixels of `stepU` × `stepV` mm around the axis. */
export interface FluenceShape {
  readonly nu: number;
  readonly nv: number;
  readonly stepU: number;
  readonly stepV: number;
  /** Position of bixel (0, 0). */
  readonly u0: number;
  readonly v0: number;
}

function kernel(sigma: number, step: number): Float64Array {
  const half = Math.ceil((3 * sigma) / step);
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) =>
    Math.exp(-0.5 * (((i - half) * step) / sigma) ** 2),
  );
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

/** Blurs lines of the plane; a line with zeros about it needs no look at its ends. */
function along(from: Float32Array, { nu, nv }: FluenceShape, taps: Float64Array, vertical: boolean): Float32Array {
  const to = new Float32Array(from.length);
  const width = taps.length;
  const half = (width - 1) / 2;
  const [count, stride, lines, next] = vertical ? [nv, nu, nu, 1] : [nu, 1, nv, nu];
  const padded = new Float64Array(count + 2 * half);
  for (let line = 0; line < lines; line++) {
    const start = line * next;
    let any = false;
    for (let i = 0, at = start; i < count; i++, at += stride) {
      const value = from[at] ?? 0;
      padded[half + i] = value;
      if (value !== 0) any = true;
    }
    if (!any) continue;
    for (let i = 0, at = start; i < count; i++, at += stride) {
      let sum = 0;
      for (let t = 0; t < width; t++) sum += (taps[t] ?? 0) * (padded[i + t] ?? 0);
      to[at] = sum;
    }
  }
  return to;
}

/** Penumbra: 98 % of a Gaussian of 2.5 mm and 2 % of one of 12 mm. Each is symmetric, so it is its own transpose. */
export interface Penumbra {
  readonly narrow: (fluence: Float32Array) => Float32Array;
  readonly wide: (fluence: Float32Array) => Float32Array;
}

const wideShare = 0.02;

export function penumbraOf(shape: FluenceShape): Penumbra {
  const blurOf = (sigma: number): ((fluence: Float32Array) => Float32Array) => {
    const [u, v] = [kernel(sigma, shape.stepU), kernel(sigma, shape.stepV)];
    return (fluence) => along(along(fluence, shape, u, false), shape, v, true);
  };
  return { narrow: blurOf(2.5), wide: blurOf(12) };
}

/** A plane in its penumbra, from both parts of it. */
export function blurred(narrow: Float32Array, wide: Float32Array): Float32Array {
  return narrow.map((value, q) => (1 - wideShare) * value + wideShare * (wide[q] ?? 0));
}

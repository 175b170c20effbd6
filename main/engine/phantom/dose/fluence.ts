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

/** Penumbra: 98 % of a Gaussian of 2.5 mm and 2 % of one of 12 mm. Symmetric, so it is its own transpose. */
export function penumbraOf(shape: FluenceShape): (fluence: Float32Array) => Float32Array {
  const pair = (sigma: number): readonly [Float64Array, Float64Array] => [
    kernel(sigma, shape.stepU),
    kernel(sigma, shape.stepV),
  ];
  const [narrow, wide] = [pair(2.5), pair(12)];
  return (fluence) => {
    const sharp = along(along(fluence, shape, narrow[0], false), shape, narrow[1], true);
    const tail = along(along(fluence, shape, wide[0], false), shape, wide[1], true);
    for (let q = 0; q < sharp.length; q++) sharp[q] = 0.98 * (sharp[q] ?? 0) + 0.02 * (tail[q] ?? 0);
    return sharp;
  };
}

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

function along(from: Float32Array, { nu, nv }: FluenceShape, taps: Float64Array, vertical: boolean): Float32Array {
  const to = new Float32Array(from.length);
  const half = (taps.length - 1) / 2;
  const [count, stride, lines, next] = vertical ? [nv, nu, nu, 1] : [nu, 1, nv, nu];
  for (let line = 0; line < lines; line++) {
    const start = line * next;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let t = Math.max(-half, -i); t <= Math.min(half, count - 1 - i); t++) {
        sum += (taps[t + half] ?? 0) * (from[start + (i + t) * stride] ?? 0);
      }
      to[start + i * stride] = sum;
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
    return sharp.map((value, i) => 0.98 * value + 0.02 * (tail[i] ?? 0));
  };
}

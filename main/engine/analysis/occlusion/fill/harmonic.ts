import { boxVolume, crop, forEachRow, grownBox, boxSizes, type Box } from '../box';
import type { Fill, Image } from './fill';
import { meanOf } from './mean';

/** Residual, relative to the right-hand side, at which the solution stops. */
const stopAt = 1e-8;

/**
 * The smoothest continuation of what lies around: Laplace's equation inside, the image's own values at the border, no flux through the
 * image's edge. Weights 1/h² along each axis. *Source* methods §1.4, harmonic.
 */
export const harmonicFill: Fill = {
  name: 'harmonic',
  draws: 1,
  prepare: (image) => ({
    box(box) {
      // One ring of known values around the box is all that the solution hangs on.
      const around = grownBox(
        box,
        image.sizes.map(() => 1),
        image.sizes,
      );
      const sizes = boxSizes(around);
      const hidden = new Uint8Array(boxVolume(around));
      const inner: Box = {
        start: box.start.map((start, axis) => start - (around.start[axis] ?? 0)),
        end: box.end.map((end, axis) => end - (around.start[axis] ?? 0)),
      };
      forEachRow(sizes, inner, (offset, _, length) => hidden.fill(1, offset, offset + length));
      const filled = harmonic({ ...image, values: crop(image.values, image.sizes, around), sizes }, hidden);
      return crop(Float32Array.from(filled), sizes, inner);
    },
    region: (hidden) => Float32Array.from(harmonic(image, hidden)),
  }),
};

/** Neighbours of the unknown voxels: `link` is an unknown's number, or −1; `known` sums the weighted border values. */
interface Equations {
  readonly unknowns: Uint32Array;
  readonly link: Int32Array;
  readonly weight: readonly number[];
  readonly diagonal: Float64Array;
  readonly known: Float64Array;
}

function equationsOf({ values, sizes, spacingMm }: Image, hidden: Uint8Array): Equations {
  const unknowns = Uint32Array.from(hidden.keys()).filter((v) => hidden[v] === 1);
  const number = new Int32Array(hidden.length).fill(-1);
  unknowns.forEach((v, n) => (number[v] = n));
  const weight = sizes.map((_, axis) => 1 / (spacingMm?.[axis] ?? 1) ** 2);
  const sides = 2 * sizes.length;
  const link = new Int32Array(unknowns.length * sides).fill(-1);
  const diagonal = new Float64Array(unknowns.length);
  const known = new Float64Array(unknowns.length);
  unknowns.forEach((v, n) => {
    let stride = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] ?? 1;
      const i = Math.floor(v / stride) % size;
      for (const step of [-1, 1] as const) {
        if (i + step < 0 || i + step >= size) continue;
        const neighbour = v + step * stride;
        const w = weight[axis] ?? 1;
        diagonal[n] = (diagonal[n] as number) + w;
        if (hidden[neighbour] === 1) link[n * sides + 2 * axis + (step + 1) / 2] = number[neighbour] as number;
        else known[n] = (known[n] as number) + w * (values[neighbour] as number);
      }
      stride *= size;
    }
  });
  return { unknowns, link, weight, diagonal, known };
}

/** The image with the mask's voxels replaced by the harmonic continuation, by conjugate gradients in float64. */
export function harmonic(image: Image, hidden: Uint8Array, residual = stopAt): Float64Array {
  const { unknowns, link, weight, diagonal, known } = equationsOf(image, hidden);
  const n = unknowns.length;
  const sides = 2 * weight.length;
  const filled = Float64Array.from(image.values);
  if (n === 0) return filled;
  if (n === filled.length) return filled.fill(meanOf(image.values));

  const apply = (x: Float64Array, into: Float64Array): void => {
    for (let row = 0; row < n; row++) {
      let sum = (diagonal[row] as number) * (x[row] as number);
      for (let side = 0; side < sides; side++) {
        const other = link[row * sides + side] as number;
        if (other >= 0) sum -= (weight[side >> 1] as number) * (x[other] as number);
      }
      into[row] = sum;
    }
  };
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < n; row++) sum += (a[row] as number) * (b[row] as number);
    return sum;
  };

  // Starting at the mean of the border keeps the residual relative to what has to be found, not to the level of the image.
  const border = meanOf(borderValues(image, hidden));
  const x = new Float64Array(n).fill(border);
  const product = new Float64Array(n);
  apply(x, product);
  const rest = Float64Array.from(known, (k, row) => k - (product[row] as number));
  const direction = Float64Array.from(rest);
  const goal = residual * residual * Math.max(dot(known, known), Number.MIN_VALUE);
  let size = dot(rest, rest);
  for (let step = 0; step < 10 * n + 100 && size > goal; step++) {
    apply(direction, product);
    const along = size / dot(direction, product);
    for (let row = 0; row < n; row++) {
      x[row] = (x[row] as number) + along * (direction[row] as number);
      rest[row] = (rest[row] as number) - along * (product[row] as number);
    }
    const next = dot(rest, rest);
    for (let row = 0; row < n; row++)
      direction[row] = (rest[row] as number) + (next / size) * (direction[row] as number);
    size = next;
  }
  unknowns.forEach((v, row) => (filled[v] = x[row] as number));
  return filled;
}

function* borderValues({ values, sizes }: Image, hidden: Uint8Array): Generator<number> {
  for (let v = 0; v < hidden.length; v++) {
    if (hidden[v] === 1) continue;
    let stride = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const i = Math.floor(v / stride) % (sizes[axis] ?? 1);
      if (i > 0 && hidden[v - stride] === 1) yield values[v] as number;
      if (i < (sizes[axis] ?? 1) - 1 && hidden[v + stride] === 1) yield values[v] as number;
      stride *= sizes[axis] ?? 1;
    }
  }
}

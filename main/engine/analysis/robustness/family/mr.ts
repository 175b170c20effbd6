import { valueFamily } from '../family';
import { mixed, uniforms, unitField } from '../gaussian';
import type { Physical } from '../physical';

/** Products of powers of x, y and z up to the third order, without the constant. */
const powers = [0, 1, 2, 3].flatMap((a) =>
  [0, 1, 2, 3].flatMap((b) =>
    [0, 1, 2, 3].flatMap((c) => (a + b + c > 0 && a + b + c <= 3 ? [[a, b, c] as const] : [])),
  ),
);

/** A smooth polynomial of random coefficients over the volume, from −½ to ½. */
export function smoothField({ grid }: Physical, seed: number): Float32Array {
  const uniform = uniforms(mixed(seed, 7));
  const weights = powers.map(() => 2 * uniform() - 1);
  const [nx, ny, nz] = grid.size;
  const field = new Float32Array(nx * ny * nz);
  const along = (at: number, count: number): number => (count > 1 ? (2 * at) / (count - 1) - 1 : 0);
  let [low, high] = [Infinity, -Infinity];
  for (let v = 0; v < field.length; v++) {
    const [x, y, z] = [along(v % nx, nx), along(Math.floor(v / nx) % ny, ny), along(Math.floor(v / (nx * ny)), nz)];
    let sum = 0;
    powers.forEach(([a, b, c], n) => {
      sum += (weights[n] as number) * x ** a * y ** b * z ** c;
    });
    field[v] = sum;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  return field.map((value) => (high > low ? (value - low) / (high - low) - 0.5 : 0));
}

/** A receive coil's shading: the brightest place is so much brighter than the darkest for the same tissue. Source: Sled 1998. */
export const biasField = valueFamily('bias-field', { reads: 'image', modality: 'MR' }, (field, seed) => {
  const smooth = smoothField(field, seed);
  return (share) => field.values.map((value, v) => value * Math.exp(Math.log1p(share) * (smooth[v] as number)));
});

/** Mean of what is no background: above a tenth of the largest value. */
function signalOf({ values }: Physical): number {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value <= largest / 10) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 1 : sum / count;
}

/** Noise of a magnitude image, as a share of the mean signal. Source: Gudbjartsson & Patz 1995. */
export const rician = valueFamily('rician', { reads: 'image', modality: 'MR' }, (field, seed) => {
  const signal = signalOf(field);
  const real = unitField(field.values.length, mixed(seed, 1));
  const imaginary = unitField(field.values.length, mixed(seed, 2));
  return (share) => {
    if (share === 0) return field.values;
    const sd = share * signal;
    return field.values.map((value, v) => Math.hypot(value + sd * (real[v] as number), sd * (imaginary[v] as number)));
  };
});

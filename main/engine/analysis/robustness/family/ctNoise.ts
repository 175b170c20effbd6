import { fourier2d } from '../../../volume/fourier';
import { scaledBy, valueFamily } from '../family';
import { mixed, unitField } from '../gaussian';
import { onPlanes, spacingOfField, type Physical } from '../physical';

/** Where the noise power of a smooth body kernel falls off, cycles a mm. */
const cutoff = 0.25;

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, n)));

/** Relative noise power of a filtered backprojection: a ramp that rolls off, none at 0. Source: Riederer 1978; ICRU Report 87. */
export const noisePower = (perMm: number): number => perMm * Math.exp(-((perMm / cutoff) ** 2));

/** Slices of noise of standard deviation 1 with a scanner's grain, each its own. */
export function grain(field: Physical, seed: number): Float32Array {
  const { size } = field.grid;
  const [dx, dy] = spacingOfField(field);
  const n = powerOfTwo(Math.max(size[0], size[1]));
  const weights = new Float64Array(n * n);
  let power = 0;
  for (let q = 0; q < n; q++) {
    for (let p = 0; p < n; p++) {
      const along = (at: number, mm: number): number => (at <= n / 2 ? at : at - n) / (n * mm);
      const own = noisePower(Math.hypot(along(p, dx), along(q, dy)));
      weights[p + n * q] = Math.sqrt(own);
      power += own;
    }
  }
  const scale = Math.sqrt((n * n) / power);
  const noise = new Float32Array(field.values.length);
  onPlanes(field.grid, noise, (plane, k) => {
    const re = Float64Array.from(unitField(n * n, mixed(seed, k)));
    const im = new Float64Array(n * n);
    fourier2d(re, im, n);
    for (let v = 0; v < re.length; v++) {
      const weight = (weights[v] as number) * scale;
      re[v] = (re[v] as number) * weight;
      im[v] = -(im[v] as number) * weight;
    }
    // The conjugate's transform is the inverse, but for the number of points.
    fourier2d(re, im, n);
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++) plane[i + size[0] * j] = (re[i + n * j] as number) / (n * n);
  });
  return noise;
}

/** Noise as a scanner makes it: a white field times the root of its noise power. *Units* HU, the standard deviation. */
export const ctNoise = valueFamily('ct-noise', { reads: 'image', modality: 'CT' }, scaledBy(grain));

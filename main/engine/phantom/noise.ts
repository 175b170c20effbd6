import { clamp, curve } from './curve';
import { fourier2d } from '../volume/fourier';
import { randomOf } from './random';
import type { Scanner } from './scanner';
import { textureOf } from './texture';
import type { Lattice } from './warp';

/** How much more noise there is behind shoulders and jaw than behind the brain. */
const thickness = curve(
  [-220, 1.7],
  [-160, 1.9],
  [-125, 1.95],
  [-100, 1.6],
  [-75, 1.1],
  [-40, 1.15],
  [0, 1.1],
  [40, 1],
);

/** Square root of the noise's power spectrum f·exp(−(f/f₀)²) on the transform's grid. */
function gains(n: number, pixelMm: number, cutoffPerMm: number): Float64Array {
  const gain = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const fy = (j < n / 2 ? j : j - n) / (n * pixelMm);
    for (let i = 0; i < n; i++) {
      const fx = (i < n / 2 ? i : i - n) / (n * pixelMm);
      const f = Math.hypot(fx, fy);
      gain[i + n * j] = Math.sqrt(f * Math.exp(-((f / cutoffPerMm) ** 2)));
    }
  }
  return gain;
}

/**
 * A source of pairs of planes of noise, standard deviation 1, whose power spectrum goes as f·exp(−(f/f₀)²): the ramp of
 * filtered back-projection, cut by the kernel.
 * *Shape* n×n each, n a power of two.
 */
export function noisePlanes(
  n: number,
  pixelMm: number,
  cutoffPerMm: number,
  normal: () => number,
): () => readonly [Float32Array, Float32Array] {
  const gain = gains(n, pixelMm, cutoffPerMm);
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  return () => {
    for (let at = 0; at < gain.length; at++) {
      re[at] = (gain[at] ?? 0) * normal();
      im[at] = (gain[at] ?? 0) * normal();
    }
    fourier2d(re, im, n);
    return [scaled(re), scaled(im)];
  };
}

/** The plane over its root mean square. */
function scaled(plane: Float64Array): Float32Array {
  let sum = 0;
  for (const value of plane) sum += value * value;
  const rms = Math.sqrt(sum / plane.length);
  const out = new Float32Array(plane.length);
  for (let i = 0; i < out.length; i++) out[i] = (plane[i] ?? 0) / rms;
  return out;
}

/** Writes a plane of HU as the scanner stores it; `depth` is the distance to the skin, mm, negative inside. */
export type Exposure = (k: number, values: Float32Array, depth: Float32Array, stored: Int16Array) => void;

/** Planes of noise that are made; each slice takes one, shifted anywhere: the transform has no edges. */
const stock = 16;

/** The scanner's noise, the streaks between the shoulders, and the rounding to what the scanner stores. */
export function exposureOf({ size, spacing, zero }: Lattice, scanner: Scanner, seed: number): Exposure {
  const n = 2 ** Math.ceil(Math.log2(Math.max(size[0], size[1])));
  const random = randomOf(seed, 'noise');
  const mottle = textureOf(seed, 'mottle', 5);
  const pair = noisePlanes(n, spacing[0], scanner.cutoffPerMm, () => random.normal());
  const planes: Float32Array[] = [];
  while (planes.length < stock) planes.push(...pair());
  const slices = Array.from({ length: size[2] + 1 }, () => {
    return {
      plane: planes[Math.floor(stock * random.unit())] ?? new Float32Array(n * n),
      across: Math.floor(n * random.unit()),
      down: Math.floor(n * random.unit()),
    };
  });
  const streaks = new Float32Array(size[1]);
  // Neighbouring slices share projections: a third of the next slice's noise is in this one.
  const own = 0.95;
  const next = 0.312;
  return (k, values, depth, stored) => {
    const z = zero[2] + k * spacing[2];
    const sd = scanner.noiseHU * thickness(z);
    const [here, after] = [slices[k], slices[k + 1]];
    if (here === undefined || after === undefined) return;
    const streak = clamp((-88 - z) / 30, 0, 1) * 0.55 * scanner.noiseHU;
    for (let j = 0; j < size[1]; j++) streaks[j] = streak * random.normal();
    for (let j = 0; j < size[1]; j++) {
      const line = 0.25 * (streaks[j - 1] ?? 0) + 0.5 * (streaks[j] ?? 0) + 0.25 * (streaks[j + 1] ?? 0);
      const hereRow = n * ((j + here.down) & (n - 1));
      const afterRow = n * ((j + after.down) & (n - 1));
      for (let i = 0; i < size[0]; i++) {
        const at = i + size[0] * j;
        const inside = (depth[at] ?? 0) < 0;
        const fade = inside ? sd : 0.75 * sd;
        const grain =
          own * (here.plane[hereRow + ((i + here.across) & (n - 1))] ?? 0) +
          next * (after.plane[afterRow + ((i + after.across) & (n - 1))] ?? 0);
        let hu = (values[at] ?? 0) + fade * grain;
        if (inside) hu += line + 2.4 * mottle(i * spacing[0], j * spacing[1], k * spacing[2]);
        stored[at] = Math.round(hu < -1024 ? -1024 : hu > scanner.clipHU ? scanner.clipHU : hu);
      }
    }
  };
}

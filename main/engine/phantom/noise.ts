import type { Canvas } from './canvas';
import { clamp, curve } from './curve';
import { fourier2d } from './fourier';
import { randomOf } from './random';
import type { Scanner } from './scanner';
import { textureOf } from './texture';

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

/** Adds the scanner's noise, the streaks between the shoulders, and rounds to what the scanner stores. */
export async function addNoise(
  canvas: Canvas,
  scanner: Scanner,
  seed: number,
  depth: Float32Array,
  pause: () => Promise<void>,
): Promise<Int16Array> {
  const { size, spacing, zero, posture, values } = canvas;
  const n = 2 ** Math.ceil(Math.log2(Math.max(size[0], size[1])));
  const random = randomOf(seed, 'noise');
  const mottle = textureOf(seed, 'mottle', 5);
  const normal = (): number => random.normal();
  const pair = noisePlanes(n, spacing[0], scanner.cutoffPerMm, normal);
  const planes = new Map<number, Float32Array>();
  const plane = (k: number): Float32Array => {
    const known = planes.get(k);
    if (known !== undefined) return known;
    const [first, second] = pair();
    planes.set(k, first).set(k + 1, second);
    return first;
  };
  const stored = new Int16Array(values.length);
  const streaks = new Float32Array(size[1]);
  // Neighbouring slices share projections: a third of the next slice's noise is in this one.
  const own = 0.95;
  const next = 0.312;
  for (let k = 0; k < size[2]; k++) {
    const { w } = posture(zero[2] + k * spacing[2]);
    const sd = scanner.noiseHU * thickness(w);
    const here = plane(k);
    const after = plane(k + 1);
    const streak = clamp((-88 - w) / 30, 0, 1) * 0.55 * scanner.noiseHU;
    for (let j = 0; j < size[1]; j++) streaks[j] = streak * random.normal();
    for (let j = 0; j < size[1]; j++) {
      const line = 0.25 * (streaks[j - 1] ?? 0) + 0.5 * (streaks[j] ?? 0) + 0.25 * (streaks[j + 1] ?? 0);
      for (let i = 0; i < size[0]; i++) {
        const index = i + size[0] * (j + size[1] * k);
        const from = i + n * j;
        const outside = depth[index] ?? 0;
        const inside = outside < 0;
        const fade = inside ? 1 : 0.75;
        let hu = (values[index] ?? 0) + sd * fade * (own * (here[from] ?? 0) + next * (after[from] ?? 0));
        if (inside) hu += line + 2.4 * mottle(i * spacing[0], j * spacing[1], k * spacing[2]);
        stored[index] = Math.round(clamp(hu, -1024, scanner.clipHU));
      }
    }
    planes.delete(k - 1);
    if (k % 8 === 7) await pause();
  }
  return stored;
}

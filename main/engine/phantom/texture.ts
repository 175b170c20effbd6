import { randomOf } from './random';

/** A smooth random field of mean 0 and standard deviation 1, the same at the same place. */
export type Texture = (u: number, v: number, w: number) => number;

const edge = 64;

/** Unit white noise on a periodic 64³ lattice, smoothed by a (1, 2, 1) pass along each axis. */
function lattice(seed: number): Float32Array {
  const random = randomOf(seed, 'texture');
  const n = edge ** 3;
  let values = Float32Array.from({ length: n }, () => random.normal());
  for (const step of [1, edge, edge * edge]) {
    const next = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      const place = Math.floor(i / step) % edge;
      const start = i - place * step;
      const before = values[start + ((place + edge - 1) % edge) * step] ?? 0;
      const after = values[start + ((place + 1) % edge) * step] ?? 0;
      next[i] = (before + 2 * (values[i] ?? 0) + after) / 4;
    }
    values = next;
  }
  // Trilinear reading between lattice points takes away about a third of the variance that is left.
  const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / n);
  return values.map((value) => (value / rms) * 1.15);
}

/** The one lattice of the person being made: all textures read it, each from a place of its own. */
let latest: { readonly seed: number; readonly values: Float32Array } | null = null;

function latticeOf(seed: number): Float32Array {
  if (latest?.seed !== seed) latest = { seed, values: lattice(seed) };
  return latest.values;
}

/** Texture whose features are about `cellMm` across (in u and v; `cellW` along w). */
export function textureOf(seed: number, name: string, cellMm: number, cellW = cellMm): Texture {
  const values = latticeOf(seed);
  const random = randomOf(seed, `texture/${name}`);
  const [offU, offV, offW] = [random.between(4000, 4064), random.between(4000, 4064), random.between(4000, 4064)];
  const mask = edge - 1;
  return (u, v, w) => {
    const x = u / cellMm + offU;
    const y = v / cellMm + offV;
    const z = w / cellW + offW;
    const i = x | 0;
    const j = y | 0;
    const k = z | 0;
    const fx = x - i;
    const fy = y - j;
    const fz = z - k;
    const i0 = i & mask;
    const i1 = (i + 1) & mask;
    const j0 = (j & mask) * edge;
    const j1 = ((j + 1) & mask) * edge;
    const k0 = (k & mask) * edge * edge;
    const k1 = ((k + 1) & mask) * edge * edge;
    const a = (values[k0 + j0 + i0] ?? 0) * (1 - fx) + (values[k0 + j0 + i1] ?? 0) * fx;
    const b = (values[k0 + j1 + i0] ?? 0) * (1 - fx) + (values[k0 + j1 + i1] ?? 0) * fx;
    const c = (values[k1 + j0 + i0] ?? 0) * (1 - fx) + (values[k1 + j0 + i1] ?? 0) * fx;
    const d = (values[k1 + j1 + i0] ?? 0) * (1 - fx) + (values[k1 + j1 + i1] ?? 0) * fx;
    return (a * (1 - fy) + b * fy) * (1 - fz) + (c * (1 - fy) + d * fy) * fz;
  };
}

import type { Goals } from './goal';
import { penumbraOf, type FluenceShape } from './fluence';

/** Voxels that a plan looks at, and how each beam reaches them. All lists run over beams, then voxels. */
export interface Rays {
  readonly voxels: Int32Array;
  /** Bixel (u, v) below-left of where the ray crosses the isocentre plane, and the fractions beyond it. */
  readonly bixel: Int32Array;
  readonly fractionU: Float32Array;
  readonly fractionV: Float32Array;
  /** Dose per fluence. */
  readonly factor: Float32Array;
}

function forward(rays: Rays, shape: FluenceShape, fluences: readonly Float32Array[]): Float32Array {
  const count = rays.voxels.length;
  const dose = new Float32Array(count);
  const { bixel, fractionU, fractionV, factor } = rays;
  const { nu } = shape;
  for (const [b, f] of fluences.entries()) {
    for (let r = 0, at = b * count; r < count; r++, at++) {
      const q = bixel[at] ?? -1;
      if (q < 0) continue;
      const x = fractionU[at] ?? 0;
      const y = fractionV[at] ?? 0;
      const low = (f[q] ?? 0) * (1 - x) + (f[q + 1] ?? 0) * x;
      const high = (f[q + nu] ?? 0) * (1 - x) + (f[q + nu + 1] ?? 0) * x;
      dose[r] = (dose[r] ?? 0) + (factor[at] ?? 0) * (low * (1 - y) + high * y);
    }
  }
  return dose;
}

/** What the voxels' residuals and curvatures amount to in the bixels of one beam. */
function backward(
  rays: Rays,
  { nu, nv }: FluenceShape,
  residual: Float32Array,
  curvature: Float32Array,
  b: number,
): readonly [Float32Array, Float32Array] {
  const up = new Float32Array(nu * nv);
  const scale = new Float32Array(nu * nv);
  const { bixel, fractionU, fractionV, factor } = rays;
  for (let r = 0, at = b * residual.length; r < residual.length; r++, at++) {
    const q = bixel[at] ?? -1;
    if (q < 0) continue;
    const dose = factor[at] ?? 0;
    const x = fractionU[at] ?? 0;
    const y = fractionV[at] ?? 0;
    const value = (residual[r] ?? 0) * dose;
    const left = value * (1 - x);
    const right = value * x;
    up[q] = (up[q] ?? 0) + left * (1 - y);
    up[q + 1] = (up[q + 1] ?? 0) + right * (1 - y);
    up[q + nu] = (up[q + nu] ?? 0) + left * y;
    up[q + nu + 1] = (up[q + nu + 1] ?? 0) + right * y;
    const bend = (curvature[r] ?? 0) * dose;
    const bendLeft = bend * (1 - x);
    const bendRight = bend * x;
    scale[q] = (scale[q] ?? 0) + bendLeft * (1 - y);
    scale[q + 1] = (scale[q + 1] ?? 0) + bendRight * (1 - y);
    scale[q + nu] = (scale[q + nu] ?? 0) + bendLeft * y;
    scale[q + nu + 1] = (scale[q + nu + 1] ?? 0) + bendRight * y;
  }
  return [up, scale];
}

/** Wanted dose in a target: a little over the prescription, and more so in lower levels. */
const wanted = (level: number): number => (level === 70 ? 71.6 : level === 63 ? 66.5 : 59.5);

/**
 * Non-negative fluences that come near the goals: projected, diagonally scaled gradient steps with momentum on a weighted
 * least-squares objective. `evenness` is the highest dose in a lower level over its prescription.
 */
export async function optimise(
  rays: Rays,
  shape: FluenceShape,
  goals: Goals,
  open: readonly Uint8Array[],
  evenness: number,
  pause: (share: number) => Promise<void>,
): Promise<readonly Float32Array[]> {
  const blur = penumbraOf(shape);
  const n = rays.voxels.length;
  const fluences = open.map((mask) => Float32Array.from(mask, (is) => 5 * is));
  const momenta = open.map((mask) => new Float32Array(mask.length));
  const one = forward(rays, shape, open.map((mask) => blur(Float32Array.from(mask)))); // prettier-ignore
  const residual = new Float32Array(n);
  const curvature = new Float32Array(n);
  // The goals of the voxels that are looked at, side by side.
  const read = (list: Float32Array): Float32Array => Float32Array.from(rays.voxels, (voxel) => list[voxel] ?? 0);
  const levels = read(goals.level);
  const atLeasts = read(goals.atLeast);
  const caps = read(goals.cap);
  const weights = read(goals.weight);
  const steps = 45;
  for (let step = 0; step < steps; step++) {
    const dose = forward(rays, shape, fluences.map(blur));
    for (let r = 0; r < n; r++) {
      const d = dose[r] ?? 0;
      const level = levels[r] ?? 0;
      const atLeast = atLeasts[r] ?? 0;
      const cap = caps[r] ?? 0;
      let weight = 0.004;
      let miss = -d;
      if (level > 0) {
        const highest = level === 70 ? 73 : Math.min(evenness * level, 74);
        weight = d < level ? 40 : d > highest ? 30 : 4;
        miss = wanted(level) - d;
      } else if (d < atLeast) {
        weight = 2;
        miss = atLeast - d;
      } else if (d > cap && atLeast === 0) {
        weight = weights[r] ?? 1;
        miss = cap - d;
      } else if (d > 68) {
        weight = 1;
        miss = 68 - d;
      }
      residual[r] = weight * miss;
      curvature[r] = weight * (one[r] ?? 0);
    }
    for (const [b, fluence] of fluences.entries()) {
      const [pull, bend] = backward(rays, shape, residual, curvature, b);
      const up = blur(pull);
      const scale = blur(bend);
      const momentum = momenta[b] ?? new Float32Array(0);
      const mask = open[b] ?? new Uint8Array(0);
      for (let q = 0; q < fluence.length; q++) {
        if (mask[q] === 0) continue;
        const m = 0.6 * (momentum[q] ?? 0) + (up[q] ?? 0) / Math.max(scale[q] ?? 0, 1e-6);
        momentum[q] = m;
        fluence[q] = Math.max(0, (fluence[q] ?? 0) + m);
      }
    }
    if (step % 3 === 2) await pause((step + 1) / steps);
  }
  return fluences.map(blur);
}

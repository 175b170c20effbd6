import type { Goals } from './goal';
import { penumbraOf, type FluenceShape } from './fluence';

/** Voxels that a plan looks at, and how each beam reaches them. All lists run over voxels, then beams. */
export interface Rays {
  readonly voxels: Int32Array;
  readonly beams: number;
  /** Bixel (u, v) below-left of where the ray crosses the isocentre plane, and the fractions beyond it. */
  readonly bixel: Int32Array;
  readonly fractionU: Float32Array;
  readonly fractionV: Float32Array;
  /** Dose per fluence. */
  readonly factor: Float32Array;
}

function forward(rays: Rays, shape: FluenceShape, fluences: readonly Float32Array[]): Float32Array {
  const dose = new Float32Array(rays.voxels.length);
  const { beams, bixel, fractionU, fractionV, factor } = rays;
  for (let b = 0; b < beams; b++) {
    const f = fluences[b] ?? new Float32Array(0);
    for (let r = 0, at = b; r < dose.length; r++, at += beams) {
      const q = bixel[at] ?? -1;
      if (q < 0) continue;
      const x = fractionU[at] ?? 0;
      const y = fractionV[at] ?? 0;
      const low = (f[q] ?? 0) * (1 - x) + (f[q + 1] ?? 0) * x;
      const high = (f[q + shape.nu] ?? 0) * (1 - x) + (f[q + shape.nu + 1] ?? 0) * x;
      dose[r] = (dose[r] ?? 0) + (factor[at] ?? 0) * (low * (1 - y) + high * y);
    }
  }
  return dose;
}

function backward(rays: Rays, shape: FluenceShape, residual: Float32Array, b: number): Float32Array {
  const out = new Float32Array(shape.nu * shape.nv);
  const { beams, bixel, fractionU, fractionV, factor } = rays;
  for (let r = 0, at = b; r < residual.length; r++, at += beams) {
    const q = bixel[at] ?? -1;
    const value = (residual[r] ?? 0) * (factor[at] ?? 0);
    if (q < 0 || value === 0) continue;
    const x = fractionU[at] ?? 0;
    const y = fractionV[at] ?? 0;
    out[q] = (out[q] ?? 0) + value * (1 - x) * (1 - y);
    out[q + 1] = (out[q + 1] ?? 0) + value * x * (1 - y);
    out[q + shape.nu] = (out[q + shape.nu] ?? 0) + value * (1 - x) * y;
    out[q + shape.nu + 1] = (out[q + shape.nu + 1] ?? 0) + value * x * y;
  }
  return out;
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
  const steps = 45;
  for (let step = 0; step < steps; step++) {
    const dose = forward(rays, shape, fluences.map(blur));
    for (let r = 0; r < n; r++) {
      const voxel = rays.voxels[r] ?? 0;
      const d = dose[r] ?? 0;
      const level = goals.level[voxel] ?? 0;
      let weight = 1;
      let miss = 0;
      if (level > 0) {
        const highest = level === 70 ? 73 : Math.min(evenness * level, 74);
        [weight, miss] =
          d < level ? [40, wanted(level) - d] : d > highest ? [30, wanted(level) - d] : [4, wanted(level) - d];
      } else if (d < (goals.atLeast[voxel] ?? 0)) [weight, miss] = [2, (goals.atLeast[voxel] ?? 0) - d];
      else {
        const cap = goals.cap[voxel] ?? 0;
        if (d > cap && (goals.atLeast[voxel] ?? 0) === 0) [weight, miss] = [goals.weight[voxel] ?? 1, cap - d];
        else if (d > 68) [weight, miss] = [1, 68 - d];
        else [weight, miss] = [0.004, -d];
      }
      residual[r] = weight * miss;
      curvature[r] = weight * (one[r] ?? 0);
    }
    for (const [b, fluence] of fluences.entries()) {
      const up = blur(backward(rays, shape, residual, b));
      const scale = blur(backward(rays, shape, curvature, b));
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

import type { Goals } from './goal';
import { blurred, penumbraOf, type FluenceShape } from './fluence';

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

/** What a value at each voxel amounts to in the bixels of one beam. */
function backward(rays: Rays, { nu, nv }: FluenceShape, values: Float32Array, b: number): Float32Array {
  const into = new Float32Array(nu * nv);
  const { bixel, fractionU, fractionV, factor } = rays;
  for (let r = 0, at = b * values.length; r < values.length; r++, at++) {
    const q = bixel[at] ?? -1;
    if (q < 0) continue;
    const y = fractionV[at] ?? 0;
    const value = (values[r] ?? 0) * (factor[at] ?? 0);
    const right = value * (fractionU[at] ?? 0);
    const left = value - right;
    const highLeft = left * y;
    const highRight = right * y;
    into[q] = (into[q] ?? 0) + left - highLeft;
    into[q + 1] = (into[q + 1] ?? 0) + right - highRight;
    into[q + nu] = (into[q + nu] ?? 0) + highLeft;
    into[q + nu + 1] = (into[q + nu + 1] ?? 0) + highRight;
  }
  return into;
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
  const { narrow, wide } = penumbraOf(shape);
  const blur = (fluence: Float32Array): Float32Array => blurred(narrow(fluence), wide(fluence));
  let tails: readonly Float32Array[] = [];
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
  const counts = Float32Array.from(rays.voxels, (voxel) => goals.standsFor[voxel] ?? 1);
  let scales: readonly Float32Array[] = [];
  const steps = 45;
  for (let step = 0; step < steps; step++) {
    // The wide tail is slow to change.
    if (step < 3 || step % 5 === 0) tails = fluences.map(wide);
    const seen = fluences.map((fluence, b) => blurred(narrow(fluence), tails[b] ?? fluence));
    const dose = forward(rays, shape, seen);
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
      weight *= counts[r] ?? 1;
      residual[r] = weight * miss;
      curvature[r] = weight * (one[r] ?? 0);
    }
    // How steep the bowl is changes slowly.
    if (step < 4 || step % 4 === 0) scales = fluences.map((_, b) => narrow(backward(rays, shape, curvature, b)));
    for (const [b, fluence] of fluences.entries()) {
      const up = narrow(backward(rays, shape, residual, b));
      const scale = scales[b] ?? up;
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

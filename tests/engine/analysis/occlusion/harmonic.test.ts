import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { harmonic } from '../../../../main/engine/analysis/occlusion/fill/harmonic';

type Index = readonly [number, number, number];

const indexOf = (v: number, [, ny, nx]: Index): Index => [Math.floor(v / (ny * nx)), Math.floor(v / nx) % ny, v % nx];

/** The same equations by sweeps from voxel to voxel until nothing moves: slow, and too plain to be wrong in the same way. */
function bySweeps(values: Float32Array, sizes: Index, spacingMm: Index, hidden: Uint8Array): Float64Array {
  const x = Float64Array.from(values, (value, v) => (hidden[v] === 1 ? 0 : value));
  const steps = [sizes[1] * sizes[2], sizes[2], 1];
  for (let moved = 1, sweep = 0; moved > 1e-13 && sweep < 20_000; sweep++) {
    moved = 0;
    for (let v = 0; v < x.length; v++) {
      if (hidden[v] !== 1) continue;
      const at = indexOf(v, sizes);
      let [sum, weights] = [0, 0];
      steps.forEach((step, axis) => {
        const w = 1 / (spacingMm[axis] ?? 1) ** 2;
        for (const side of [-1, 1]) {
          const i = (at[axis] ?? 0) + side;
          if (i < 0 || i >= (sizes[axis] ?? 0)) continue;
          sum += w * (x[v + side * step] ?? NaN);
          weights += w;
        }
      });
      const next = sum / weights;
      moved = Math.max(moved, Math.abs(next - (x[v] ?? 0)));
      x[v] = next;
    }
  }
  return x;
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let v = 0; v < a.length; v++) {
    const away = Math.abs((a[v] ?? NaN) - (b[v] ?? NaN));
    if (!(away <= most)) most = away;
  }
  return most;
};

describe('the harmonic continuation of a region', () => {
  it('is that of voxel-by-voxel relaxation, whatever the region and the spacing', () => {
    const size = fc.integer({ min: 1, max: 7 });
    const scene = fc.record({
      sizes: fc.tuple(size, size, size),
      spacingMm: fc.tuple(fc.constantFrom(1, 3, 5), fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
      share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(scene, ({ sizes, spacingMm, share, seed }) => {
        const count = sizes[0] * sizes[1] * sizes[2];
        const noise = (v: number): number => Math.abs(Math.sin((v + 1) * 12.9898 + seed) * 43758.5453) % 1;
        const values = Float32Array.from({ length: count }, (_, v) => noise(v) - 0.5);
        const hidden = Uint8Array.from({ length: count }, (_, v) => (noise(v + count) < share ? 1 : 0));
        hidden[0] = 0;
        const solved = wholly(harmonic({ values, sizes, spacingMm }, hidden, 1e-13));
        expect(worst(solved, bySweeps(values, sizes, spacingMm, hidden))).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  // sin(a·i)·sin(c·k)·cosh(b·j) solves the seven-point equations exactly where cosh b = 1 + [w_i(1 − cos a) + w_k(1 − cos c)] / w_j.
  it('is a closed form of the seven-point equations, on a region of many coarser grids', () => {
    const sizes: Index = [24, 40, 48];
    const spacingMm: Index = [3, 1.5, 1];
    const [wk = 1, wj = 1, wi = 1] = spacingMm.map((h) => 1 / h ** 2);
    const [a, c] = [0.11, 0.2];
    const b = Math.acosh(1 + (wi * (1 - Math.cos(a)) + wk * (1 - Math.cos(c))) / wj);
    const truth = Float64Array.from({ length: sizes[0] * sizes[1] * sizes[2] }, (_, v) => {
      const [k, j, i] = indexOf(v, sizes);
      return Math.sin(a * i) * Math.sin(c * k) * Math.cosh(b * (j - 20));
    });
    const hidden = Uint8Array.from(truth, (_, v) => {
      const at = indexOf(v, sizes);
      const inside = at.every((i, axis) => i > 0 && i < (sizes[axis] ?? 0) - 1);
      return inside && Math.hypot(at[0] - 12, at[1] - 20, at[2] - 24) > 6 ? 1 : 0;
    });
    // The known values in float32 are as far off as the solution may be.
    const values = Float32Array.from(truth);
    expect(worst(wholly(harmonic({ values, sizes, spacingMm }, hidden)), truth)).toBeLessThan(1e-6);
  });

  it('may be cut at many places', () => {
    const sizes = [30, 40, 40];
    const values = Float32Array.from({ length: 48_000 }, (_, v) => v % 7);
    const hidden = Uint8Array.from(values, (_, v) => (v > 2000 && v < 46_000 ? 1 : 0));
    let places = 0;
    for (const work = harmonic({ values, sizes, spacingMm: null }, hidden); work.next().done !== true;) places += 1;
    expect(places).toBeGreaterThan(100);
  });
});

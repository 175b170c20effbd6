import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import type { Box } from '../../../../main/engine/analysis/occlusion/box';
import { blurFill } from '../../../../main/engine/analysis/occlusion/fill/blur';
import type { Fill, Image } from '../../../../main/engine/analysis/occlusion/fill/fill';
import {
  correlatedNoise as noiseWork,
  gaussian as gaussianWork,
} from '../../../../main/engine/analysis/occlusion/fill/gaussian';
import { harmonic as harmonicWork, harmonicFill } from '../../../../main/engine/analysis/occlusion/fill/harmonic';
import { localMeanFill } from '../../../../main/engine/analysis/occlusion/fill/localMean';
import { noiseFill } from '../../../../main/engine/analysis/occlusion/fill/noise';

const image = (
  values: readonly number[],
  sizes: readonly number[],
  spacingMm: readonly number[] | null = null,
): Image => ({
  values: Float32Array.from(values),
  sizes,
  spacingMm,
});
const field = (rows: number, columns: number, of: (r: number, c: number) => number): number[] =>
  Array.from({ length: rows * columns }, (_, v) => of(Math.floor(v / columns), v % columns));
const hide = (sizes: readonly number[], inside: (at: readonly number[]) => boolean): Uint8Array =>
  Uint8Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, v) => {
    const at = sizes.map(() => 0);
    let rest = v;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at[axis] = rest % (sizes[axis] ?? 1);
      rest = Math.floor(rest / (sizes[axis] ?? 1));
    }
    return inside(at) ? 1 : 0;
  });
const harmonic = (...asked: Parameters<typeof harmonicWork>) => wholly(harmonicWork(...asked));
const gaussian = (...asked: Parameters<typeof gaussianWork>) => wholly(gaussianWork(...asked));
const correlatedNoise = (...asked: Parameters<typeof noiseWork>) => wholly(noiseWork(...asked));
/** A filling made ready, whose boxes and regions are filled in one go. */
function prepared(fill: Fill, of: Image, how: { window: readonly number[]; seed: number } = setting) {
  const ready = wholly(fill.prepare(of, how));
  return {
    box: (box: Box, position: number, draw: number) => wholly(ready.box(box, position, draw)),
    region: (hidden: Uint8Array) => wholly(ready.region(hidden)),
  };
}
const setting = { window: [3, 3], seed: 1 };
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, v) => Math.abs(x - (b[v] ?? NaN))));

describe('the harmonic filling', () => {
  const middle = hide([9, 9], ([r = 0, c = 0]) => r > 1 && r < 7 && c > 1 && c < 7);

  it('reproduces a linear field and x² − y² to rounding', () => {
    for (const of of [(r: number, c: number) => 3 * r - 2 * c + 5, (r: number, c: number) => c * c - r * r]) {
      const whole = image(field(9, 9, of), [9, 9]);
      expect(worst(harmonic(whole, middle, 1e-15), whole.values)).toBeLessThan(1e-11);
    }
  });

  it('weighs neighbours by 1/h²: X² − Y² is exact at 2 × 1 mm, and far off with equal weights', () => {
    const anisotropic = field(17, 17, (r, c) => c * c - 4 * r * r);
    const hole = hide([17, 17], ([r = 0, c = 0]) => r > 1 && r < 15 && c > 1 && c < 15);
    const truth = Float32Array.from(anisotropic);
    expect(worst(harmonic(image(anisotropic, [17, 17], [2, 1]), hole, 1e-15), truth)).toBeLessThan(1e-9);
    expect(worst(harmonic(image(anisotropic, [17, 17]), hole, 1e-15), truth)).toBeGreaterThan(5);
  });

  // Stored figure: closed forms of the methods page (numpy solve of the 5-point equations).
  it('solves the 5 × 5 example', () => {
    const values = [10, 20, 30, 40, 50, 15, 0, 0, 0, 45, 30, 0, 0, 0, 30, 45, 0, 0, 0, 15, 50, 40, 30, 20, 10];
    const solved = prepared(harmonicFill, image(values, [5, 5]), setting).box({ start: [1, 1], end: [4, 4] }, 0, 0);
    const expected = [23.75, 30, 36.25, 30, 30, 30, 36.25, 30, 23.75];
    expect(worst(solved, expected)).toBeLessThan(1e-5);
  });

  it('continues the last value where the hole reaches the edge', () => {
    const row = prepared(harmonicFill, image([0, 10, 20, 30, 7, -4], [1, 6]), setting).box(
      { start: [0, 4], end: [1, 6] },
      0,
      0,
    );
    expect(Array.from(row)).toEqual([30, 30]);
  });

  it('reproduces a linear field in 3D, whatever the box', () => {
    const sizes = [6, 7, 8];
    const values = Array.from({ length: 6 * 7 * 8 }, (_, v) => {
      const [k, j, i] = [Math.floor(v / 56), Math.floor(v / 8) % 7, v % 8];
      return 2 * k - 3 * j + i;
    });
    const ready = prepared(harmonicFill, image(values, sizes, [3, 1, 1]), { window: [3, 3, 3], seed: 1 });
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
        (start) => {
          const box: Box = { start, end: start.map((s) => s + 3) };
          const filled = ready.box(box, 0, 0);
          let n = 0;
          let off = 0;
          for (let k = start[0]; k < start[0] + 3; k++)
            for (let j = start[1]; j < start[1] + 3; j++)
              for (let i = start[2]; i < start[2] + 3; i++, n++)
                off = Math.max(off, Math.abs((filled[n] ?? NaN) - (2 * k - 3 * j + i)));
          expect(off).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('gives an image that is hidden whole its mean', () => {
    expect(
      Array.from(prepared(harmonicFill, image([1, 2, 3, 6], [2, 2]), setting).region(new Uint8Array(4).fill(1))),
    ).toEqual([3, 3, 3, 3]);
  });
});

describe('the local mean', () => {
  it('is that of two voxels around, for arrays', () => {
    const values = field(7, 7, (r, c) => r * 7 + c * c);
    const around = field(7, 7, (r, c) => Math.hypot(Math.max(0, 3 - r, r - 3), Math.max(0, 3 - c, c - 3))).map(
      (d) => d > 0 && d <= 2,
    );
    const wanted = values.filter((_, v) => around[v]);
    const mean = wanted.reduce((a, b) => a + b, 0) / wanted.length;
    const ready = prepared(localMeanFill, image(values, [7, 7]), setting);
    expect(ready.box({ start: [3, 3], end: [4, 4] }, 0, 0)[0]).toBeCloseTo(mean, 5);
    const region = ready.region(hide([7, 7], ([r, c]) => r === 3 && c === 3));
    expect(region[3 * 7 + 3]).toBeCloseTo(mean, 5);
    expect(region[0]).toBe(values[0]);
  });

  it('reaches 5 mm, and at least one slice where slices are thicker', () => {
    const sizes = [3, 1, 9];
    const values = Array.from({ length: 27 }, (_, v) => (v % 9 === 4 ? 100 * Math.floor(v / 9) : v % 9));
    const ready = prepared(localMeanFill, image(values, sizes, [8, 1, 2]), { window: [1, 1, 1], seed: 1 });
    // Columns 2, 3, 5, 6 of its own slice (2 and 4 mm away), and the same column of the slices above and below (one step of 8 mm).
    expect(ready.box({ start: [1, 0, 4], end: [2, 1, 5] }, 0, 0)[0]).toBeCloseTo((2 + 3 + 5 + 6 + 0 + 200) / 6, 5);
  });

  it('leaves an even image exactly as it is', () => {
    const even = Array.from({ length: 25 }, () => 0.1);
    const filled = prepared(localMeanFill, image(even, [5, 5]), setting).box({ start: [1, 1], end: [3, 3] }, 0, 0);
    expect(Array.from(filled)).toEqual(Array.from(Float32Array.of(0.1, 0.1, 0.1, 0.1)));
  });
});

describe('the blur', () => {
  it('keeps an even image even, up to the edge', () => {
    expect(worst(gaussian(new Float32Array(30).fill(7), [5, 6], [2, 1]), new Float32Array(30).fill(7))).toBeLessThan(
      1e-12,
    );
  });

  it('spreads a point as a Gaussian of the given width', () => {
    const values = new Float32Array(41);
    values[20] = 1;
    const blurred = gaussian(values, [41], [3]);
    const variance = blurred.reduce((sum, w, i) => sum + w * (i - 20) ** 2, 0);
    expect(variance).toBeCloseTo(9, 1);
    expect((blurred[23] ?? 0) / (blurred[20] ?? 1)).toBeCloseTo(Math.exp(-0.5), 6);
  });

  it('blends half in at the window’s outermost voxels, and not at the image’s edge', () => {
    const values = field(9, 9, (r, c) => ((r * 5 + c * 3) % 7) - 3);
    const whole = image(values, [9, 9]);
    const blurred = gaussian(values, [9, 9], [1.5, 1.5]);
    const ready = prepared(blurFill, whole, setting);
    const inner = ready.box({ start: [3, 3], end: [6, 6] }, 0, 0);
    const [corner, centre] = [3 * 9 + 3, 4 * 9 + 4];
    expect(inner[0]).toBeCloseTo(((values[corner] ?? 0) + (blurred[corner] ?? 0)) / 2, 5);
    expect(inner[4]).toBeCloseTo(blurred[centre] ?? NaN, 5);
    expect(ready.box({ start: [0, 0], end: [3, 3] }, 0, 0)[0]).toBeCloseTo(blurred[0] ?? NaN, 5);
    const region = ready.region(hide([9, 9], ([r = 0, c = 0]) => r > 2 && r < 6 && c > 2 && c < 6));
    expect(region[corner]).toBeCloseTo(inner[0] ?? NaN, 6);
    expect(region[centre]).toBeCloseTo(inner[4] ?? NaN, 6);
  });
});

describe('the noise', () => {
  it('is drawn by place and draw, whatever the order of visits', () => {
    const values = field(9, 9, (r, c) => (r * 5 + c * 3) % 7);
    const ready = prepared(noiseFill(2), image(values, [9, 9]), setting);
    const box = { start: [3, 3], end: [6, 6] };
    const first = ready.box(box, 5, 0);
    expect(ready.box(box, 6, 0)).not.toEqual(first);
    expect(ready.box(box, 5, 1)).not.toEqual(first);
    expect(ready.box(box, 5, 0)).toEqual(first);
  });

  it('has unit variance and correlated neighbours', () => {
    let state = 1;
    const normal = () => {
      let sum = -6;
      for (let n = 0; n < 12; n++) {
        state = (state * 48271) % 2147483647;
        sum += state / 2147483647;
      }
      return sum;
    };
    const noise = correlatedNoise([120, 120], normal);
    const variance = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
    expect(variance).toBeGreaterThan(0.9);
    expect(variance).toBeLessThan(1.1);
    let next = 0;
    for (let v = 0; v < noise.length - 1; v++) next += ((noise[v] ?? 0) * (noise[v + 1] ?? 0)) / noise.length;
    // Two Gaussians of one voxel at distance 1 overlap by exp(−1/4).
    expect(next / variance).toBeGreaterThan(0.7);
    expect(next / variance).toBeLessThan(0.86);
  });
});

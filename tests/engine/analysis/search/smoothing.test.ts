import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blurred, gaussianTaps, rolled, totalVariation } from '../../../../main/engine/analysis/search/smoothing';

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
const wavy = (n: number): Float64Array => Float64Array.from({ length: n }, (_, v) => Math.sin(3 * v + 1));

describe('what keeps a synthesised input smooth', () => {
  it('rolls by whole voxels and back', () => {
    expect([...rolled(Float64Array.from([1, 2, 3, 4, 5, 6]), [1, 2, 3, 1], [0, 1])]).toEqual([3, 1, 2, 6, 4, 5]);
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 3 }), fc.integer({ min: -7, max: 7 }), (spatial, depth, by) => {
        const values = wavy(count(spatial) * depth);
        const shape = [1, ...spatial, depth];
        const shift = spatial.map((_, axis) => by + axis);
        const back = rolled(
          rolled(values, shape, shift),
          shape,
          shift.map((n) => -n),
        );
        expect(back).toEqual(values);
      }),
    );
  });

  it('gives the gradient of the roughness, by central differences', () => {
    const [spatial, depth] = [[3, 4], 2];
    const values = wavy(24);
    const roughness = (of: Float64Array): number => {
      let sum = 0;
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 4; x++)
          for (let d = 0; d < 2; d++) {
            const here = of[(y * 4 + x) * 2 + d] ?? NaN;
            if (y < 2) sum += Math.sqrt(((of[((y + 1) * 4 + x) * 2 + d] ?? NaN) - here) ** 2 + 1e-4);
            if (x < 3) sum += Math.sqrt(((of[(y * 4 + x + 1) * 2 + d] ?? NaN) - here) ** 2 + 1e-4);
          }
      return sum;
    };
    const found = totalVariation(values, spatial, depth);
    found.forEach((slope, at) => {
      const moved = (by: number): Float64Array => values.map((value, n) => (n === at ? value + by : value));
      expect(slope).toBeCloseTo((roughness(moved(1e-5)) - roughness(moved(-1e-5))) / 2e-5, 5);
    });
  });

  it('blurs without a change of the mean of what is even', () => {
    const [middle, beside] = gaussianTaps(0.5);
    expect(middle + 2 * beside).toBeCloseTo(1, 12);
    expect(beside / middle).toBeCloseTo(Math.exp(-2), 12);
    const peak = new Float64Array(5);
    peak[2] = 1;
    expect([...blurred(peak, [5], 1, [middle, beside])]).toEqual([0, beside, middle, beside, 0]);
    expect([...blurred(Float64Array.from([2, 2, 2, 2]), [2, 2], 1, [middle, beside])]).toEqual(
      [2, 2, 2, 2].map((v): unknown => expect.closeTo(v, 12)),
    );
  });
});

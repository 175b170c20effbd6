import { describe, expect, it } from 'vitest';
import { centroidOf, rangeOf, statisticsOf } from '../../../main/engine/volume/statistics';
import { affineOf } from '../../../shared/geometry';

describe('statistics of a volume', () => {
  it('are those of the finite values inside the mask', () => {
    const values = Float32Array.of(1, 2, NaN, 4, 100);
    expect(statisticsOf(values, Uint8Array.of(1, 1, 1, 1, 0))).toEqual({
      count: 3,
      min: 1,
      max: 4,
      mean: 7 / 3,
      sd: Math.sqrt(((1 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2 + (4 - 7 / 3) ** 2) / 3),
    });
    expect(statisticsOf(Float32Array.of(NaN))).toBeNull();
    expect(rangeOf(Float32Array.of(3, NaN, -2, Infinity))).toEqual([-2, 3]);
    expect(rangeOf(new Float32Array(0))).toEqual([0, 0]);
  });

  it("finds a mask's middle in patient millimetres", () => {
    const grid = { size: [3, 2, 2], affine: affineOf([2, 0, 0], [0, 3, 0], [0, 0, 4], [10, 20, 30]) } as const;
    const mask = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(centroidOf(mask, grid)).toEqual({ pointMm: [12, 20, 30], voxels: 2 });
    expect(centroidOf(new Uint8Array(12), grid)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  curveOf,
  doseAtVolume,
  doseVolumeHistogram,
  volumeAtDose,
} from '../../../main/engine/volume/doseVolumeHistogram';
import { affineOf } from '../../../shared/geometry';
import type { Grid, Volume } from '../../../shared/volume';

const line = (n: number, spacing = 1, start = 0): Grid => ({
  size: [n, 1, 1],
  affine: affineOf([spacing, 0, 0], [0, 10, 0], [0, 0, 10], [start, 0, 0]),
});
const dose = (values: readonly number[], grid = line(values.length)): Volume<Float32Array> => ({
  grid,
  values: Float32Array.from(values),
  unit: 'Gy',
  frameOfReference: '1',
});
const all = (n: number): Uint8Array => new Uint8Array(n).fill(1);

describe('a dose–volume histogram', () => {
  it('reads D95, D50, D2 and V20 off the sorted doses, worked by hand', () => {
    // 1 … 40 Gy in forty voxels of 0.1 cc.
    const values = Array.from({ length: 40 }, (_, n) => ((n * 7) % 40) + 1);
    const histogram = doseVolumeHistogram(dose(values), all(40), line(40));
    expect(histogram).toMatchObject({ voxels: 40, coverage: 1, min: 1, mean: 20.5, max: 40 });
    expect(histogram.volumeCc).toBeCloseTo(4, 12);
    // 95 % of 40 voxels are 38: the 38th of the falling doses is 3 Gy.
    expect(doseAtVolume(histogram, 95)).toBe(3);
    expect(doseAtVolume(histogram, 50)).toBe(21);
    expect(doseAtVolume(histogram, 2)).toBe(40);
    expect(doseAtVolume(histogram, 98)).toBe(1);
    expect(volumeAtDose(histogram, 20)).toBe(52.5);
    expect(volumeAtDose(histogram, 20.001)).toBe(50);
  });

  it('leaves voxels beyond the dose grid out and shows them as coverage', () => {
    const histogram = doseVolumeHistogram(dose([10, 20, 30], line(3, 1, 2)), all(10), line(10));
    expect(histogram.voxels).toBe(10);
    expect(histogram.coverage).toBeCloseTo(0.3, 12);
    expect(histogram.mean).toBe(20);
    expect([...histogram.doses]).toEqual([30, 20, 10]);
  });

  it('says null, not zero, where no dose is known', () => {
    const histogram = doseVolumeHistogram(dose([1, 2], line(2, 1, 500)), all(5), line(5));
    expect(histogram).toMatchObject({ voxels: 5, coverage: 0, min: null, mean: null, max: null });
    expect(doseAtVolume(histogram, 95)).toBeNull();
    expect(volumeAtDose(histogram, 1)).toBeNull();
    expect(curveOf(histogram)).toEqual([]);
  });

  it('takes the dose between voxels trilinearly', () => {
    const half = doseVolumeHistogram(dose([0, 10, 20]), all(2), line(2, 1, 0.5));
    expect([...half.doses]).toEqual([15, 5]);
  });

  it('falls from 100 % and gives at least x % at Dx', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 80, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (values, x) => {
          const histogram = doseVolumeHistogram(dose(values), all(values.length), line(values.length));
          const curve = curveOf(histogram);
          expect(curve[0]).toEqual([0, 100]);
          expect(curve.at(-1)?.[1]).toBe(0);
          for (let n = 1; n < curve.length; n++) expect(curve[n]?.[1]).toBeLessThanOrEqual(curve[n - 1]?.[1] ?? 0);
          const d = doseAtVolume(histogram, x) ?? NaN;
          expect(volumeAtDose(histogram, d)).toBeGreaterThanOrEqual(x - 1e-9);
          const next = Math.min(...values.map(Math.fround).filter((value) => value > d));
          if (Number.isFinite(next)) expect(volumeAtDose(histogram, next)).toBeLessThan(x);
        },
      ),
    );
  });
});

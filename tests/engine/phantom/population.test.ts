import { beforeAll, describe, expect, it } from 'vitest';
import { anatomyOf } from '../../../main/engine/phantom/anatomy';
import { extentOf } from '../../../main/engine/phantom/extent';
import { structuresOf } from '../../../main/engine/phantom/phantomPatient';
import { noisePlanes } from '../../../main/engine/phantom/noise';
import { personOf } from '../../../main/engine/phantom/person';
import { postureOf } from '../../../main/engine/phantom/posture';
import { warpOf } from '../../../main/engine/phantom/warp';
import { randomOf } from '../../../main/engine/phantom/random';
import { fourier2d } from '../../../main/engine/volume/fourier';
import { population } from '../../samples/population';

type Measured = Record<string, { cc: number; z: number; x: number }[]>;
const measured: Measured = {};

beforeAll(async () => {
  const scan = { size: [96, 84, 72], spacing: [5, 5, 5], zero: [-238, -208, -205] } as const;
  for (let seed = 101; seed <= 110; seed++) {
    const person = personOf(seed);
    const anatomy = anatomyOf(person);
    const wanted = anatomy.organs.filter(({ name }) => name === 'BODY' || name in population);
    const { structures } = await structuresOf({ ...anatomy, organs: wanted }, warpOf(scan, postureOf(person)), () =>
      Promise.resolve(),
    );
    const found = new Map<string, { cc: number; z: number; x: number }>();
    for (const { name, field } of structures) {
      if (!(name in population)) continue;
      const mask = Uint8Array.from(field.distance, (d) => (d < 0 ? 1 : 0));
      const extent = extentOf(mask, field.size);
      if (!extent) continue;
      const [x, , z] = extent.mean;
      found.set(name, {
        cc: extent.voxels * 0.125,
        z: (z + field.start[2]) * 5 - 205,
        x: (x + field.start[0]) * 5 - 238,
      });
    }
    const origin = ((found.get('Parotid_L')?.z ?? 0) + (found.get('Parotid_R')?.z ?? 0)) / 2;
    for (const [name, { cc, z, x }] of found) (measured[name] ??= []).push({ cc, z: z - origin, x });
  }
}, 240_000);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

// The medians of ten made patients must lie within one standard deviation of the population's mean.
describe('ten synthetic patients', () => {
  it.each(Object.entries(population))('have %s of a size and at a height within the population', (name, { cc, z }) => {
    const list = measured[name] ?? [];
    expect(list.length).toBe(10);
    expect(Math.abs(median(list.map((one) => one.cc)) - cc[0])).toBeLessThan(cc[1]);
    expect(Math.abs(median(list.map((one) => one.z)) - z[0])).toBeLessThan(Math.max(z[1], 3));
  });

  it('differ from one another as people do: volumes of parotids and targets vary by more than a tenth', () => {
    for (const name of ['Parotid_L', 'PTV_7000', 'Brainstem'] as const) {
      const volumes = (measured[name] ?? []).map(({ cc }) => cc);
      const mean = volumes.reduce((a, b) => a + b, 0) / volumes.length;
      const sd = Math.sqrt(volumes.reduce((sum, cc) => sum + (cc - mean) ** 2, 0) / volumes.length);
      expect(sd / mean).toBeGreaterThan(0.1);
    }
  });
});

describe('the noise of a scan', () => {
  it('has a power spectrum that goes as f·exp(−(f/f₀)²)', () => {
    const n = 128;
    const random = randomOf(3, 'test');
    const bands = 8;
    const sums = new Float64Array(bands);
    const wanted = new Float64Array(bands);
    const pair = noisePlanes(n, 1, 0.3, () => random.normal());
    for (let repeat = 0; repeat < 4; repeat++) {
      const [plane] = pair();
      const re = Float64Array.from(plane);
      const im = new Float64Array(n * n);
      fourier2d(re, im, n);
      for (let j = 0; j < n; j++) {
        for (let i = 0; i < n; i++) {
          const f = Math.hypot(i < n / 2 ? i : i - n, j < n / 2 ? j : j - n) / n;
          const band = Math.floor(f * 2 * bands);
          if (band >= bands) continue;
          sums[band] = (sums[band] ?? 0) + (re[i + n * j] ?? 0) ** 2 + (im[i + n * j] ?? 0) ** 2;
          wanted[band] = (wanted[band] ?? 0) + f * Math.exp(-((f / 0.3) ** 2));
        }
      }
    }
    const ratio = Array.from(sums, (sum, band) => sum / (wanted[band] ?? 1));
    const mean = ratio.reduce((a, b) => a + b, 0) / bands;
    for (const value of ratio) expect(Math.abs(value / mean - 1)).toBeLessThan(0.25);
  });

  it('has the transform of a single wave in the two places where it belongs', () => {
    const n = 16;
    const re = Float64Array.from({ length: n * n }, (_, at) => Math.cos((2 * Math.PI * 3 * (at % n)) / n));
    const im = new Float64Array(n * n);
    fourier2d(re, im, n);
    const peaks = Array.from(re, (value, at) => [at, value] as const).filter(([, value]) => Math.abs(value) > 1e-6);
    expect(peaks.map(([at]) => at)).toEqual([3, 13]);
    for (const [, value] of peaks) expect(value).toBeCloseTo((n * n) / 2, 6);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyholed, trace, traceMask, type Loop } from '../../../../main/engine/dicom/writer/trace';

/** Voxel centres inside, even-odd, edges ordered by y as the reading rule asks. */
function raster(loops: readonly Loop[], nx: number, ny: number): Uint8Array {
  const mask = new Uint8Array(nx * ny);
  for (const loop of loops) {
    for (let p = 0; p < loop.length; p += 2) {
      const q = (p + 2) % loop.length;
      const a = [loop[p] ?? 0, loop[p + 1] ?? 0] as const;
      const b = [loop[q] ?? 0, loop[q + 1] ?? 0] as const;
      const [low, high] = a[1] <= b[1] ? [a, b] : [b, a];
      for (let j = Math.ceil(low[1]); j < high[1]; j++) {
        const x = low[0] + ((j - low[1]) * (high[0] - low[0])) / (high[1] - low[1]);
        for (let i = 0; i < Math.min(nx, x); i++) mask[i + nx * j] = 1 - (mask[i + nx * j] ?? 0);
      }
    }
  }
  return mask;
}

const planes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([nx, ny]) =>
  fc.record({
    nx: fc.constant(nx),
    ny: fc.constant(ny),
    values: fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: nx * ny, maxLength: nx * ny }),
  }),
);

describe('contours', () => {
  it('give back exactly the negative voxels by the centre rule, whatever the distances', () => {
    fc.assert(
      fc.property(planes, ({ nx, ny, values }) => {
        const wanted = Uint8Array.from(values, (value) => (value < 0 ? 1 : 0));
        expect(raster(trace(values, nx, ny), nx, ny)).toEqual(wanted);
      }),
    );
  });

  it('give back a mask with holes and islands after the holes are joined by channels', () => {
    fc.assert(
      fc.property(planes, ({ nx, ny, values }) => {
        const wanted = Uint8Array.from(values, (value) => (value < 1 ? 1 : 0));
        expect(raster(keyholed(traceMask(wanted, nx, ny)), nx, ny)).toEqual(wanted);
      }),
    );
  });

  it('run half-way between the centres of a mask', () => {
    const [loop] = traceMask(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), 3, 3);
    const points = Array.from({ length: 4 }, (_, n) => `${loop?.[2 * n]},${loop?.[2 * n + 1]}`).sort();
    expect(points).toEqual(['0.5,1', '1,0.5', '1,1.5', '1.5,1']);
  });

  it('lie where the distance is zero: a circle of radius 6 stays within 0.02 voxels of it', () => {
    const n = 17;
    const values = Array.from({ length: n * n }, (_, at) => Math.hypot((at % n) - 8, Math.floor(at / n) - 8) - 6);
    const [loop = new Float64Array()] = trace(values, n, n);
    expect(loop.length).toBeGreaterThan(60);
    for (let p = 0; p < loop.length; p += 2) {
      expect(Math.abs(Math.hypot((loop[p] ?? 0) - 8, (loop[p + 1] ?? 0) - 8) - 6)).toBeLessThan(0.02);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, boxOf } from '../../../main/engine/volume/body';
import { componentsOf, largestComponent } from '../../../main/engine/volume/components';
import { affineOf, type Vec3 } from '../../../shared/geometry';
import type { Grid, Volume } from '../../../shared/volume';
import { square } from '../../samples/dicomFile';
import { structureOf } from '../../samples/structure';

const grid: Grid = { size: [12, 12, 3], affine: affineOf([2, 0, 0], [0, 2, 0], [0, 0, 3], [-10, -20, 5]) };

/** Air, a body of 8 × 8 with an airway inside, and a couch below that does not touch it. */
function scan(): Volume<Int16Array> {
  const values = new Int16Array(12 * 12 * 3).fill(-1000);
  for (let k = 0; k < 3; k++) {
    for (let j = 1; j <= 8; j++) for (let i = 2; i <= 9; i++) values[i + 12 * (j + 12 * k)] = 40;
    values[5 + 12 * (4 + 12 * k)] = -900;
    for (let i = 0; i < 12; i++) values[i + 12 * (10 + 12 * k)] = 100;
  }
  return { grid, values, unit: 'HU', frameOfReference: '1' };
}

describe('the body', () => {
  it('is the largest part above −300 HU with what it encloses, without the couch', () => {
    const { mask, boxMm, from } = bodyOf(null, scan());
    expect(from).toBe('threshold');
    expect(mask.reduce((sum, v) => sum + v, 0)).toBe(3 * 64);
    expect(boxMm).toEqual({ min: [-6, -18, 5], max: [8, -4, 11] });
  });

  it('is the EXTERNAL structure where there is exactly one', () => {
    const external = structureOf(
      [5, 8, 11].map((z) => square(0, -12, z, 3)),
      { type: 'EXTERNAL' },
    );
    const { boxMm, from } = bodyOf([external, structureOf([])], scan());
    expect(from).toBe('structure');
    expect(boxMm).toEqual({ min: [-2, -14, 5], max: [2, -10, 11] });
    expect(bodyOf([external, external], scan()).from).toBe('threshold');
    expect(bodyOf([structureOf([], { type: 'EXTERNAL' })], scan()).from).toBe('threshold');
  });

  it('has no box where nothing is above the threshold', () => {
    const air: Volume<Int16Array> = { ...scan(), values: new Int16Array(12 * 12 * 3).fill(-1000) };
    expect(bodyOf(null, air).boxMm).toBeNull();
    expect(boxOf(new Uint8Array(12 * 12 * 3), grid)).toBeNull();
  });
});

/** Parts by plain flooding, to compare with. */
function flooded(mask: Uint8Array, [nx, ny, nz]: Vec3): number[] {
  const seen = new Uint8Array(mask.length);
  const counts: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const queue = [start];
    seen[start] = 1;
    // The queue grows while it is walked.
    for (const v of queue) {
      const [i, j, k] = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))];
      const beside = [
        i > 0 ? v - 1 : -1, i < nx - 1 ? v + 1 : -1, j > 0 ? v - nx : -1, j < ny - 1 ? v + nx : -1,
        k > 0 ? v - nx * ny : -1, k < nz - 1 ? v + nx * ny : -1,
      ]; // prettier-ignore
      for (const n of beside) {
        if (n < 0 || mask[n] === 0 || seen[n] === 1) continue;
        seen[n] = 1;
        queue.push(n);
      }
    }
    counts.push(queue.length);
  }
  return counts.sort((a, b) => a - b);
}

describe('connected parts', () => {
  it('are those of flooding over faces', () => {
    const size: Vec3 = [5, 4, 3];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 }), (bits) => {
        const mask = Uint8Array.from(bits);
        const parts = componentsOf(mask, size);
        const expected = flooded(mask, size);
        expect([...parts.counts].sort((a, b) => a - b)).toEqual(expected);
        const largest = largestComponent(mask, size);
        expect(largest.reduce((sum, v) => sum + v, 0)).toBe(expected.at(-1) ?? 0);
        for (let v = 0; v < 60; v++) if (largest[v] === 1) expect(mask[v]).toBe(1);
      }),
    );
  });
});
